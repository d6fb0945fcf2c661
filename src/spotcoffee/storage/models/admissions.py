"""Admissions: devices that the server itself has to let in, on equipment that speaks no RADIUS."""

from django.db import models

from spotcoffee.storage.instants import InstantField


class Admission(models.Model):
    """What was asked of a controller, or of openNDS, after one Accept, and what it has told of it since."""

    id = models.BigAutoField(primary_key=True)
    organisation_id = models.BigIntegerField()
    access_point_id = models.BigIntegerField()
    # The Accept.
    session_id = models.BigIntegerField(unique=True)
    device = models.CharField(max_length=253)
    # What the equipment finds the device by: openNDS's hid, else its MAC address.
    reference = models.CharField(max_length=64)
    # The words that its calls need (spotcoffee.protocols.portals.visits.Controller), and the limits of the Accept.
    fields = models.JSONField(default=dict)
    limits = models.JSONField(default=dict)
    made_at = InstantField()
    next_try_at = InstantField()
    tries = models.IntegerField(default=0)
    # Why the last try failed; empty.
    fault = models.CharField(max_length=32, default="", blank=True)
    # When the equipment let the device in. None: not yet.
    taken_at = InstantField(null=True)
    # When nothing is asked of it any more.
    ended_at = InstantField(null=True)
    # Octets so far, and the equipment's own last figures, which may begin anew.
    down = models.BigIntegerField(default=0)
    up = models.BigIntegerField(default=0)
    raw_down = models.BigIntegerField(null=True)
    raw_up = models.BigIntegerField(null=True)
    # When the guest last moved anything.
    moved_at = InstantField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["access_point_id", "reference"],
                condition=models.Q(ended_at__isnull=True),
                name="admission_open",
            ),
        ]
