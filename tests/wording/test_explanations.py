"""Why a ticket does or does not work, in words that a receptionist knows."""

import re
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from tests.factories import NOW

from spotcoffee.domain.authorization import Accept, Decision, Limits, Reason, Reject
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period
from spotcoffee.services.tickets import TicketView
from spotcoffee.wording.explanations import Case, Explanation, explain, refusal_at_the_desk

PARIS: Final = ZoneInfo("Europe/Paris")
FULL: Final = Terms(
    zone=PARIS,
    valid_from=NOW - timedelta(days=1),
    valid_until=NOW + timedelta(days=1),
    lifetime=86_400,
    credit=7_200,
    period_limit=3_600,
    period=Period.DAY,
    quota_down=10**9,
    quota_up=10**8,
)
# Words of the trade, which nobody at a desk knows.
_TRADE: Final = re.compile(r"RADIUS|NAS\b|CoA\b|accounting|attribut|NAK|session_|Accept\b|Reject\b", re.IGNORECASE)


def _view(**columns: Any) -> TicketView:
    values: dict[str, Any] = dict.fromkeys(TicketView.__slots__)
    values |= {"state": "started", "note": "", "login": "K7QM3XWF9T", "open_sessions": 0}
    values |= {"credit_left": 3_600, "period_left": 1_800, "left_down": 5 * 10**8, "left_up": 10**7}
    values |= {"first_login_at": NOW - timedelta(hours=2), "expires_at": NOW + timedelta(hours=22)}
    return TicketView(**(values | columns))


def _case(decision: Decision, terms: Terms = FULL, **columns: Any) -> Case:
    return Case(
        decision=decision,
        ticket=_view(**columns),
        terms=terms,
        access_point="Salle",
        offered_on=("Salle", "Terrasse"),
        online=columns.get("open_sessions", 0),
        zone=PARIS,
        now=NOW,
    )


def _explained(decision: Decision, terms: Terms = FULL, language: str = "fr", **columns: Any) -> Explanation:
    with override(language):
        return explain(_case(decision, terms, **columns))


def _accept(seconds: int | None = 1_800) -> Accept:
    return Accept(
        Limits(session_timeout=seconds, idle_timeout=None, rate_down=None, rate_up=None, down_left=None, up_left=None)
    )


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_refusal_ends_with_what_does_not_hold_and_says_what_to_do(reason: Reason, language: str) -> None:
    found = _explained(Reject(reason), language=language)
    assert [one.holds for one in found.checked] == [True] * (len(found.checked) - 1) + [False]
    assert found.says.endswith(".")
    assert found.advice
    for said in (found.says, found.advice, *(one.said for one in found.checked)):
        assert not _TRADE.search(said), said
        assert "%(" not in said


@pytest.mark.parametrize("reason", list(Reason))
def test_each_refusal_has_a_few_words_of_its_own_in_french(reason: Reason) -> None:
    with override("en"):
        english = refusal_at_the_desk(reason.value)
    with override("fr"):
        french = refusal_at_the_desk(reason.value)
    assert french.startswith("Refusé\N{NO-BREAK SPACE}: ")
    assert french != english


def test_what_the_rule_did_not_come_to_is_left_out() -> None:
    assert len(_explained(Reject(Reason.UNKNOWN_TICKET)).checked) == 1
    assert len(_explained(Reject(Reason.REVOKED), state="revoked").checked) == 2
    assert len(_explained(Reject(Reason.TOO_MANY_DEVICES)).checked) == len(_explained(_accept()).checked)


def test_an_offer_without_limits_has_little_to_look_at() -> None:
    found = _explained(_accept(None), Terms(zone=PARIS))
    assert [one.holds for one in found.checked] == [True] * 4
    assert "serait acceptée maintenant." in found.says


def test_a_ticket_that_works_says_for_how_long() -> None:
    assert "pour 30 minutes" in _explained(_accept()).says


def test_a_spent_period_says_when_it_opens_again() -> None:
    found = _explained(Reject(Reason.PERIOD_LIMIT_REACHED), period_left=0, period_reopens_at=NOW + timedelta(hours=14))
    assert "demain 00:00" in found.says
    assert found.checked[-1].said == "Temps restant pour cette période\N{NO-BREAK SPACE}: 0 seconde sur 1 heure"
    assert found.sells


def test_a_wrong_place_names_the_right_ones() -> None:
    found = _explained(Reject(Reason.WRONG_ACCESS_POINT))
    assert "Salle, Terrasse" in found.advice
    assert found.checked[-1].said == "«\N{NO-BREAK SPACE}Salle\N{NO-BREAK SPACE}» n’est pas dans son offre"


def test_only_a_revoked_ticket_is_to_be_restored() -> None:
    assert [reason for reason in Reason if _explained(Reject(reason)).restores] == [Reason.REVOKED]
