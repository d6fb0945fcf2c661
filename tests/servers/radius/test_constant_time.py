"""What is secret is compared in constant time, and every candidate is tried."""

import hmac
from collections.abc import Callable
from types import ModuleType

import pytest
from tests.factories import KEYS
from tests.servers.radius.desk import desk
from tests.servers.radius.peer import access_request, accounting_request, chap_request
from tests.servers.radius.test_auth import CODE, PAIR, read

from spotcoffee.domain import credentials
from spotcoffee.domain.credentials import Challenged, opens
from spotcoffee.protocols.radius import authenticator, passwords


def recorded(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str = "compare_digest") -> list[object]:
    """What is compared in constant time from now on."""
    seen: list[object] = []

    def compare(one: bytes, other: bytes) -> bool:
        seen.append(one)
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(module, name, compare)
    return seen


def test_a_message_authenticator_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = recorded(monkeypatch, authenticator)
    desk().auth(access_request())

    assert len(seen) == 1


def test_a_request_authenticator_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = recorded(monkeypatch, authenticator)
    desk().acct(accounting_request())

    assert len(seen) == 1


def test_a_chap_answer_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = recorded(monkeypatch, passwords)
    opens(PAIR, read(chap_request("K7QM29", "9XWPTK")).proof)

    assert len(seen) >= 1


class Recording:
    """`hmac`, with what is compared."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.digest: Callable[..., bytes] = hmac.digest

    def compare_digest(self, one: bytes, other: bytes) -> bool:
        self.seen.append(one)
        return hmac.compare_digest(one, other)


@pytest.mark.parametrize("typed", ["9XWPTK", "WRONG", ""])
def test_a_typed_password_is(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    recording = Recording()
    monkeypatch.setattr(credentials, "hmac", recording)

    opens(PAIR, read(access_request("K7QM29", typed)).proof)

    assert recording.seen == [b"9XWPTK"]


def test_the_tag_of_a_class_is(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = Recording()
    monkeypatch.setattr("spotcoffee.storage.keys.hmac", recording)

    KEYS.session_of(KEYS.class_of(42))

    assert len(recording.seen) == 1


@pytest.mark.parametrize("right", [0, 1, 4, None])
def test_every_form_of_a_code_is_tried_whichever_fits(right: int | None) -> None:
    tried: list[bytes] = []

    def matches(candidate: bytes) -> bool:
        tried.append(candidate)
        return len(tried) - 1 == right

    assert opens(CODE, Challenged(matches)) is (right is not None)
    assert tried == [b"", b"K7QM29XWPT", b"k7qm29xwpt", b"K7Q-M29X-WPT", b"k7q-m29x-wpt"]
