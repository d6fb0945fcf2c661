"""Access points: where guests connect, and how their equipment is known and spoken to."""

from django.db import models

from spotcoffee.domain import access_points as domain
from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.organisations import Organisation


class AccessPoint(models.Model):
    """One access point. None in a setting of the equipment: as its kind says."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="access_points")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=64)
    nas_identifier = models.CharField(max_length=253, null=True)
    secret_sealed = models.BinaryField()
    equipment = models.CharField(max_length=16, default=domain.Equipment.GENERIC.value)
    language = models.CharField(max_length=8, default="fr")
    coa_port = models.PositiveIntegerField(null=True)
    coa_address = models.CharField(max_length=64, null=True)
    message_authenticator = models.CharField(max_length=8, default=domain.MessageAuthenticator.AUTO.value)
    message_authenticator_seen = models.BooleanField(default=False)
    interim_interval = models.PositiveIntegerField(null=True)
    idle_timeout_own = models.PositiveIntegerField(null=True)
    accounting = models.CharField(max_length=16, null=True)
    reauthenticates = models.BooleanField(null=True)
    swap_octets = models.BooleanField(null=True)
    idle_tail_excluded = models.BooleanField(null=True)
    # What signs or encrypts the visits to its portal (uamsecret, faskey …). None: nothing does.
    portal_secret_sealed = models.BinaryField(null=True)
    # Names and addresses, by blanks, to which a guest may be sent with his login besides his own network's.
    portal_hosts = models.CharField(max_length=500, default="", blank=True)
    # The controller of equipment without RADIUS: its address, whose account, and that account's password or key.
    controller_url = models.CharField(max_length=300, default="", blank=True)
    controller_user = models.CharField(max_length=128, default="", blank=True)
    controller_secret_sealed = models.BinaryField(null=True)
    # The site, where its redirects don't name it; Omada's own identifier of the controller.
    controller_site = models.CharField(max_length=64, default="", blank=True)
    controller_id = models.CharField(max_length=64, default="", blank=True)
    # SHA-256 of its certificate, 64 hexadecimal digits; empty: it must be one that everybody trusts.
    controller_fingerprint = models.CharField(max_length=64, default="", blank=True)
    # When the controller, or our script on the openNDS box, last answered or spoke; why it did not.
    controller_seen_at = InstantField(null=True)
    controller_fault = models.CharField(max_length=32, default="", blank=True)
    # When openNDS last asked whom to let in (levels 3 and 4).
    authmon_seen_at = InstantField(null=True)
    archived = models.BooleanField(default=False)
    created_at = InstantField()
    last_seen_at = InstantField(null=True)
    # The radius process that last heard it: that one sends the orders.
    heard_by = models.BigIntegerField(null=True)
    source = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="access_point_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def as_value(self, *, interim_interval: int) -> domain.AccessPoint:
        """The access point as the rules see it. interim_interval: seconds, where it has none of its own."""
        equipment = domain.Equipment(self.equipment)
        kind = domain.CAPABILITIES[equipment]
        reports = domain.reports_of(equipment, controlled=self.is_controlled, linked=bool(self.controller_seen_at))
        return domain.AccessPoint(
            id=self.pk,
            organisation_id=self.organisation_id,
            equipment=equipment,
            language=self.language,
            coa_port=self.coa_port,
            interim_interval=max(kind.least_interim, self.interim_interval or interim_interval),
            idle_timeout_own=self.idle_timeout_own,
            accounting=domain.Accounting(self.accounting) if self.accounting else reports,
            reauthenticates=_own_or_kind(self.reauthenticates, kind.reauthenticates),
            swap_octets=_own_or_kind(self.swap_octets, kind.swap_octets),
            idle_tail_excluded=_own_or_kind(self.idle_tail_excluded, kind.idle_tail_excluded),
            capabilities=kind,
            controlled=self.is_controlled,
        )

    @property
    def is_controlled(self) -> bool:
        """Whether orders go to its controller, or to our script on its box, and reports come from there."""
        if self.equipment == domain.Equipment.OPENNDS.value:
            return self.controller_seen_at is not None
        return bool(self.controller_url)


def _own_or_kind(own: bool | None, kind: bool) -> bool:
    return kind if own is None else own


class AccessPointFault(models.Model):
    """Something odd that packets showed about an access point, or about an unknown source (access_point None)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True)
    access_point = models.ForeignKey(AccessPoint, models.CASCADE, null=True, related_name="faults")
    source = models.CharField(max_length=64, default="")
    code = models.CharField(max_length=32)
    first_at = InstantField()
    last_at = InstantField()
    count = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["access_point", "code"], name="access_point_fault"),
            models.UniqueConstraint(
                fields=["source", "code"],
                condition=models.Q(access_point__isnull=True),
                name="source_fault",
            ),
        ]


class DirectoryVersion(models.Model):
    """One row: a number that moves with every saved access point, so that servers read the table anew."""

    number = models.BigIntegerField(default=1)
