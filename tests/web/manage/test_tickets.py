"""A ticket's card: what is left, why it does or does not work, what happened, and what the desk does with it."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from django.test import Client
from pypdf import PdfReader
from tests import factories as make

from spotcoffee.services import sales
from spotcoffee.storage.models import AccessPoint, Attempt, AuditEntry, Offer, Order, Session, Ticket
from spotcoffee.web.surroundings import keys, pace

HOUR: Final = 3_600
CARD: Final = "/tickets/{}/"


@pytest.fixture
def room(people: Any) -> AccessPoint:
    """An access point whose equipment takes orders."""
    return make.access_point(people.parc, "Salle", coa_port=3799)


@pytest.fixture
def ticket(people: Any, room: AccessPoint) -> Ticket:
    """A virgin ticket of two hours, one hour a day."""
    offer = make.offer(people.parc, room, name="2 heures", credit=2 * HOUR, period_limit=HOUR, period="day")
    return make.ticket(make.ticket_list(offer, "Accueil"), "K7QM3XWF9T", keys=keys())


def _online(ticket: Ticket, room: AccessPoint, **columns: Any) -> Session:
    now = datetime.now(UTC)
    return make.session(ticket, room, **{"accepted_at": now, "began_at": now, "seen_at": now, **columns})


def _page(client: Client, ticket: Ticket, query: str = "") -> str:
    answer = client.get(CARD.format(ticket.pk) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_card_shows_the_code_in_groups_the_state_and_what_is_left(bob: Client, ticket: Ticket) -> None:
    page = _page(bob, ticket)
    assert "<b>K7Q</b><b>M3XW</b><b>F9T</b>" in page
    assert '<span class="chip virgin">Vierge</span>' in page
    assert "sur 2 heures" in page
    assert "Aujourd’hui" in page


def test_reading_a_code_is_written_down(bob: Client, ticket: Ticket) -> None:
    _page(bob, ticket)
    entry = AuditEntry.objects.get(action="read")
    assert (entry.noun_id, entry.by) == (str(ticket.pk), "bob@example.org")


def test_a_strangers_ticket_does_not_exist(charlie: Client, ticket: Ticket) -> None:
    assert charlie.get(CARD.format(ticket.pk)).status_code == 404
    for act in ("note", "revoke", "restore", "cancel-sale"):
        assert charlie.post(CARD.format(ticket.pk) + act + "/").status_code == 404
    assert charlie.get(CARD.format(ticket.pk) + "receipt/").status_code == 404
    ticket.refresh_from_db()
    assert (ticket.revoked_at, ticket.note) == (None, "")


def test_numbers_without_end_are_no_ticket(bob: Client, db: None) -> None:
    for number in (0, 2**31, 2**63, 10**40):
        assert bob.get(CARD.format(number)).status_code == 404
        assert bob.post(f"/sessions/{number}/disconnect/").status_code == 404


def test_a_card_that_works_says_for_how_long(bob: Client, ticket: Ticket) -> None:
    page = _page(bob, ticket)
    assert "serait acceptée maintenant, pour" in page
    assert 'class="ko"' not in page


def test_looking_leaves_nothing_behind(bob: Client, ticket: Ticket) -> None:
    _page(bob, ticket)
    ticket.refresh_from_db()
    assert ticket.first_login_at is None
    assert not Session.objects.exists()
    assert not Attempt.objects.exists()


def test_a_revoked_ticket_says_so_and_offers_to_restore_it(bob: Client, ticket: Ticket) -> None:
    address = CARD.format(ticket.pk)
    assert bob.post(f"{address}revoke/").status_code == 303
    page = _page(bob, ticket)
    assert "Il est révoqué" in page
    assert f'action="{address}restore/"' in page
    bob.post(f"{address}restore/")
    page = _page(bob, ticket)
    assert "Il n’est pas révoqué" in page
    # The way back of the way back.
    assert f'action="{address}revoke/"' in page.partition('id="notices"')[2].partition('class="head"')[0]


def test_a_place_that_is_not_in_the_offer_is_named(bob: Client, ticket: Ticket, people: Any) -> None:
    terrace = make.access_point(people.parc, "Terrasse")
    page = _page(bob, ticket, f"?at={terrace.pk}")
    assert "L’offre de ce ticket ne vaut pas à « Terrasse »" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Il fonctionne à\N{NO-BREAK SPACE}: Salle" in page


def test_another_device_that_is_on_is_the_reason(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    session = _online(ticket, room)
    page = _page(bob, ticket)
    assert "L’offre permet 1 appareil à la fois et un est connecté" in page
    assert "02:00:00:00:00:01" in page
    assert f'action="/sessions/{session.pk}/disconnect/"' in page


def test_a_spent_day_says_when_it_opens_again(bob: Client, ticket: Ticket) -> None:
    now = datetime.now(UTC)
    Ticket.objects.filter(pk=ticket.pk).update(first_login_at=now - timedelta(hours=3))
    Session.objects.create(
        id=now.year * 10**14 + now.month * 10**12 + 77,
        organisation_id=ticket.organisation_id,
        ticket_id=ticket.pk,
        access_point_id=AccessPoint.objects.get().pk,
        device="x",
        source="",
        acct_session_id="1",
        began_at=now - timedelta(seconds=HOUR),
        seen_at=now,
        ended_at=now,
        charged=HOUR,
        time=HOUR,
    )
    Ticket.objects.filter(pk=ticket.pk).update(used_time=HOUR)
    page = _page(bob, ticket)
    # An hour that began yesterday leaves some of today's.
    assert "Rouvre" in page or "Temps restant pour cette période" in page


def test_a_random_place_in_the_address_is_ignored(bob: Client, ticket: Ticket) -> None:
    for typed in ("0", "-1", "9" * 30, "<script>", "%00", "²"):
        assert "serait acceptée" in _page(bob, ticket, f"?at={typed}")


def test_refusals_that_guests_met_are_told(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    Attempt.objects.create(
        organisation_id=ticket.organisation_id,
        access_point_id=room.pk,
        at=datetime.now(UTC),
        device="020000000002",
        ticket_id=ticket.pk,
        reason="too_many_devices",
    )
    page = _page(bob, ticket)
    assert page.count("Refusé\N{NO-BREAK SPACE}: déjà utilisé sur un autre appareil") == 2
    assert "02:00:00:00:00:02, Salle" in page


def test_unknown_codes_that_look_like_this_one_are_told(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    def tried(login: str, ago: timedelta) -> None:
        Attempt.objects.create(
            organisation_id=ticket.organisation_id,
            access_point_id=room.pk,
            at=datetime.now(UTC) - ago,
            device="x",
            login=login,
            reason="unknown_ticket",
        )

    tried("ZZ…ZZ", timedelta(0))
    tried("…", timedelta(0))
    tried("k7…9s", timedelta(hours=2))
    assert "Codes inconnus" not in _page(bob, ticket)
    tried("k7…9s", timedelta(minutes=5))
    page = _page(bob, ticket)
    assert "Codes inconnus qui ressemblent" in page
    assert page.count("k7…9s") == 1


def test_the_first_login_stands_out_in_the_history(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    first = datetime.now(UTC) - timedelta(hours=2)
    Ticket.objects.filter(pk=ticket.pk).update(first_login_at=first)
    _online(ticket, room, accepted_at=first, ended_at=first, session_timeout=HOUR)
    _online(ticket, room, ended_at=datetime.now(UTC), session_timeout=HOUR)
    page = _page(bob, ticket)
    assert page.count("Première connexion, acceptée pour 1 heure") == 1
    assert page.count("Accepté pour 1 heure") == 1


def test_what_is_being_disconnected_is_not_disconnected_twice(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    session = _online(ticket, room)
    bob.post(f"/sessions/{session.pk}/disconnect/")
    for address in (CARD.format(ticket.pk), "/online/"):
        assert f"/sessions/{session.pk}/disconnect/" not in bob.get(address).content.decode()


def test_a_note_is_kept_and_what_can_not_be_taken_is_kept_in_the_field(bob: Client, ticket: Ticket) -> None:
    address = CARD.format(ticket.pk) + "note/"
    assert bob.post(address, {"note": "  emplacement 42 <b>"}).status_code == 303
    assert "emplacement 42 &lt;b&gt;" in _page(bob, ticket)
    for typed in ("x" * 501, "a\0b"):
        answer = bob.post(address, {"note": typed})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.note == "emplacement 42 <b>"


def test_the_history_tells_a_sale_once_with_the_sellers_name(bob: Client, ticket: Ticket, people: Any) -> None:
    people.bob.name = "Léa"
    people.bob.save(update_fields=["name"])
    caller = people.at_parc.__class__(people.parc.pk, people.bob.email)
    sales.sell(caller, ticket.ticket_list.offer_id, keys=keys(), pace=pace())
    page = _page(bob, ticket)
    assert page.count("Vendu par Léa") == 1


def test_the_history_says_where_and_how_a_session_ended(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    _online(ticket, room, ended_at=datetime.now(UTC), end_cause="idle", charged=900, given_back=600, down=3_000_000)
    page = _page(bob, ticket).replace("\N{NO-BREAK SPACE}", " ")
    assert "Fin de session : 25 minutes" in page
    assert "Inactivité : −10 minutes" in page
    assert "3 Mo reçus" in page


def test_a_long_history_shows_its_newest_part_first(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    for _ in range(30):
        _online(ticket, room, ended_at=datetime.now(UTC))
    assert _page(bob, ticket).count("Accepté<") < 30
    assert "événements plus anciens" in _page(bob, ticket)
    assert _page(bob, ticket, "?all").count("Accepté<") == 30


def test_disconnecting_says_what_the_equipment_said_and_nothing_more(
    bob: Client, ticket: Ticket, room: AccessPoint
) -> None:
    session = _online(ticket, room)
    card = CARD.format(ticket.pk)
    answer = bob.post(f"/sessions/{session.pk}/disconnect/", {"next": card})
    assert answer["Location"] == f"{card}?watch={session.pk}"
    page = _page(bob, ticket, f"?watch={session.pk}")
    assert "en attente d’envoi" in page
    assert "Déconnecté" not in page
    assert f'hx-get="/sessions/{session.pk}/outcome/"' in page
    for state, said in (
        ("sent", "n’a pas encore répondu"),
        ("no_answer", "Peut-être pas déconnecté"),
        ("refused", "Pas déconnecté"),
        ("gone", "était déjà parti"),
        ("acknowledged", "Déconnecté\N{NO-BREAK SPACE}: l’équipement le confirme"),
    ):
        Order.objects.update(state=state, finished_at=None if state == "sent" else datetime.now(UTC))
        part = bob.get(f"/sessions/{session.pk}/outcome/").content.decode()
        assert said in part
        assert ("hx-get" in part) == (state == "sent")


def test_equipment_that_takes_no_orders_is_told_as_such(bob: Client, ticket: Ticket, people: Any) -> None:
    deaf = make.access_point(people.parc, "Terrasse")
    session = _online(ticket, deaf)
    bob.post(f"/sessions/{session.pk}/disconnect/", {"next": CARD.format(ticket.pk)})
    assert 'class="note notice warn"' in _page(bob, ticket)
    assert not Order.objects.exists()


def test_the_way_back_is_never_elsewhere(bob: Client, ticket: Ticket, room: AccessPoint) -> None:
    session = _online(ticket, room)
    for hostile in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""):
        answer = bob.post(f"/sessions/{session.pk}/disconnect/", {"next": hostile})
        assert answer["Location"] == f"/online/?watch={session.pk}"


def test_a_strangers_session_can_not_be_disconnected(charlie: Client, ticket: Ticket, room: AccessPoint) -> None:
    session = _online(ticket, room)
    assert charlie.post(f"/sessions/{session.pk}/disconnect/").status_code == 404
    assert charlie.get(f"/sessions/{session.pk}/outcome/").status_code == 404
    assert not Order.objects.exists()


def test_an_auditor_sees_and_does_nothing(people: Any, signed_in: Any, ticket: Ticket, room: AccessPoint) -> None:
    session = _online(ticket, room)
    auditor = signed_in(make.staff(people.parc, "dora@example.org", "auditor"))
    page = _page(auditor, ticket)
    assert "<button" not in page.partition('id="content"')[2].replace('<button class="btn">Voir', "")
    for address in (
        *(CARD.format(ticket.pk) + act for act in ("note/", "revoke/", "restore/")),
        f"/sessions/{session.pk}/disconnect/",
    ):
        assert auditor.post(address).status_code == 403
    assert auditor.get(CARD.format(ticket.pk) + "receipt/").status_code == 403


def test_only_what_was_handed_out_is_printed_again(bob: Client, ticket: Ticket, people: Any) -> None:
    address = CARD.format(ticket.pk) + "receipt/"
    assert "Réimprimer" not in _page(bob, ticket)
    assert bob.get(address).status_code == 409
    sales.sell(people.at_parc, ticket.ticket_list.offer_id, keys=keys(), pace=pace())
    assert "Réimprimer" in _page(bob, ticket)
    for paper in ("", "?paper=58", "?paper=A0"):
        answer = bob.get(address + paper)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("inline")
        assert answer.getvalue().startswith(b"%PDF")


def test_the_width_of_a_counters_roll_is_chosen_once(bob: Client, ticket: Ticket, people: Any) -> None:
    sales.sell(people.at_parc, ticket.ticket_list.offer_id, keys=keys(), pace=pace())
    address = CARD.format(ticket.pk) + "receipt/"

    def width(asked: str) -> int:
        (page,) = PdfReader(io.BytesIO(bob.get(address + asked).getvalue())).pages
        return round(float(page.mediabox.width) * 25.4 / 72)

    assert "Sur un rouleau de 58 mm" in _page(bob, ticket)
    assert [width(asked) for asked in ("", "?paper=58", "", "?paper=80", "")] == [80, 58, 58, 80, 80]
    assert width("?paper=58") == 58
    assert "Sur un rouleau de 80 mm" in _page(bob, ticket)


def test_a_print_that_is_no_longer_true_is_flagged(bob: Client, ticket: Ticket, people: Any) -> None:
    sales.sell(people.at_parc, ticket.ticket_list.offer_id, keys=keys(), pace=pace())
    assert "n’est plus vrai" not in _page(bob, ticket)
    Offer.objects.update(credit=HOUR)
    assert "n’est plus vrai" in _page(bob, ticket)


def test_the_card_asks_the_database_the_same_however_long_the_history(
    bob: Client, ticket: Ticket, room: AccessPoint, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(60) as counted:
            _page(bob, ticket)
        return len(counted)

    _online(ticket, room, ended_at=datetime.now(UTC))
    few = queries()
    for _ in range(20):
        _online(ticket, room, ended_at=datetime.now(UTC))
        Attempt.objects.create(
            organisation_id=ticket.organisation_id,
            access_point_id=room.pk,
            at=datetime.now(UTC),
            device="x",
            ticket_id=ticket.pk,
            reason="revoked",
        )
    assert queries() == few <= 42
