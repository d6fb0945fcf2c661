"""What the gateway says to a RADIUS server, and what it reads in its answers and orders. Values and attributes only."""

from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address
from struct import Struct
from typing import Final, TypeAlias

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.assigned import (
    AcctAuthentic,
    AcctStatusType,
    AcctTerminateCause,
    AcctViewPoint,
    NasPortType,
    ServiceType,
    SessionState,
    Vendor,
)
from spotcoffee.protocols.radius.counters import join_octets, split_octets
from spotcoffee.protocols.radius.dictionary import attribute
from spotcoffee.protocols.radius.packet import Attribute, Packet
from spotcoffee.servers.gateway.enforcement import Address, Device
from spotcoffee.servers.gateway.sessions import End, Limits, Session

Said: TypeAlias = list[Attribute]

_integer: Final = Struct(">I").pack
_UINT32: Final = 2**32 - 1
_WISPR_UP, _WISPR_DOWN = 7, 8
_KBIT_UP, _KBIT_DOWN = 4, 5
# Of Vendor.CHILLISPOT, low 32 bits and gigawords. In the view of the access point: input is what the guest sends.
_QUOTAS: Final = {"quota_up": (1, 21), "quota_down": (2, 22)}

_CAUSES: Final = {
    End.USER: AcctTerminateCause.USER_REQUEST,
    End.IDLE: AcctTerminateCause.IDLE_TIMEOUT,
    End.TIME: AcctTerminateCause.SESSION_TIMEOUT,
    End.QUOTA_DOWN: AcctTerminateCause.SESSION_TIMEOUT,
    End.QUOTA_UP: AcctTerminateCause.SESSION_TIMEOUT,
    End.DISCONNECTED: AcctTerminateCause.ADMIN_RESET,
    End.REPLACED: AcctTerminateCause.PORT_PREEMPTED,
    End.REBOOT: AcctTerminateCause.NAS_REBOOT,
}
# Says more exactly what the standard cause can't.
_STATES: Final = {
    End.QUOTA_DOWN: SessionState.OUT_DATA_LIMIT_REACHED,
    End.QUOTA_UP: SessionState.IN_DATA_LIMIT_REACHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are to the server. called: our own MAC address on the guests' side, and their network's name."""

    name: str
    address: Address
    called: str

    def attributes(self) -> Said:
        """In every request."""
        kind = "NAS-IP-Address" if isinstance(self.address, IPv4Address) else "NAS-IPv6-Address"
        return [attribute(kind, self.address), attribute("NAS-Identifier", self.name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a guest brings: the answer to a challenge (CHAP), or a password. session_id: of the session it may open."""

    session_id: str
    device: Device
    address: Address
    login: str
    chap_password: bytes | None = None
    challenge: bytes = b""
    password: bytes = b""


def access_request(identity: Identity, claim: Claim) -> Said:
    """The attributes of an Access-Request, without User-Password: that one hangs on the packet's authenticator."""
    said = [(assigned.USER_NAME, claim.login.encode())]
    if claim.chap_password is not None:
        said += [(assigned.CHAP_PASSWORD, claim.chap_password), (assigned.CHAP_CHALLENGE, claim.challenge)]
    said += identity.attributes()
    said += _guest(identity, claim.session_id, claim.device, claim.address)
    return [*said, (assigned.SERVICE_TYPE, _integer(ServiceType.LOGIN))]


def _guest(identity: Identity, session_id: str, device: Device, address: Address) -> Said:
    framed = "Framed-IP-Address" if isinstance(address, IPv4Address) else "Framed-IPv6-Address"
    return [
        attribute("Called-Station-Id", identity.called),
        attribute("Calling-Station-Id", dashed(device)),
        attribute(framed, address),
        (assigned.ACCT_SESSION_ID, session_id.encode()),
        (assigned.NAS_PORT_TYPE, _integer(NasPortType.WIRELESS_802_11)),
    ]


def dashed(device: Device) -> str:
    """A MAC address as RFC 3580 writes it: 02-00-00-00-01-01, upper case."""
    return "-".join(device[at : at + 2] for at in range(0, 12, 2)).upper()


def limits_of(accept: Packet) -> Limits:
    """What an Access-Accept allows. A 0 is no limit, as with CoovaChilli."""
    return Limits(**{name: value or None for name, value in said_limits(accept).items()})


def said_limits(packet: Packet) -> dict[str, int]:
    """The limits that a packet speaks of, by their names in Limits."""
    said = {
        "session_timeout": packet.integer(assigned.SESSION_TIMEOUT),
        "idle_timeout": packet.integer(assigned.IDLE_TIMEOUT),
        "interim": packet.integer(assigned.ACCT_INTERIM_INTERVAL),
        "rate_down": _rate(packet, _WISPR_DOWN, _KBIT_DOWN),
        "rate_up": _rate(packet, _WISPR_UP, _KBIT_UP),
        **{name: _quota(packet, *kinds) for name, kinds in _QUOTAS.items()},
    }
    return {name: value for name, value in said.items() if value is not None}


def _rate(packet: Packet, wispr: int, kbit: int) -> int | None:
    rate = packet.vendor_integer(Vendor.WISPR, wispr)
    if rate is not None:
        return rate
    rate = packet.vendor_integer(Vendor.CHILLISPOT, kbit)
    return None if rate is None else rate * 1000


def _quota(packet: Packet, low: int, high: int) -> int | None:
    octets = packet.vendor_integer(Vendor.CHILLISPOT, low)
    gigawords = packet.vendor_integer(Vendor.CHILLISPOT, high)
    return None if octets is None and gigawords is None else join_octets(octets or 0, gigawords or 0)


class Report(IntEnum):
    """The kinds of report."""

    START = AcctStatusType.START
    INTERIM = AcctStatusType.INTERIM_UPDATE
    STOP = AcctStatusType.STOP
    ON = AcctStatusType.ACCOUNTING_ON
    OFF = AcctStatusType.ACCOUNTING_OFF


def start(identity: Identity, session: Session) -> Said:
    """The attributes of a Start."""
    return [(assigned.ACCT_STATUS_TYPE, _integer(Report.START)), *_session(identity, session)]


def interim(identity: Identity, session: Session, *, now: float) -> Said:
    """The attributes of an Interim-Update."""
    return [
        (assigned.ACCT_STATUS_TYPE, _integer(Report.INTERIM)),
        *_session(identity, session),
        *_figures(session, now),
    ]


def stop(identity: Identity, session: Session, end: End, *, now: float) -> Said:
    """The attributes of a Stop."""
    said = [(assigned.ACCT_STATUS_TYPE, _integer(Report.STOP)), *_session(identity, session), *_figures(session, now)]
    said.append((assigned.ACCT_TERMINATE_CAUSE, _integer(_CAUSES[end])))
    if end in _STATES:
        said.append(attribute("CoovaChilli-Session-State", _STATES[end]))
    return said


def restart(identity: Identity, report: Report) -> Said:
    """The attributes of an Accounting-On or -Off."""
    said = [(assigned.ACCT_STATUS_TYPE, _integer(report)), *identity.attributes()]
    return [*said, attribute("Called-Station-Id", identity.called)]


def _session(identity: Identity, session: Session) -> Said:
    return [
        (assigned.USER_NAME, session.login.encode()),
        *((assigned.CLASS, value) for value in session.classes),
        *identity.attributes(),
        *_guest(identity, session.session_id, session.device, session.address),
        (assigned.ACCT_AUTHENTIC, _integer(AcctAuthentic.RADIUS)),
        attribute("CoovaChilli-Acct-View-Point", AcctViewPoint.NAS),
    ]


def _figures(session: Session, now: float) -> Said:
    (down, down_high), (up, up_high) = split_octets(session.down), split_octets(session.up)
    return [
        (assigned.ACCT_SESSION_TIME, _integer(min(_UINT32, int(session.time(now))))),
        (assigned.ACCT_INPUT_OCTETS, _integer(up)),
        (assigned.ACCT_INPUT_GIGAWORDS, _integer(up_high)),
        (assigned.ACCT_OUTPUT_OCTETS, _integer(down)),
        (assigned.ACCT_OUTPUT_GIGAWORDS, _integer(down_high)),
    ]


def sent_at(attributes: Said, *, event_at: float, wall: float) -> Said:
    """A report as it leaves now: how long ago it happened, and when. Times in seconds since 1970."""
    delay = max(0, round(wall - event_at))
    return [
        *attributes,
        (assigned.ACCT_DELAY_TIME, _integer(min(_UINT32, delay))),
        (assigned.EVENT_TIMESTAMP, _integer(min(_UINT32, max(0, int(event_at))))),
    ]
