"""The authorisation log: every login that was accepted or refused."""

from django.db import models

from spotcoffee.storage.instants import InstantField


class Attempt(models.Model):
    """One login. reason: empty for an Accept. login: masked, and only where no ticket is known."""

    id = models.BigAutoField(primary_key=True)
    organisation_id = models.BigIntegerField()
    access_point_id = models.BigIntegerField()
    at = InstantField()
    device = models.CharField(max_length=253)
    ticket_id = models.BigIntegerField(null=True)
    login = models.CharField(max_length=64, default="", blank=True)
    reason = models.CharField(max_length=24, default="", blank=True)
    session_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["ticket_id", "id"], condition=~models.Q(reason=""), name="attempt_refused"),
        ]
