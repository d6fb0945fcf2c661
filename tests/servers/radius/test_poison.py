"""One request that breaks something: the others of its batch don't pay for it."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from tests.servers.radius.house import House, boom, codes, durable
from tests.servers.radius.peer import SHARED, access_request, accounting_request

from spotcoffee.domain.credentials import Challenged
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.services.accounting import Arrival
from spotcoffee.services.authorization import Login
from spotcoffee.services.sweeps import Restart
from spotcoffee.storage.models import Ticket

pytestmark = pytest.mark.django_db

# The ticket GUESTTICKT is of one hour, for one device.
OFFER = {"credit": 3600, "max_devices": 1}
PHONE, TABLET = "02-00-00-00-00-01", "02-00-00-00-00-02"


def poisoned(house: House) -> None:
    """Make the last login one that no decision survives, as a bug of ours would."""
    request = house.queued[-1]
    assert isinstance(request.item, Login)
    request.item = request.item._replace(proof=Challenged(boom))


@durable
def test_one_poisonous_request_does_not_take_the_others_down(ticket: Ticket) -> None:
    house = House()
    house.acct(accounting_request("Start", login="GUESTTICKT"))
    house.auth(access_request("GUESTTICKT", mac=TABLET))
    poisoned(house)
    house.acct(accounting_request("Stop", login="GUESTTICKT", seconds=60))

    with capture_logs() as logs:
        answers = house.commit()

    assert codes(answers) == [Code.ACCOUNTING_RESPONSE] * 2
    assert house.dropped() == {"failed": 1}
    assert [entry["event"] for entry in logs] == ["request_failed"]
    ticket.refresh_from_db()
    assert ticket.used_time == 60


@durable
def test_a_value_that_the_database_cannot_take_is_one_requests_own(ticket: Ticket) -> None:
    house = House()
    house.acct(accounting_request("Start", login="GUESTTICKT"))
    request = house.queued[-1]
    assert isinstance(request.item, Arrival)
    request.item = request.item._replace(framed_address="\ud800")
    house.acct(accounting_request("Stop", login="GUESTTICKT", session="S2", seconds=60))

    with capture_logs():
        answers = house.commit()

    assert len(answers) == 1
    ticket.refresh_from_db()
    assert ticket.used_time == 60


@durable
def test_a_poisonous_request_leaves_no_code_in_the_logs(ticket: Ticket) -> None:
    house = House()
    house.auth(access_request("GUESTTICKT", "GUESTTICKT"))
    poisoned(house)

    with capture_logs() as logs:
        house.commit()

    assert logs != []
    assert "GUESTTICKT" not in str(logs)


@durable
def test_a_request_whose_own_proxy_states_leave_no_room_for_an_answer_is_dropped_alone(ticket: Ticket) -> None:
    house = House()
    octets = decode(access_request("GUESTTICKT")).datagram[20:] + (b"\x21\xff" + bytes(253)) * 15
    octets += b"\x21\xb4" + bytes(178)
    full = bytearray(b"\x01\x07" + (20 + len(octets)).to_bytes(2) + bytes(16) + octets)
    full[22:38] = bytes(16)
    full[22:38] = SHARED.hmac(bytes(full))
    house.auth(bytes(full))
    house.auth(access_request("NOSUCH"))

    answers = house.commit()

    assert codes(answers) == [Code.ACCESS_REJECT]
    assert house.dropped() == {"packet_too_long": 1}


@durable
def test_an_answer_that_a_bug_keeps_from_being_written_is_one_requests_own(ticket: Ticket) -> None:
    house = House()
    house.auth(access_request("GUESTTICKT"))
    request = house.queued[-1]
    nowhere = replace(request.listed.access_point, equipment=None)  # type: ignore[arg-type]
    request.listed = replace(request.listed, access_point=nowhere)
    house.auth(access_request("NOSUCH"))

    with capture_logs():
        answers = house.commit()

    assert codes(answers) == [Code.ACCESS_REJECT]
    assert house.dropped() == {"failed": 1}


@durable
def test_a_restart_that_fails_by_a_bug_does_not_stop_the_thread(ticket: Ticket) -> None:
    house = House()
    house.acct(accounting_request("Accounting-On", login=""))
    request = house.queued[-1]
    assert isinstance(request.item, Restart)
    request.item = replace(request.item, event_at=None)  # type: ignore[arg-type]
    house.acct(accounting_request("Stop", login="GUESTTICKT", seconds=60))

    with capture_logs():
        answers = house.commit()

    assert codes(answers) == [Code.ACCOUNTING_RESPONSE]
    assert house.dropped() == {"failed": 1}
