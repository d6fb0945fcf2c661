"""From decisions to attributes: how an offer is said to each kind of equipment.

One table; docs/reference/equipment.md is made from it and golden packets hold it. Values are rounded up to the
equipment's unit, never to 0, and left out above its field's range: the server then enforces them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct
from typing import Final, TypeAlias

from spotcoffee.domain.access_points import AccessPoint, Accounting, Equipment
from spotcoffee.domain.authorization import Limits
from spotcoffee.domain.sessions import Grant
from spotcoffee.domain.units import BitsPerSecond, Octets, Seconds
from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.packet import Attribute

UINT32: Final = 2**32 - 1
_integer: Final = Struct(">I").pack

Rates: TypeAlias = tuple[BitsPerSecond | None, BitsPerSecond | None]
Named: TypeAlias = list[tuple[str, int | str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one kind of equipment hears rates (down, up) and quotas (down, up, input is down). None: it does not.

    zero_lifts: a 0 in a CoA takes a limit away; what a CoA leaves out stays.
    """

    rates: Callable[[Rates], Named] | None = None
    quotas: Callable[[Octets | None, Octets | None, bool], Named] | None = None
    zero_lifts: bool = False


def _wispr_rates(rates: Rates) -> Named:
    names = ("WISPr-Bandwidth-Max-Down", "WISPr-Bandwidth-Max-Up")
    return [(name, rate) for name, rate in zip(names, rates, strict=True) if rate and rate <= UINT32]


def _pfsense_rates(rates: Rates) -> Named:
    names = ("pfSense-Bandwidth-Max-Down", "pfSense-Bandwidth-Max-Up")
    return [(name, rate) for name, rate in zip(names, rates, strict=True) if rate and rate <= UINT32]


def _mikrotik_rates(rates: Rates) -> Named:
    down, up = rates
    # The router's view: what it receives is the guest's upload. 0 leaves that side without a limit.
    return [("Mikrotik-Rate-Limit", f"{_mikrotik_rate(up)}/{_mikrotik_rate(down)}")] if down or up else []


def _mikrotik_rate(rate: BitsPerSecond | None) -> str:
    for size, letter in ((10**6, "M"), (10**3, "k")):
        if rate and rate % size == 0:
            return f"{rate // size}{letter}"
    return str(rate or 0)


def _chillispot_quotas(down: Octets | None, up: Octets | None, input_is_down: bool) -> Named:
    received, sent = (down, up) if input_is_down else (up, down)
    return [
        *_wide("ChilliSpot-Max-Input-Octets", "ChilliSpot-Max-Input-Gigawords", received),
        *_wide("ChilliSpot-Max-Output-Octets", "ChilliSpot-Max-Output-Gigawords", sent),
    ]


def _mikrotik_quotas(down: Octets | None, up: Octets | None, _input_is_down: bool) -> Named:
    return [
        *_wide("Mikrotik-Recv-Limit", "Mikrotik-Recv-Limit-Gigawords", up),
        *_wide("Mikrotik-Xmit-Limit", "Mikrotik-Xmit-Limit-Gigawords", down),
    ]


def _cambium_quotas(down: Octets | None, up: Octets | None, _input_is_down: bool) -> Named:
    return [
        *_wide("Cambium-Traffic-Quota-Limit-Up", "Cambium-Traffic-Quota-Limit-Up-Gigwords", up),
        *_wide("Cambium-Traffic-Quota-Limit-Down", "Cambium-Traffic-Quota-Limit-Down-Gigwords", down),
    ]


def _wide(low: str, high: str, octets: Octets | None) -> Named:
    if octets is None:
        return []
    gigawords, rest = divmod(max(1, octets), 2**32)
    return [(low, rest), (high, gigawords)] if gigawords else [(low, rest)]


_STANDARD: Final = Dialect()
_WISPR: Final = Dialect(rates=_wispr_rates)

DIALECTS: Final[dict[Equipment, Dialect]] = {
    Equipment.GENERIC: _WISPR,
    Equipment.GATEWAY: Dialect(rates=_wispr_rates, quotas=_chillispot_quotas, zero_lifts=True),
    Equipment.COOVACHILLI: Dialect(rates=_wispr_rates, quotas=_chillispot_quotas),
    Equipment.MIKROTIK: Dialect(rates=_mikrotik_rates, quotas=_mikrotik_quotas),
    Equipment.PFSENSE: Dialect(rates=_pfsense_rates),
    Equipment.OPNSENSE: _STANDARD,
    Equipment.OPENNDS: _STANDARD,
    Equipment.UNIFI: _WISPR,
    Equipment.OMADA: _WISPR,
    Equipment.CISCO: _STANDARD,
    Equipment.ARUBA: _STANDARD,
    Equipment.RUCKUS: _WISPR,
    Equipment.FORTINET: _STANDARD,
    Equipment.MERAKI: _STANDARD,
    Equipment.CAMBIUM: Dialect(quotas=_cambium_quotas),
}


