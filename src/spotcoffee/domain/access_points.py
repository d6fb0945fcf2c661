"""Where guests connect: the kinds of equipment, what each can do, and one access point as the rules see it.

The facts of each kind come from public dictionaries, documentation and source; where nothing was verified the
entry holds the standard attributes only. docs/reference/equipment.md is made from this table.
"""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from spotcoffee.domain.units import Octets, Seconds

UINT64: Final = 2**64 - 1


class Equipment(Enum):
    """The kinds of equipment, by their names in the API."""

    GENERIC = "generic"
    MIKROTIK = "mikrotik"
    COOVACHILLI = "coovachilli"
    PFSENSE = "pfsense"
    OPNSENSE = "opnsense"
    OPENNDS = "opennds"
    UNIFI = "unifi"
    OMADA = "omada"
    CISCO = "cisco"
    ARUBA = "aruba"
    RUCKUS = "ruckus"
    FORTINET = "fortinet"
    MERAKI = "meraki"
    CAMBIUM = "cambium"
    GATEWAY = "gateway"


class Accounting(Enum):
    """What an access point reports."""

    FULL = "full"
    NO_INTERIM = "no_interim"
    NONE = "none"


class MessageAuthenticator(Enum):
    """Whether Access-Requests must carry a Message-Authenticator. AUTO: required once one was seen."""

    REQUIRED = "required"
    AUTO = "auto"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a kind of equipment does by itself. The server enforces the rest (rules.md, sections 4 and 7)."""

    # Obeys the Idle-Timeout of an Accept.
    idle_timeout: bool = True
    # Obeys rates of an Accept.
    rates: bool = True
    # The most octets that a quota attribute of either direction can say; 0: no such attribute.
    quota_most: Octets = 0
    # Its usual port for Disconnect-Request (RFC 5176), to propose; None: it takes none.
    disconnect_port: int | None = None
    # Takes a CoA-Request that changes limits of a running session.
    change: bool = False
    # Session-Timeout of a CoA counts from the start of the session, not from the CoA.
    change_counts_from_start: bool = True
    # A quota of a CoA counts from the start of the session, not from the CoA.
    change_quota_from_start: bool = True
    # Reports Input as what the guest receives.
    swap_octets: bool = False
    # Leaves the idle tail out of Acct-Session-Time.
    idle_tail_excluded: bool = False
    # Asks again during a session; such a request is a check.
    reauthenticates: bool = False
    # Its controller takes other limits for a running session.
    controller_change: bool = False
    # Its controller can be told rates.
    controller_rates: bool = True
    # The shortest interval between reports that it accepts.
    least_interim: Seconds = 60
    accounting: Accounting = Accounting.FULL


_STANDARD: Final = Capabilities(idle_timeout=True, rates=False)
_WISPR: Final = replace(_STANDARD, rates=True)

CAPABILITIES: Final[dict[Equipment, Capabilities]] = {
    Equipment.GENERIC: replace(_WISPR, least_interim=1, disconnect_port=3799, change=True),
    Equipment.GATEWAY: replace(_WISPR, least_interim=1, quota_most=UINT64, disconnect_port=3799, change=True),
    Equipment.COOVACHILLI: replace(_WISPR, quota_most=UINT64, disconnect_port=3799, change=True, swap_octets=True),
    Equipment.MIKROTIK: replace(_WISPR, quota_most=UINT64, disconnect_port=3799, change=True),
    # No CoA found in its source. Its one quota joins both directions, which no offer does: left to the server. Our
    # configuration has it ask again each minute: what is then refused, it puts off.
    Equipment.PFSENSE: replace(_WISPR, idle_tail_excluded=True, reauthenticates=True),
    # Ignores idle time, rates and quotas, takes no CoA, drops intervals below 60 s.
    Equipment.OPNSENSE: replace(_STANDARD, idle_timeout=False),
    # No RADIUS of its own: idle time is a setting of the whole gateway; a running session takes no other limits.
    Equipment.OPENNDS: replace(_WISPR, idle_timeout=False, quota_most=UINT64),
    # Through its controller a device is authorised anew, with other limits.
    Equipment.UNIFI: replace(_WISPR, disconnect_port=3799, controller_change=True),
    Equipment.OMADA: replace(_WISPR, disconnect_port=3799, controller_change=True, controller_rates=False),
    Equipment.CISCO: replace(_STANDARD, disconnect_port=3799),
    Equipment.ARUBA: replace(_STANDARD, disconnect_port=3799),
    Equipment.RUCKUS: replace(_WISPR, disconnect_port=3799),
    Equipment.FORTINET: replace(_STANDARD, disconnect_port=3799),
    Equipment.MERAKI: replace(_STANDARD, least_interim=300),
    Equipment.CAMBIUM: replace(_STANDARD, quota_most=UINT64, disconnect_port=3799),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPoint:
    """One access point, its settings resolved: nothing in it is left to "as the equipment kind says"."""

    id: int
    organisation_id: int
    equipment: Equipment = Equipment.GENERIC
    language: str = "fr"
    # None: takes no orders at all.
    coa_port: int | None = None
    interim_interval: Seconds = 300
    # The equipment's own idle time, where it ignores ours. None: it obeys ours.
    idle_timeout_own: Seconds | None = None
    accounting: Accounting = Accounting.FULL
    reauthenticates: bool = False
    swap_octets: bool = False
    idle_tail_excluded: bool = False
    capabilities: Capabilities = field(default_factory=Capabilities)
    # Orders go to its controller, and reports come from there, not by RADIUS.
    controlled: bool = False

    @property
    def can_disconnect(self) -> bool:
        """Whether a guest there can be disconnected by an order."""
        return self.controlled or self.coa_port is not None

    @property
    def can_change(self) -> bool:
        """Whether the limits of a running session can be changed by an order."""
        if self.controlled:
            return self.capabilities.controller_change
        return self.coa_port is not None and self.capabilities.change

    @property
    def keeps_rates(self) -> bool:
        """Whether the equipment can be told the rates of an offer."""
        return self.capabilities.rates and (not self.controlled or self.capabilities.controller_rates)

    @property
    def keeps_idle_time(self) -> bool:
        """Whether guests are cut off after the idle time of an offer, not by a timer of its own, nor never."""
        untold = self.controlled and self.accounting is Accounting.NONE
        return self.capabilities.idle_timeout and self.idle_timeout_own is None and not untold

    @property
    def silence_allowed(self) -> Seconds:
        """How long a session may stay without a report before it counts as lost."""
        return 3 * self.interim_interval

    @property
    def enforces_quotas(self) -> bool:
        """Whether the equipment itself stops a guest at a quota of one direction."""
        return self.capabilities.quota_most > 0


def reports_of(equipment: Equipment, *, controlled: bool, linked: bool) -> Accounting:
    """What an access point reports unless its setting says otherwise.

    controlled: it has a controller. linked: that one, or our script on its box, was heard. openNDS has nothing else to
    report with; of Omada's portal interface nothing can be asked.
    """
    if equipment is Equipment.OPENNDS:
        return Accounting.FULL if linked else Accounting.NONE
    if equipment is Equipment.OMADA and controlled:
        return Accounting.NONE
    return CAPABILITIES[equipment].accounting
