"""What a ticket says of its offer, in both languages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from spotcoffee.documents.errors import Fault
from spotcoffee.documents.layout import ALL_FIELDS, Field, Wording
from spotcoffee.wording.printed import Occasion, sale_line, words_on_tickets
from spotcoffee.wording.problems import FAULTS

HOUR, DAY = 3_600, 86_400
GB = 10**9


def said(language: str, *, has_password: bool = False, fields: frozenset[Field] = ALL_FIELDS, **terms: Any) -> Wording:
    base = {"offer": "Été", "max_devices": 1, "time_zone": "Europe/Paris", "currency": "EUR"}
    occasion = Occasion(
        terms={**base, **terms}, languages=(language,), fields=fields, has_password=has_password, network="DEUX-RIVES"
    )
    [wording] = words_on_tickets(occasion).wordings
    return wording


@pytest.mark.parametrize(
    ("terms", "french", "english"),
    [
        ({"credit": 2 * HOUR}, "2 heures de connexion", "2 hours online"),
        (
            {"credit": 2 * HOUR, "lifetime": DAY},
            "2 heures de connexion en 24 heures",
            "2 hours online within 24 hours",
        ),
        ({"credit": 5_400}, "1 heure et 30 minutes de connexion", "1 hour and 30 minutes online"),
        ({"lifetime": 7 * DAY}, "1 semaine de Wi-Fi dès la première connexion", "1 week of Wi-Fi from the first login"),
        ({"period_limit": HOUR, "period": "day"}, "1 heure de connexion par jour", "1 hour online a day"),
        (
            {"period_limit": HOUR, "period": "hour", "lifetime": 3 * DAY},
            "1 heure de connexion par heure en 3 jours",
            "1 hour online an hour within 3 days",
        ),
        ({"period_limit": HOUR, "period": "week"}, "1 heure de connexion par semaine", "1 hour online a week"),
        ({"period_limit": HOUR, "period": "month"}, "1 heure de connexion par mois", "1 hour online a month"),
        ({}, "Wi-Fi sans limite de temps", "Wi-Fi without a limit of time"),
    ],
)
def test_a_ticket_says_first_what_it_grants(terms: dict[str, Any], french: str, english: str) -> None:
    assert (said("fr", **terms).grant, said("en", **terms).grant) == (french, english)


def test_the_limits_that_a_guest_feels_stand_below() -> None:
    terms = {
        "credit": 2 * HOUR, "lifetime": DAY, "period_limit": HOUR, "period": "day", "session_duration": 1_800,
        "quota_down": 5 * GB, "quota_up": GB, "max_devices": 3, "idle_timeout": 600, "rate_down": 2_000_000,
    }  # fmt: skip

    assert said("fr", **terms).conditions == (
        "au plus 1 heure par jour, par sessions de 30 minutes, 5\u00a0Go reçus, 1\u00a0Go envoyés, "
        "sur 3 appareils à la fois"
    )
    assert said("en", **terms).conditions == (
        "at most 1 hour a day, 30 minutes at a time, 5\u00a0GB received, 1\u00a0GB sent, on up to 3 devices at once"
    )


@pytest.mark.parametrize(
    ("first", "until", "french", "english"),
    [
        (None, "2026-09-30T22:00:00+00:00", "jusqu’au 30/09/2026", "until 30 Sept 2026"),
        (None, "2026-09-30T16:00:00+00:00", "jusqu’au 30/09/2026 18:00", "until 30 Sept 2026 18:00"),
        ("2026-06-30T22:00:00+00:00", None, "à partir du 01/07/2026", "from 1 Jul 2026"),
        (
            "2026-07-01T10:00:00+00:00",
            "2026-09-30T22:00:00+00:00",
            "du 01/07/2026 12:00 au 30/09/2026",
            "from 1 Jul 2026 12:00 to 30 Sept 2026",
        ),
        (None, None, "", ""),
    ],
)
def test_what_ends_at_midnight_lasts_all_of_the_day_before(
    first: str | None, until: str | None, french: str, english: str
) -> None:
    terms = {"valid_from": first, "valid_until": until}

    assert (said("fr", **terms).validity, said("en", **terms).validity) == (french, english)


def test_the_steps_speak_of_a_qr_only_where_there_is_one() -> None:
    without = ALL_FIELDS - {Field.LOGIN_QR}

    assert said("fr").steps == ("Rejoignez le Wi-Fi DEUX-RIVES.", "Lisez le QR, ou tapez le code.")
    assert said("fr", fields=without).steps[1] == "Tapez le code quand il est demandé."
    assert said("en", has_password=True).steps[1] == "Scan the QR, or type login and password."
    assert said("en", has_password=True, fields=without).steps[1] == "Type login and password when asked."


def test_a_price_is_written_as_the_first_language_writes_it() -> None:
    terms = {"offer": "Été", "time_zone": "Europe/Paris", "price": "2.5", "currency": "EUR"}

    def price(*languages: str) -> str:
        return words_on_tickets(Occasion(terms=terms, languages=languages, fields=ALL_FIELDS, has_password=False)).price

    assert (price("fr", "en"), price("en", "fr")) == ("2,50\u00a0€", "€2.50")


def test_a_receipt_says_when_and_under_which_number() -> None:
    at = datetime(2026, 7, 15, 17, 42, tzinfo=UTC)

    assert sale_line(at, number=1873, language="fr") == ("15/07/2026 17:42", "n°\u00a01873")
    assert sale_line(at, number=1873, language="en") == ("15 Jul 2026 17:42", "no. 1873")


def test_every_fault_of_a_document_has_a_sentence() -> None:
    assert {fault.value for fault in Fault} <= set(FAULTS)
