"""Offers: what is sold."""

from zoneinfo import ZoneInfo

from django.db import models

from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period
from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.access_points import AccessPoint
from spotcoffee.storage.models.organisations import Organisation


class Offer(models.Model):
    """One offer. None in a limit: no limit; in the time zone: the organisation's."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="offers")
    name = models.CharField(max_length=200)
    access_points = models.ManyToManyField(AccessPoint, related_name="offers")
    valid_from = InstantField(null=True)
    valid_until = InstantField(null=True)
    lifetime = models.BigIntegerField(null=True)
    session_duration = models.BigIntegerField(null=True)
    credit = models.BigIntegerField(null=True)
    period_limit = models.BigIntegerField(null=True)
    period = models.CharField(max_length=8, null=True)
    idle_timeout = models.BigIntegerField(null=True)
    rate_down = models.BigIntegerField(null=True)
    rate_up = models.BigIntegerField(null=True)
    quota_down = models.BigIntegerField(null=True)
    quota_up = models.BigIntegerField(null=True)
    max_devices = models.PositiveIntegerField(default=1)
    price = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, null=True)
    time_zone = models.CharField(max_length=64, null=True)
    archived = models.BooleanField(default=False)
    created_at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="offer_name")]

    def __str__(self) -> str:
        return self.name

    def as_terms(self) -> Terms:
        """The parameters that decide. Reads the organisation where the offer has no time zone of its own."""
        return Terms(
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            lifetime=self.lifetime,
            session_duration=self.session_duration,
            credit=self.credit,
            period_limit=self.period_limit,
            period=Period(self.period) if self.period else None,
            idle_timeout=self.idle_timeout,
            rate_down=self.rate_down,
            rate_up=self.rate_up,
            quota_down=self.quota_down,
            quota_up=self.quota_up,
            max_devices=self.max_devices,
            zone=ZoneInfo(self.time_zone or self.organisation.time_zone),
        )
