"""Why a login was refused, in the guest's words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import get_language, override

from spotcoffee import wording
from spotcoffee.domain.authorization import Reason, Reject
from spotcoffee.wording.refusals import refusal

PARIS = ZoneInfo("Europe/Paris")
LOCALES = Path(wording.__file__).parent / "locale"
# 2026-07-15, 23:59:59 in Paris.
NOW = datetime(2026, 7, 15, 21, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 7, 15, 22, tzinfo=UTC)


def said(
    reason: Reason,
    language: str = "fr",
    reopens_at: datetime | None = None,
    zone: ZoneInfo = PARIS,
    now: datetime = NOW,
) -> str:
    return refusal(Reject(reason, reopens_at), language=language, zone=zone, now=now)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_in_both_languages(reason: Reason) -> None:
    french, english = said(reason, "fr"), said(reason, "en")

    assert french.endswith(".")
    assert english.endswith(".")
    assert french != english


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_unknown_ticket_and_a_wrong_password_read_the_same(language: str) -> None:
    assert said(Reason.UNKNOWN_TICKET, language) == said(Reason.WRONG_PASSWORD, language)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_other_reason_has_a_sentence_of_its_own(language: str) -> None:
    assert len({said(reason, language) for reason in Reason}) == len(Reason) - 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_radius_word_reaches_a_guest(language: str) -> None:
    for reason in Reason:
        sentence = said(reason, language).lower()
        for word in ("radius", "session", "quota", "reject", "voucher", "timeout", reason.value):
            assert word not in sentence


def test_a_period_limit_says_when_it_reopens_in_the_offers_zone() -> None:
    reopens_at = NOW + timedelta(hours=3)

    here = said(Reason.PERIOD_LIMIT_REACHED, "fr", reopens_at)
    elsewhere = said(Reason.PERIOD_LIMIT_REACHED, "fr", reopens_at, zone=ZoneInfo("America/Guadeloupe"))

    assert here == "Le temps autorisé pour cette période est épuisé. Il rouvre le 16 juillet à 02:59."
    assert elsewhere == "Le temps autorisé pour cette période est épuisé. Il rouvre à 20:59."


def test_example_11_reopens_at_midnight() -> None:
    assert said(Reason.PERIOD_LIMIT_REACHED, "fr", MIDNIGHT).endswith("Il rouvre le 16 juillet à 00:00.")
    assert said(Reason.PERIOD_LIMIT_REACHED, "en", MIDNIGHT).endswith("It opens again on 16 July at 00:00.")


def test_an_hour_that_reopens_today_needs_no_date() -> None:
    now = datetime(2026, 7, 15, 8, 10, tzinfo=UTC)

    assert said(Reason.PERIOD_LIMIT_REACHED, "en", now + timedelta(minutes=50), now=now).endswith(
        "It opens again at 11:00."
    )


def test_a_ticket_that_is_not_valid_yet_says_when_it_is() -> None:
    opens_at = datetime(2026, 8, 1, 7, tzinfo=UTC)

    french, english = said(Reason.NOT_YET_VALID, "fr", opens_at), said(Reason.NOT_YET_VALID, "en", opens_at)

    assert french == "Ce ticket n’est pas encore valable. Il sera valable à partir du 1er août à 09:00."
    assert english == "This ticket is not valid yet. It is valid from 1 August at 09:00."


@pytest.mark.parametrize(
    ("language", "day"), [("de", "24. November"), ("es", "24 de noviembre"), ("nl", "24 november")]
)
def test_a_day_is_said_as_its_language_says_it(language: str, day: str) -> None:
    assert day in said(Reason.NOT_YET_VALID, language, datetime(2026, 11, 24, 7, tzinfo=UTC))


def test_one_that_is_valid_later_today_needs_no_date() -> None:
    now = datetime(2026, 7, 15, 8, 10, tzinfo=UTC)

    assert said(Reason.NOT_YET_VALID, "fr", now + timedelta(hours=4), now=now).endswith(
        "Il sera valable à partir de 14:10."
    )


def test_only_the_first_of_the_month_is_an_ordinal_in_french() -> None:
    assert "du 11 août à" in said(Reason.NOT_YET_VALID, "fr", datetime(2026, 8, 11, 7, tzinfo=UTC))


def test_the_language_of_the_thread_is_left_as_it_was() -> None:
    with override("en"):
        said(Reason.REVOKED, "fr")
        assert get_language() == "en"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_sentence_is_missing_or_doubtful_in_the_catalogue(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale=language)

    assert [message.id for message in catalogue if message.id and (message.fuzzy or not message.string)] == []


def test_both_catalogues_hold_the_same_sentences() -> None:
    found = []
    for language in ("fr", "en"):
        with (LOCALES / language / "LC_MESSAGES" / "django.po").open("rb") as file:
            found.append({str(message.id) for message in read_po(file, locale=language)})

    assert found[0] == found[1]
