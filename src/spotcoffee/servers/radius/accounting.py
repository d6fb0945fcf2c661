"""From an Accounting-Request to a report or a restart (RFC 2866)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from spotcoffee.domain.accounting import EndCause, Report, Status, Volume
from spotcoffee.domain.devices import device_of
from spotcoffee.domain.sessions import Origin
from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.assigned import AcctStatusType, Vendor
from spotcoffee.protocols.radius.packet import Packet
from spotcoffee.servers.radius.auth import framed_address
from spotcoffee.services.accounting import Arrival
from spotcoffee.services.directory import Listed, Neighbours
from spotcoffee.services.sweeps import Restart

MOST_DELAY: Final = 86_400
# For equipment that leaves out what RFC 2866 5.5 asks for.
NO_SESSION_ID: Final = "?"

_STATUSES: Final = {
    AcctStatusType.START: Status.START,
    AcctStatusType.INTERIM_UPDATE: Status.INTERIM,
    AcctStatusType.STOP: Status.STOP,
}
# RFC 2866 5.10.
_END_CAUSES: Final = {
    1: EndCause.USER,
    2: EndCause.USER,
    4: EndCause.IDLE,
    5: EndCause.SESSION_TIMEOUT,
    6: EndCause.DISCONNECTED,
    7: EndCause.ACCESS_POINT_RESTART,
    11: EndCause.ACCESS_POINT_RESTART,
}
_COOVACHILLI_STATES: Final = {
    11: EndCause.IDLE,
    12: EndCause.SESSION_TIMEOUT,
    13: EndCause.SESSION_TIMEOUT,
    14: EndCause.QUOTA,
    15: EndCause.QUOTA,
    16: EndCause.QUOTA,
}


def report_of(
    packet: Packet,
    *,
    listed: Listed,
    neighbours: Neighbours,
    source: str,
    arrived_at: datetime,
    session_of: Callable[[bytes], int | None],
) -> Arrival | Restart | None:
    """Read a verified Accounting-Request; None for kinds that say nothing about a guest.

    session_of: reads the session id out of a Class of ours.
    """
    kind = packet.integer(assigned.ACCT_STATUS_TYPE)
    delay = min(packet.integer(assigned.ACCT_DELAY_TIME) or 0, MOST_DELAY)
    event_at = arrived_at - timedelta(seconds=delay)
    if kind in (AcctStatusType.ACCOUNTING_ON, AcctStatusType.ACCOUNTING_OFF):
        spoken_for = [listed] if neighbours.told_apart else neighbours.points
        ids = frozenset(point.access_point.id for point in spoken_for)
        return Restart(access_point_ids=ids, source=source, event_at=event_at)
    status = _STATUSES.get(AcctStatusType(kind)) if kind in _STATUSES else None
    if status is None:
        return None
    address = framed_address(packet)
    classes = (session_of(value) for value in packet.all(assigned.CLASS))
    return Arrival(
        access_point=listed.access_point,
        login=packet.text(assigned.USER_NAME) or "",
        origin=Origin(
            access_point_id=listed.access_point.id,
            source=source,
            acct_session_id=packet.text(assigned.ACCT_SESSION_ID) or NO_SESSION_ID,
            device=_device(packet, listed, address),
            accept_id=next((found for found in classes if found is not None), None),
        ),
        report=_report(packet, status, event_at, swapped=_is_swapped(packet, listed)),
        framed_address=address,
    )


def _device(packet: Packet, listed: Listed, address: str) -> str | None:
    # An address alone does not contradict the MAC address that the Accept was given to.
    station = packet.text(assigned.CALLING_STATION_ID)
    return device_of(station, address, access_point_id=listed.access_point.id) if station else None


def _report(packet: Packet, status: Status, event_at: datetime, *, swapped: bool) -> Report:
    received = _volume(packet, assigned.ACCT_INPUT_OCTETS, assigned.ACCT_INPUT_GIGAWORDS)
    sent = _volume(packet, assigned.ACCT_OUTPUT_OCTETS, assigned.ACCT_OUTPUT_GIGAWORDS)
    return Report(
        status=status,
        event_at=event_at,
        session_time=packet.integer(assigned.ACCT_SESSION_TIME),
        # What the equipment receives is the guest's upload (RFC 2866 5.3).
        down=received if swapped else sent,
        up=sent if swapped else received,
        end_cause=_end_cause(packet),
    )


def _volume(packet: Packet, low: int, high: int) -> Volume | None:
    octets = packet.integer(low)
    return None if octets is None else Volume(octets, packet.integer(high))


def _is_swapped(packet: Packet, listed: Listed) -> bool:
    # Who counts: 1 the equipment, 2 the guest.
    view = packet.vendor_integer(Vendor.CHILLISPOT, assigned.ACCT_VIEW_POINT)
    return listed.access_point.swap_octets if view not in (1, 2) else view == 2


def _end_cause(packet: Packet) -> EndCause:
    # CoovaChilli says why a session truly ended in an attribute of its own.
    state = packet.vendor_integer(Vendor.CHILLISPOT, assigned.SESSION_STATE)
    if state in _COOVACHILLI_STATES:
        return _COOVACHILLI_STATES[state]
    return _END_CAUSES.get(packet.integer(assigned.ACCT_TERMINATE_CAUSE) or 0, EndCause.OTHER)
