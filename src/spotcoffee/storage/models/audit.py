"""The audit log: who did what, before and after. Append-only, each entry sealed to the one before it."""

from django.db import models

from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.organisations import Organisation


class AuditEntry(models.Model):
    """One act. hash: SHA-256 over previous_hash and the entry, in hexadecimal."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="audit")
    at = InstantField()
    by = models.CharField(max_length=254)
    action = models.CharField(max_length=48)
    noun = models.CharField(max_length=32)
    noun_id = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["organisation", "noun", "noun_id"], name="audit_of_thing")]
