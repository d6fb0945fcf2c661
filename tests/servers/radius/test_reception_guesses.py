"""Guessing at the front desk: the guesser is slowed, nobody else."""

from tests.servers.radius.desk import Desk, desk
from tests.servers.radius.peer import (
    MAC,
    SHARED,
    SOURCE,
    access_request,
    said,
    verified,
)

from spotcoffee.domain.guessing import DEVICE_TOKENS
from spotcoffee.protocols.radius.encoding import encode_response
from spotcoffee.protocols.radius.packet import Code
from spotcoffee.services.authorization import Login

PROXY_STATE = 33
EAP_MESSAGE = 79
MESSAGE_AUTHENTICATOR = 80


def fail(at: Desk, times: int, mac: str = MAC) -> None:
    for _ in range(times):
        at.auth(access_request("NOSUCH", "wrong", mac=mac))
        request = at.queued.pop()
        assert isinstance(request.item, Login)
        at.reception.conclude(
            [(request, encode_response(Code.ACCESS_REJECT, request.packet, [], SHARED))], [request.item]
        )


def test_a_wrong_code_is_answered_without_delay() -> None:
    here = desk()
    before = here.clock.both()

    fail(here, 1)

    assert len(here.sent) == 1
    assert here.clock.both() == before


def test_an_empty_device_bucket_is_refused_without_a_look_at_the_password() -> None:
    here = desk()
    fail(here, int(DEVICE_TOKENS))
    request = access_request("RIGHT", "RIGHT")

    (answer,) = here.auth(request)

    assert verified(answer, request) is Code.ACCESS_REJECT
    assert said(answer)["Reply-Message"] == "Ce code n’est pas le bon. Vérifiez et réessayez."
    assert here.queued == []
    assert here.counters.all()["login.slowed"] == 1


def test_guesses_at_once_are_no_more_than_guesses_one_by_one() -> None:
    here = desk()
    for _ in range(int(DEVICE_TOKENS) + 30):
        here.auth(access_request("NOSUCH", "wrong"))

    assert len(here.queued) == DEVICE_TOKENS
    assert here.sent == []
    assert here.counters.all()["dropped.busy"] == 30
    here.auth(access_request("RIGHT", "RIGHT", mac="00-11-22-33-44-55"))
    assert len(here.queued) == DEVICE_TOKENS + 1


def test_once_they_are_decided_the_device_is_heard_again() -> None:
    here = desk()
    for _ in range(int(DEVICE_TOKENS)):
        here.auth(access_request("RIGHT", "RIGHT"))
    here.reception.conclude([(request, None) for request in here.queued], [])

    here.auth(access_request("RIGHT", "RIGHT"))

    assert len(here.queued) == DEVICE_TOKENS + 1


def test_another_device_is_heard_beside_one_that_guesses() -> None:
    here = desk()
    fail(here, int(DEVICE_TOKENS))

    assert here.auth(access_request(mac="00-11-22-33-44-55")) == []

    assert len(here.queued) == 1


def test_an_access_point_under_attack_still_looks_at_every_code_and_raises_an_alarm() -> None:
    here = desk()
    for number in range(200):
        fail(here, 1, mac=f"02-00-00-00-00-{number:02X}")

    here.auth(access_request("RIGHT", "RIGHT"))

    assert len(here.queued) == 1
    assert here.book.take_notes().faults == {(1, 1, "many_wrong_codes"): 1}
    assert here.counters.all()["login.under_attack"] == 1


def test_a_slowed_device_gets_the_identical_answer_to_its_retransmission() -> None:
    here = desk()
    fail(here, int(DEVICE_TOKENS))
    request = access_request()

    first, again = here.auth(request), here.auth(request)

    assert first == again
    assert here.sent[-1] == (first[0], SOURCE)
