"""What each kind of equipment is told, packet by packet, in the lines of tests/vectors/radius/README.md.

A change in tests/golden/equipment is a change on the wire; the files are written anew by
`SPOTCOFFEE_TEST_GOLDEN=write pytest tests/servers/radius/test_replies.py`.
"""

from datetime import timedelta
from pathlib import Path
from typing import Final

from tests.factories import KEYS, NOW, SECRET
from tests.servers.radius.desk import directory, listed, neighbours, point
from tests.servers.radius.peer import SHARED, named

from spotcoffee.domain.access_points import CAPABILITIES, AccessPoint, Equipment
from spotcoffee.domain.accounting import Counter, Meter
from spotcoffee.domain.authorization import Accept, Limits
from spotcoffee.domain.sessions import Session, grant_of
from spotcoffee.protocols.radius.encoding import encode_request, encode_response
from spotcoffee.protocols.radius.listing import describe
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.servers.radius.answers import login_attributes
from spotcoffee.servers.radius.book import Book
from spotcoffee.servers.radius.orders import OrderWriter
from spotcoffee.services.authorization import LoginAnswer
from spotcoffee.services.outbox import CHANGE, DISCONNECT, OrderFacts

FOLDER: Final = Path(__file__).parents[2] / "golden" / "equipment"
SESSION_ID: Final = 202607_000000000042
ASKED: Final = encode_request(Code.ACCESS_REQUEST, 7, named(User_Name="K7QM29XWPT"), SHARED, authenticator=bytes(16))
# An offer that limits all there is: 2 h, 10 min idle, 8 and 1.5 Mbit/s, 5 and 1 GB.
RICH: Final = Limits(
    session_timeout=7200,
    idle_timeout=600,
    rate_down=8_000_000,
    rate_up=1_500_000,
    down_left=5_000_000_000,
    up_left=1_000_000_000,
)
# On for half an hour, 4 GB down and 100 MB up.
RUNNING: Final = Session(
    id=SESSION_ID,
    ticket_id=1,
    access_point_id=1,
    device="001122aabbcc",
    source="127.0.0.1",
    seen_at=NOW,
    acct_session_id="80a00012",
    accept_id=SESSION_ID,
    accepted_at=NOW - timedelta(seconds=1800),
    began_at=NOW - timedelta(seconds=1800),
    meter=Meter(time=1800, charged=1800, down=Counter(total=4_000_000_000), up=Counter(total=100_000_000)),
    framed_address="10.1.0.7",
    user_name_sealed=KEYS.seal("7km-p2rt-9xw"),
)


def accept(access_point: AccessPoint, limits: Limits = RICH) -> bytes:
    """The Access-Accept for these limits."""
    answer = LoginAnswer(decision=Accept(limits), ticket_id=1, session_id=SESSION_ID)
    code, attributes = login_attributes(access_point, answer, keys=KEYS, now=NOW)
    return encode_response(code, decode(ASKED), attributes, SHARED)


def order(access_point: AccessPoint, kind: str, limits: Limits = RICH, session: Session = RUNNING) -> bytes | None:
    """The order that gives a running session these limits, or ends it."""
    book = Book(directory(neighbours(listed(access_point))))
    grant = grant_of(limits, session.meter, age=1800)
    facts = OrderFacts(
        id=1,
        access_point_id=access_point.id,
        ticket_id=1,
        session_id=session.id,
        kind=kind,
        reason="limits_changed",
        by="",
        grant=grant if kind == CHANGE else None,
        tries=0,
        packet=None,
    )
    return OrderWriter(book, KEYS, lambda: NOW).write(facts, session)


def packets(equipment: Equipment) -> dict[str, bytes]:
    """All that a kind of equipment is told, by what it is."""
    access_point = point(1, equipment, coa_port=CAPABILITIES[equipment].disconnect_port)
    told = {"an Access-Accept": accept(access_point)}
    change = order(access_point, CHANGE) if access_point.can_change else None
    disconnect = order(access_point, DISCONNECT)
    if change is not None:
        told["a CoA-Request, half an hour and 4 GB later"] = change
    if disconnect is not None:
        told["a Disconnect-Request"] = disconnect
    return told


def page(equipment: Equipment) -> str:
    """The golden file of a kind of equipment."""
    head = (
        f"# What {equipment.value} is told of an offer that limits all there is: see tests/servers/radius/golden.py\n"
    )
    return head + "".join(_vector(equipment, what, packet) for what, packet in packets(equipment).items())


def _vector(equipment: Equipment, what: str, datagram: bytes) -> str:
    packet = decode(datagram)
    octets = datagram.hex(" ")
    lines = [f"hex {octets[start : start + 96].strip()}" for start in range(0, len(octets), 96)]
    shown = [f"shows {name} = {value}" for name, value in describe(packet)]
    first = [f"vector {equipment.value}, {what}", f"secret {SECRET}", f"is {packet.code.name} {packet.identifier}"]
    return "\n" + "\n".join([*first, *shown, *lines]) + "\n"
