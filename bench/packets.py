"""The datagrams of a guest's life, as equipment writes them: login, start, interim, stop.

Tickets are T0000000 with pw0000000, devices hang on the ticket; the yardstick's generator speaks the same.
"""

import os
import struct
import time
from enum import Enum
from ipaddress import IPv4Address
from typing import Final

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.assigned import AcctStatusType
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.packet import Attribute, Code
from spotcoffee.protocols.radius.passwords import pap_hide
from spotcoffee.protocols.radius.secret import Secret

SHARED_SECRET: Final = Secret(b"testing123")


class Kind(Enum):
    """One step of a session."""

    LOGIN = "login"
    START = "start"
    INTERIM = "interim"
    STOP = "stop"


_STATUS: Final = {
    Kind.START: AcctStatusType.START,
    Kind.INTERIM: AcctStatusType.INTERIM_UPDATE,
    Kind.STOP: AcctStatusType.STOP,
}
# Totals that an honest session has at each step: seconds, and octets each way.
TOTALS: Final = {Kind.INTERIM: 1, Kind.STOP: 2}
UP_A_SECOND: Final = 10_000
DOWN_A_SECOND: Final = 100_000

_AUTHENTIC: Final = 45
_WIRELESS: Final = 19
_LOGIN_USER: Final = 1
_USER_REQUEST: Final = 1


def _number(kind: int, value: int) -> Attribute:
    return kind, struct.pack(">I", value)


_EQUIPMENT: Final = (
    (assigned.NAS_IP_ADDRESS, IPv4Address("127.0.0.1").packed),
    (assigned.NAS_IDENTIFIER, b"nas1"),
    _number(assigned.NAS_PORT_TYPE, _WIRELESS),
    (assigned.CALLED_STATION_ID, b"02-00-00-00-00-00:hotspot"),
)


def status_server() -> bytes:
    """Whether someone is there (RFC 5997)."""
    return encode_request(Code.STATUS_SERVER, 0, (), SHARED_SECRET, authenticator=os.urandom(16))


def login(ticket: int, session: str, *, identifier: int) -> bytes:
    """An Access-Request with PAP."""
    random = os.urandom(16)
    return encode_request(
        Code.ACCESS_REQUEST,
        identifier,
        (
            (assigned.USER_NAME, b"T%07d" % ticket),
            (assigned.USER_PASSWORD, pap_hide(b"pw%07d" % ticket, random, SHARED_SECRET)),
            *_EQUIPMENT,
            *_guest(ticket, session),
            _number(assigned.SERVICE_TYPE, _LOGIN_USER),
        ),
        SHARED_SECRET,
        authenticator=random,
    )


def report(
    kind: Kind, ticket: int, session: str, *, identifier: int, class_value: bytes | None, seconds: int | None = None
) -> bytes:
    """An Accounting-Request. class_value: the Class of its Accept, None: not echoed. seconds: of the session so far."""
    attributes = [
        (assigned.USER_NAME, b"T%07d" % ticket),
        _number(assigned.ACCT_STATUS_TYPE, _STATUS[kind]),
        *_EQUIPMENT,
        *_guest(ticket, session),
        _number(assigned.EVENT_TIMESTAMP, int(time.time())),
        _number(assigned.ACCT_DELAY_TIME, 0),
        _number(_AUTHENTIC, 1),
    ]
    if kind is not Kind.START:
        attributes += _totals(TOTALS[kind] if seconds is None else seconds)
    if kind is Kind.STOP:
        attributes.append(_number(assigned.ACCT_TERMINATE_CAUSE, _USER_REQUEST))
    if class_value is not None:
        attributes.append((assigned.CLASS, class_value))
    return encode_request(Code.ACCOUNTING_REQUEST, identifier, attributes, SHARED_SECRET)


def _guest(ticket: int, session: str) -> tuple[Attribute, ...]:
    a, b, c = ticket >> 16 & 255, ticket >> 8 & 255, ticket & 255
    return (
        _number(assigned.NAS_PORT, ticket & 0xFFFF),
        (assigned.CALLING_STATION_ID, b"02-AA-%02X-%02X-%02X-01" % (a, b, c)),
        (assigned.ACCT_SESSION_ID, session.encode()),
        _number(assigned.FRAMED_IP_ADDRESS, 0x0A000000 | ticket & 0xFFFFFF),
    )


def _totals(seconds: int) -> list[Attribute]:
    return [
        _number(assigned.ACCT_SESSION_TIME, seconds),
        _number(assigned.ACCT_INPUT_OCTETS, UP_A_SECOND * seconds),
        _number(assigned.ACCT_OUTPUT_OCTETS, DOWN_A_SECOND * seconds),
        _number(assigned.ACCT_INPUT_PACKETS, 100 * seconds),
        _number(assigned.ACCT_OUTPUT_PACKETS, 200 * seconds),
        _number(assigned.ACCT_INPUT_GIGAWORDS, 0),
        _number(assigned.ACCT_OUTPUT_GIGAWORDS, 0),
    ]
