"""Orders of the server at the box: who may give one, which session is meant, what it does."""

from pathlib import Path

import pytest
from tests.servers.gateway.stage import DEVICE, SECRET, WALL, Place, Stage, claim, play

from spotcoffee.protocols.radius.assigned import ErrorCause
from spotcoffee.protocols.radius.authenticator import verify_response
from spotcoffee.protocols.radius.dictionary import Value, attribute
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.errors import BadAuthenticator
from spotcoffee.protocols.radius.packet import Code, Packet, decode
from spotcoffee.protocols.radius.secret import Secret
from spotcoffee.servers.gateway.das import OrderTaker

NUMBER = "0123456789abcdef"


def order(code: Code, *, secret: Secret = SECRET, at: float | None = WALL, **named: Value) -> bytes:
    said = [attribute(name.replace("_", "-"), value) for name, value in named.items()]
    if at is not None:
        said.append((55, int(at).to_bytes(4)))
    return encode_request(code, 1, said, secret)


async def taker_with_a_guest(stage: Stage) -> tuple[OrderTaker, Place]:
    place = await stage.open()
    await place.box.log_in(claim())
    return OrderTaker(place.box, SECRET, lambda: place.clock.now, lambda: place.clock.wall), place


def answered(taker: OrderTaker, datagram: bytes) -> Packet:
    answer = taker.answer(datagram)
    assert answer is not None
    packet = decode(answer)
    verify_response(packet, datagram, SECRET, message_authenticator_required=True)
    return packet


def test_a_disconnect_ends_the_session_that_it_names(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        taker, place = await taker_with_a_guest(stage)
        packet = answered(taker, order(Code.DISCONNECT_REQUEST, Acct_Session_Id=NUMBER, User_Name="TESTCODE"))
        assert packet.code is Code.DISCONNECT_ACK
        assert place.kernel.guests == {}

    play(tmp_path, scene)


def test_a_copy_of_an_order_gets_the_same_answer_and_does_nothing(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        taker, place = await taker_with_a_guest(stage)
        said = order(Code.DISCONNECT_REQUEST, Acct_Session_Id=NUMBER)
        first = taker.answer(said)
        await place.box.log_in(claim())
        assert taker.answer(said) == first
        assert DEVICE in place.kernel.guests

    play(tmp_path, scene)


def test_a_forged_order_gets_silence(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        taker, place = await taker_with_a_guest(stage)
        with pytest.raises(BadAuthenticator):
            taker.answer(order(Code.DISCONNECT_REQUEST, secret=Secret(b"guessed"), Acct_Session_Id=NUMBER))
        unproven = encode_request(
            Code.DISCONNECT_REQUEST, 1, [attribute("Acct-Session-Id", NUMBER)], SECRET, message_authenticator=False
        )
        assert taker.answer(unproven) is None
        assert DEVICE in place.kernel.guests

    play(tmp_path, scene)


@pytest.mark.parametrize("at", [WALL - 301, WALL + 301, None])
def test_a_stale_order_gets_silence(tmp_path: Path, at: float | None) -> None:
    async def scene(stage: Stage) -> None:
        taker, place = await taker_with_a_guest(stage)
        assert taker.answer(order(Code.DISCONNECT_REQUEST, at=at, Acct_Session_Id=NUMBER)) is None
        assert DEVICE in place.kernel.guests

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("named", "cause"),
    [
        ({"Acct_Session_Id": "another"}, ErrorCause.SESSION_CONTEXT_NOT_FOUND),
        ({"Acct_Session_Id": NUMBER, "User_Name": "ANOTHER"}, ErrorCause.SESSION_CONTEXT_NOT_FOUND),
        ({"Acct_Session_Id": NUMBER, "NAS_Identifier": "another"}, ErrorCause.NAS_IDENTIFICATION_MISMATCH),
        ({"Acct_Session_Id": NUMBER, "Service_Type": 17}, ErrorCause.UNSUPPORTED_SERVICE),
        ({"Acct_Session_Id": NUMBER, "Filter_Id": "x"}, ErrorCause.UNSUPPORTED_ATTRIBUTE),
        ({"Acct_Session_Id": NUMBER, "Mikrotik_Rate_Limit": "1M"}, ErrorCause.UNSUPPORTED_ATTRIBUTE),
        ({}, ErrorCause.MISSING_ATTRIBUTE),
    ],
)
def test_what_can_not_be_done_is_refused_with_its_cause(
    tmp_path: Path, named: dict[str, Value], cause: ErrorCause
) -> None:
    async def scene(stage: Stage) -> None:
        taker, place = await taker_with_a_guest(stage)
        packet = answered(taker, order(Code.DISCONNECT_REQUEST, **named))
        assert (packet.code, packet.integer(101)) == (Code.DISCONNECT_NAK, cause)
        assert DEVICE in place.kernel.guests

    play(tmp_path, scene)


def test_an_order_that_fits_two_sessions_is_refused(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        taker, place = await taker_with_a_guest(stage)
        await place.box.log_in(claim(session_id="fedcba9876543210", device="020000000102"))
        packet = answered(taker, order(Code.DISCONNECT_REQUEST, User_Name="TESTCODE"))
        assert packet.integer(101) == ErrorCause.MULTIPLE_SESSION_SELECTION_UNSUPPORTED

    play(tmp_path, scene)


def test_a_change_gives_other_limits(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        taker, place = await taker_with_a_guest(stage)
        change = {"Session_Timeout": 90, "WISPr_Bandwidth_Max_Down": 1_000_000, "ChilliSpot_Max_Input_Octets": 5_000}
        packet = answered(taker, order(Code.COA_REQUEST, Calling_Station_Id="02:00:00:00:01:01", **change))
        assert packet.code is Code.COA_ACK
        limits = place.box.guests[DEVICE].limits
        assert (limits.session_timeout, limits.rate_down, limits.quota_up) == (90, 1_000_000, 5_000)
        assert place.kernel.guests[DEVICE].rate_down == 1_000_000
        assert place.box.memory.guests(now=0)[0].limits == limits

    play(tmp_path, scene)


def test_a_change_that_the_kernel_refuses_changes_nothing(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        taker, place = await taker_with_a_guest(stage)
        place.kernel.broken = True
        packet = answered(taker, order(Code.COA_REQUEST, Acct_Session_Id=NUMBER, Session_Timeout=90))
        assert packet.integer(101) == ErrorCause.RESOURCES_UNAVAILABLE
        assert place.box.guests[DEVICE].limits.session_timeout is None

    play(tmp_path, scene)
