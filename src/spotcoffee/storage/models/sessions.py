"""Sessions and reservations: the hottest table, read and written by storage.queries.sessions alone.

id = yyyymm x 10^12 + n, so that a month is a range of ids and Class alone finds the row. No foreign key points here,
and none is checked on the way in.
"""

from django.db import models

from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.numbers import RowNumberField


class Session(models.Model):
    """One opening, or the reservation that an Accept left for it (domain.sessions.Session)."""

    id = RowNumberField(primary_key=True)
    organisation_id = models.BigIntegerField()
    ticket_id = models.BigIntegerField()
    access_point_id = models.BigIntegerField()
    device = models.CharField(max_length=253)
    source = models.CharField(max_length=64)
    acct_session_id = models.CharField(max_length=253, null=True)
    accept_id = models.BigIntegerField(null=True)
    follows_id = models.BigIntegerField(null=True)
    accepted_at = InstantField(null=True)
    began_at = InstantField(null=True)
    seen_at = InstantField()
    ended_at = InstantField(null=True)
    ending = models.CharField(max_length=16, null=True)
    end_cause = models.CharField(max_length=24, null=True)
    session_timeout = models.BigIntegerField(null=True)
    idle_timeout = models.BigIntegerField(null=True)
    rate_down = models.BigIntegerField(null=True)
    rate_up = models.BigIntegerField(null=True)
    down_end = models.BigIntegerField(null=True)
    up_end = models.BigIntegerField(null=True)
    time = models.BigIntegerField(default=0)
    given_back = models.BigIntegerField(default=0)
    charged = models.BigIntegerField(default=0)
    most = models.BigIntegerField(null=True)
    down = models.BigIntegerField(default=0)
    down_raw = models.BigIntegerField(default=0)
    up = models.BigIntegerField(default=0)
    up_raw = models.BigIntegerField(default=0)
    # Bits: 1 and 2, down and up have shown Gigawords; 4 and 8, a wrap of down or up was inferred.
    counter_flags = models.SmallIntegerField(default=0)
    reports = models.BigIntegerField(default=0)
    ignored = models.BigIntegerField(default=0)
    framed_address = models.CharField(max_length=64, default="", blank=True)
    # The User-Name as it was typed: some equipment finds a session by nothing else. A code, so never in clear.
    user_name_sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [
            # ended_at, always NULL here, tells SQLite that this index is narrower than the history.
            models.Index(
                fields=["ended_at", "ticket_id"], condition=models.Q(ended_at__isnull=True), name="session_open"
            ),
            models.Index(fields=["ticket_id", "id"], name="session_history"),
        ]
