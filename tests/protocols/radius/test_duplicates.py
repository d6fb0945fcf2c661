"""The life of an answer (trust.md, Duplicates; RFC 5080 2.2.2)."""

from tests.protocols.radius.packets import ASKED, SECRET, USER

from spotcoffee.protocols.radius.duplicates import AnswerCache, Key, Seen, request_key
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.packet import Code, decode

SOURCE = ("192.0.2.1", 40_000)


def key(
    *,
    source: tuple[str, int] = SOURCE,
    our_port: int = 1812,
    identifier: int = 1,
    random: bytes = ASKED,
    body: int = 0,
) -> Key:
    octets = encode_request(Code.ACCESS_REQUEST, identifier, [USER, (25, bytes((body,)))], SECRET, authenticator=random)
    return request_key(decode(octets), source, our_port)


def test_a_new_request_is_decided() -> None:
    assert AnswerCache().look_up(key(), now=0.0) is Seen.NEW


def test_a_request_still_being_decided_gets_nothing_more() -> None:
    cache = AnswerCache()
    cache.look_up(key(), now=0.0)
    assert cache.look_up(key(), now=1.0) is Seen.PENDING


def test_the_same_octets_get_the_identical_answer_for_30_seconds_from_the_answer() -> None:
    cache = AnswerCache()
    cache.look_up(key(), now=0.0)
    cache.answer(key(), b"answer", now=5.0)
    assert cache.look_up(key(), now=34.9) == b"answer"
    assert cache.look_up(key(), now=35.0) is Seen.NEW


def test_answering_a_retransmission_does_not_prolong_the_life_of_an_answer() -> None:
    cache = AnswerCache()
    cache.answer(key(), b"answer", now=0.0)
    cache.look_up(key(), now=29.0)
    assert cache.look_up(key(), now=30.0) is Seen.NEW


def test_a_forgotten_request_is_decided_anew() -> None:
    cache = AnswerCache()
    cache.look_up(key(), now=0.0)
    cache.forget(key())
    assert cache.look_up(key(), now=0.1) is Seen.NEW


def test_forgetting_what_was_never_seen_does_nothing() -> None:
    AnswerCache().forget(key())


def test_a_pending_request_that_nobody_answered_is_decided_anew_after_its_life() -> None:
    cache = AnswerCache()
    cache.look_up(key(), now=0.0)
    assert cache.look_up(key(), now=30.0) is Seen.NEW


def test_what_makes_a_request_another_one() -> None:
    others = [
        key(identifier=2),
        key(random=bytes(16)),
        key(source=("192.0.2.2", 40_000)),
        key(source=("192.0.2.1", 40_001)),
        key(our_port=1813),
        key(body=1),
    ]
    assert key() == key()
    assert len({key(), *others}) == 7


def test_the_same_identifier_with_a_new_authenticator_is_a_new_request() -> None:
    cache = AnswerCache()
    cache.answer(key(), b"answer", now=0.0)
    assert cache.look_up(key(random=bytes(16)), now=0.1) is Seen.NEW


def test_padding_does_not_make_a_retransmission_another_request() -> None:
    octets = encode_request(Code.ACCESS_REQUEST, 1, [USER], SECRET, authenticator=ASKED)
    assert request_key(decode(octets), SOURCE, 1812) == request_key(decode(octets + b"pad"), SOURCE, 1812)


def test_the_oldest_goes_first_when_the_cache_is_full() -> None:
    cache = AnswerCache(most=3)
    for identifier in range(4):
        cache.answer(key(identifier=identifier), b"answer", now=float(identifier))
    assert len(cache) == 3
    assert cache.look_up(key(identifier=3), now=4.0) == b"answer"
    assert cache.look_up(key(identifier=0), now=4.0) is Seen.NEW


def test_an_answer_that_comes_late_into_a_full_cache_is_still_kept() -> None:
    cache = AnswerCache(most=1)
    cache.look_up(key(identifier=1), now=0.0)
    cache.look_up(key(identifier=2), now=0.0)
    cache.answer(key(identifier=1), b"answer", now=1.0)
    assert cache.look_up(key(identifier=1), now=1.0) == b"answer"
    assert len(cache) == 1


def test_what_is_past_its_life_takes_no_room_for_long() -> None:
    cache = AnswerCache()
    for identifier in range(256):
        cache.look_up(key(identifier=identifier), now=identifier / 1000)
    for identifier in range(20):
        cache.look_up(key(identifier=identifier), now=60.0)
    assert len(cache) == 20


def test_no_request_pays_for_a_burst_before_it() -> None:
    cache = AnswerCache()
    for identifier in range(256):
        cache.look_up(key(identifier=identifier), now=0.0)
    cache.look_up(key(random=bytes(16)), now=60.0)
    assert len(cache) > 200


def test_an_answer_past_its_life_is_not_given_even_while_it_still_takes_room() -> None:
    cache = AnswerCache()
    for identifier in range(256):
        cache.answer(key(identifier=identifier), b"answer", now=0.0)
    assert cache.look_up(key(identifier=255), now=60.0) is Seen.NEW
    assert cache.look_up(key(identifier=255), now=60.0) is Seen.PENDING
