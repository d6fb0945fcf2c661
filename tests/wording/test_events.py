"""What happened to a ticket, in words: and never that a guest is off without the equipment's own word."""

from typing import Any

import pytest
from django.utils.translation import override
from tests.factories import NOW

from spotcoffee.domain.accounting import EndCause
from spotcoffee.services.histories import _ORDER, EventView
from spotcoffee.services.outbox import CHANGE, DISCONNECT, OrderState
from spotcoffee.wording.events import EventInWords, device_in_words, end_in_words, event_in_words, order_in_words


def _said(kind: str, *, language: str = "fr", place: str = "Salle", **columns: Any) -> EventInWords:
    with override(language):
        return event_in_words(EventView(at=NOW, kind=kind, **columns), place=place, by="Léa")


_REASONS = {"reject": "revoked", "order": "disconnect sent", "charge": "user", "given_back": "idle"}


@pytest.mark.parametrize("kind", _ORDER)
def test_each_kind_of_event_has_words_in_both_languages(kind: str) -> None:
    french = _said(kind, reason=_REASONS.get(kind, "pdf"), seconds=600)
    english = _said(kind, language="en", reason=_REASONS.get(kind, "pdf"), seconds=600)
    assert french.title
    assert french.title != english.title
    assert "%(" not in french.title + french.detail


@pytest.mark.parametrize("state", list(OrderState))
def test_only_an_acknowledged_order_says_that_the_guest_is_off(state: OrderState) -> None:
    with override("fr"):
        said = order_in_words(DISCONNECT, state.value)
        assert said.startswith("Déconnecté") == (state is OrderState.ACKNOWLEDGED)
        assert order_in_words(CHANGE, state.value)


@pytest.mark.parametrize("cause", list(EndCause))
def test_each_end_of_a_session_is_told_but_an_unknown_one(cause: EndCause) -> None:
    with override("fr"):
        assert bool(end_in_words(cause.value)) == (cause is not EndCause.OTHER)


def test_devices_are_read_by_their_address_or_have_no_name() -> None:
    with override("fr"):
        assert device_in_words("020000000001") == "02:00:00:00:00:01"
        assert device_in_words("192.0.2.7@3") == "192.0.2.7"
        assert device_in_words("?1812-4-ab") == device_in_words("") == "appareil sans nom"


def test_a_place_out_of_reach_has_no_name() -> None:
    assert _said("accept", place="", device="020000000001").detail.endswith("à un autre endroit.")


def test_an_accept_that_led_nowhere_says_so() -> None:
    assert "Aucune connexion n’a suivi." in _said("accept", led_nowhere=True).detail


def test_a_session_that_runs_is_no_end() -> None:
    assert _said("charge", seconds=60, is_open=True).title.startswith("En ligne")
    assert _said("charge", seconds=60, reason="idle").title.startswith("Fin de session")


def test_what_comes_back_is_below_zero() -> None:
    assert _said("given_back", seconds=-600).title == "Inactivité\N{NO-BREAK SPACE}: −10 minutes"


def test_who_did_it_is_named() -> None:
    for kind in ("sell", "cancel_sale", "revoke", "restore", "change"):
        assert "par Léa" in _said(kind).title
    assert _said("handout", reason="pdf").title == "Imprimé par Léa"
    assert _said("handout", reason="csv").title == "Exporté par Léa"
