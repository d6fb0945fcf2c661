"""The processes that run, so that every one of them can say how the others are."""

from django.db import models

from spotcoffee.storage.instants import InstantField


class Process(models.Model):
    """One process with its heartbeat. counters: name to number, as /metrics shows them."""

    kind = models.CharField(max_length=16)
    host = models.CharField(max_length=200)
    pid = models.BigIntegerField()
    version = models.CharField(max_length=32)
    started_at = InstantField()
    heartbeat_at = InstantField()
    stopped_at = InstantField(null=True)
    swept_at = InstantField(null=True)
    counters = models.JSONField(default=dict)
