"""The guest's portal: how it looks and reads, what was accepted there, and which devices gave way."""

from django.db import models

from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.access_points import AccessPoint
from spotcoffee.storage.models.organisations import Organisation


class PortalLook(models.Model):
    """Look and text of the portal: of an organisation (access_point None), or of one of its access points."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="portal_looks")
    access_point = models.OneToOneField(AccessPoint, models.CASCADE, null=True, related_name="portal_look")
    title = models.CharField(max_length=80, default="", blank=True)
    # The name of the Wi-Fi.
    network = models.CharField(max_length=32, default="", blank=True)
    logo = models.BinaryField(null=True)
    logo_digest = models.CharField(max_length=32, default="", blank=True)
    # "#7A4A21"; empty: the product's own.
    accent = models.CharField(max_length=7, default="", blank=True)
    page = models.CharField(max_length=7, default="", blank=True)
    # Texts by language: {"fr": "Bienvenue", …}.
    welcome = models.JSONField(default=dict)
    conditions = models.JSONField(default=dict)
    must_accept = models.BooleanField(default=False)
    changed_at = InstantField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(access_point__isnull=True), name="portal_look_of_all"
            ),
        ]


class PortalAcceptance(models.Model):
    """That a guest accepted the conditions. digest: of the text that he saw, in his language."""

    id = models.BigAutoField(primary_key=True)
    organisation_id = models.BigIntegerField()
    access_point_id = models.BigIntegerField()
    at = InstantField(db_index=True)
    device = models.CharField(max_length=253)
    address = models.CharField(max_length=64)
    ticket_id = models.BigIntegerField()
    language = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)


class DeviceReplacement(models.Model):
    """That a guest asked for his oldest device to give way. Rows of the last hour are counted, older ones go."""

    id = models.BigAutoField(primary_key=True)
    ticket_id = models.BigIntegerField()
    at = InstantField()

    class Meta:
        indexes = [models.Index(fields=["ticket_id", "at"], name="replacement_of_ticket")]