# What takes each limit away, where a 0 does.
_LIFTS: Final = tuple(
    attribute(name, 0)
    for name in (
        "Session-Timeout",
        "Idle-Timeout",
        "WISPr-Bandwidth-Max-Down",
        "WISPr-Bandwidth-Max-Up",
        "ChilliSpot-Max-Input-Octets",
        "ChilliSpot-Max-Output-Octets",
    )
)


def accept_attributes(access_point: AccessPoint, limits: Limits, *, class_value: bytes | None) -> list[Attribute]:
    """The attributes of an Access-Accept. class_value: names the reservation; None where there is none."""
    attributes = _limit_attributes(
        access_point,
        timeout=limits.session_timeout,
        idle=limits.idle_timeout,
        rates=(limits.rate_down, limits.rate_up),
        quotas=(limits.down_left, limits.up_left),
    )
    if access_point.accounting is Accounting.FULL:
        attributes.append((assigned.ACCT_INTERIM_INTERVAL, _integer(access_point.interim_interval)))
    if class_value is not None:
        attributes.append((assigned.CLASS, class_value))
    return attributes


def reject_attributes(message: str) -> list[Attribute]:
    """The attributes of an Access-Reject: the reason in words, cut to one attribute at a whole character."""
    return [(assigned.REPLY_MESSAGE, message.encode()[:253].decode(errors="ignore").encode())]


def change_attributes(
    access_point: AccessPoint, grant: Grant, *, age: Seconds, moved: tuple[Octets, Octets]
) -> list[Attribute]:
    """The limits of a CoA-Request. age, moved (down, up): the session's, where the equipment counts from the CoA."""
    kind = access_point.capabilities
    timeout, down, up = grant.session_timeout, grant.down_end, grant.up_end
    if timeout is not None and not kind.change_counts_from_start:
        timeout = max(1, timeout - age)
    if not kind.change_quota_from_start:
        down = None if down is None else max(1, down - moved[0])
        up = None if up is None else max(1, up - moved[1])
    attributes = _limit_attributes(
        access_point,
        timeout=timeout,
        idle=grant.idle_timeout,
        rates=(grant.rate_down, grant.rate_up),
        quotas=(down, up),
    )
    if DIALECTS[access_point.equipment].zero_lifts:
        limits = (timeout, grant.idle_timeout, grant.rate_down, grant.rate_up, up, down)
        attributes += [lift for limit, lift in zip(limits, _LIFTS, strict=True) if limit is None]
    return attributes


def _limit_attributes(
    access_point: AccessPoint,
    *,
    timeout: Seconds | None,
    idle: Seconds | None,
    rates: Rates,
    quotas: tuple[Octets | None, Octets | None],
) -> list[Attribute]:
    attributes: list[Attribute] = []
    if timeout is not None and timeout <= UINT32:
        attributes.append((assigned.SESSION_TIMEOUT, _integer(max(1, timeout))))
    if idle is not None and idle <= UINT32 and obeys_idle_timeout(access_point):
        attributes.append((assigned.IDLE_TIMEOUT, _integer(idle)))
    attributes.extend(_rate_attributes(access_point.equipment, rates))
    dialect = DIALECTS[access_point.equipment]
    if dialect.quotas is not None and quotas != (None, None):
        named = dialect.quotas(*quotas, access_point.swap_octets)
        attributes.extend(attribute(name, value) for name, value in named)
    return attributes


def obeys_idle_timeout(access_point: AccessPoint) -> bool:
    """Whether the equipment cuts at our idle time, not at one of its own."""
    return access_point.capabilities.idle_timeout and access_point.idle_timeout_own is None


@lru_cache(maxsize=4096)
def _rate_attributes(equipment: Equipment, rates: Rates) -> tuple[Attribute, ...]:
    say = DIALECTS[equipment].rates
    return () if say is None else tuple(attribute(name, value) for name, value in say(rates))
