"""Background jobs: big work with a bar, taken up again when its worker dies."""

from django.db import models

from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.organisations import Organisation


class Job(models.Model):
    """One piece of big work. Claimed by a conditional UPDATE; free again when claimed_until has passed."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=32)
    arguments = models.JSONField()
    state = models.CharField(max_length=16, default="waiting")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    claimed_until = InstantField(null=True)
    claimed_by = models.BigIntegerField(null=True)
    # How often it was claimed: work that kills its worker is not taken for ever.
    tries = models.IntegerField(default=0)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=500, default="", blank=True)
    by = models.CharField(max_length=254)
    created_at = InstantField()
    finished_at = InstantField(null=True)
