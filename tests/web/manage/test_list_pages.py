"""The pages of lists: counters, filters, generating, binding, revoking some or all that match."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.factories import Cast

from spotcoffee.services import generation, handouts, job_kinds
from spotcoffee.services.jobs import JobState
from spotcoffee.storage.models import AuditEntry, Job, Offer, Ticket, TicketList
from spotcoffee.web.manage import generation as page_of_generation
from spotcoffee.web.manage import listed_tickets
from spotcoffee.web.surroundings import keys, now, pace


@pytest.fixture
def offer(people: Cast) -> Offer:
    """Two hours, at the reception."""
    return factories.offer(people.parc, factories.access_point(people.parc, "Accueil"), name="2 heures", credit=7200)


@pytest.fixture
def summer(offer: Offer) -> TicketList:
    """A list in all states: two virgin ones, of which one was printed; one started, one used up, one revoked."""
    made = factories.ticket_list(offer, "Été 2026")
    factories.ticket(made, "PRNTED2222", keys=keys())
    handouts.take(factories.Caller(offer.organisation_id, "alice@example.org"), made.pk, pace=pace())
    factories.ticket(made, "VRGN222222", keys=keys(), note="chambre 12")
    factories.ticket(made, "STRTED2222", keys=keys(), first_login_at=factories.NOW)
    factories.ticket(made, "SPENT22222", keys=keys(), first_login_at=factories.NOW, used_time=7200)
    factories.ticket(made, "RVKED22222", keys=keys(), revoked_at=factories.NOW)
    return made


def body(answer: Any) -> str:
    return unescape(answer.content.decode())


def codes(answer: Any) -> list[str]:
    """The codes in the table."""
    found = re.findall(r'<span class="code" translate="no">(.*?)</span>', answer.content.decode())
    return [re.sub(r"</?b>", "", one) for one in found]


def tools() -> job_kinds.Tools:
    return job_kinds.Tools(keys=keys(), pace=pace(), interim_interval=300)


def test_each_counter_leads_to_the_tickets_that_it_counts(alice: Client, summer: TicketList) -> None:
    page = alice.get("/lists/").content.decode()
    for state, word, code in (
        ("virgin", "Vierge", "VRGN222222"),
        ("started", "Entamé", "STRTED2222"),
        ("consumed", "Consommé", "SPENT22222"),
        ("revoked", "Révoqué", "RVKED22222"),
    ):
        assert re.search(rf'href="/lists/{summer.pk}/\?state={state}"><span class="chip {state}">{word}', page)
        assert code in codes(alice.get(f"/lists/{summer.pk}/?state={state}"))
    assert f"/lists/{summer.pk}/?state=virgin&amp;handed_out=no" in page
    assert codes(alice.get(f"/lists/{summer.pk}/?state=virgin&handed_out=no")) == ["VRGN222222"]


def test_tickets_are_found_by_code_end_and_note(alice: Client, summer: TicketList) -> None:
    for searched in ("vrgn-222 222", "chambre"):
        assert codes(alice.get(f"/lists/{summer.pk}/", {"q": searched})) == ["VRGN222222"], searched
    assert "Aucun ticket de cette liste" in body(alice.get(f"/lists/{summer.pk}/?q=inconnu"))


def test_prints_that_are_out_of_date_are_found(alice: Client, summer: TicketList, offer: Offer) -> None:
    assert codes(alice.get(f"/lists/{summer.pk}/?stale=1")) == []
    Offer.objects.filter(pk=offer.pk).update(credit=3600)
    answer = alice.get(f"/lists/{summer.pk}/?stale=1")
    assert codes(answer) == ["PRNTED2222"]
    assert "Imprimé périmé" in body(answer)


def test_reading_codes_is_written_into_the_log(alice: Client, summer: TicketList) -> None:
    alice.get(f"/lists/{summer.pk}/")
    assert AuditEntry.objects.filter(action="read", noun="ticket").count() == 1


def test_a_list_is_made_and_filled_in_one_form_and_a_double_click_makes_one(alice: Client, offer: Offer) -> None:
    page = alice.get(f"/lists/new/?offer={offer.pk}").content.decode()
    assert re.search(rf'name="offer" value="{offer.pk}" checked', page)
    key = re.search(r'name="form_key" value="([^"]+)"', page)
    assert key
    sent = {"name": "Automne", "offer": offer.pk, "login_format": "code10", "password_format": "none", "count": "5"}

    first = alice.post("/lists/new/", {**sent, "form_key": key[1]})
    second = alice.post("/lists/new/", {**sent, "form_key": key[1]})

    made = TicketList.objects.get(name="Automne")
    assert first["Location"] == second["Location"] == f"/lists/{made.pk}/"
    assert Ticket.objects.filter(ticket_list=made).count() == 5


def test_what_is_wrong_with_a_list_is_told_at_the_field(alice: Client, offer: Offer, summer: TicketList) -> None:
    answer = alice.post(
        "/lists/new/", {"name": "Été 2026", "login_format": "x", "password_format": "none", "count": "-3"}
    )
    page = body(answer)
    assert answer.status_code == 422
    assert 'value="Été 2026"' in page
    assert 'value="-3"' in page
    assert not TicketList.objects.exclude(pk=summer.pk).exists()


def test_tickets_are_generated_once_for_each_form(alice: Client, summer: TicketList) -> None:
    page = alice.get(f"/lists/{summer.pk}/generate/").content.decode()
    assert "7KM-P2RT-9XW" in page
    for _ in range(2):
        answer = alice.post(f"/lists/{summer.pk}/generate/", {"count": "50", "form_key": "k"})
        assert (answer.status_code, answer["Location"]) == (303, f"/lists/{summer.pk}/")
    assert Ticket.objects.filter(ticket_list=summer).count() == 55


@pytest.mark.parametrize("count", ["", "0", "-1", "1e3", "٣", "<script>", "9" * 30, "1000001"])
def test_a_count_that_can_not_be_is_told_at_the_field(alice: Client, summer: TicketList, count: str) -> None:
    answer = alice.post(f"/lists/{summer.pk}/generate/", {"count": count})
    assert answer.status_code == 422
    assert 'class="error"' in body(answer)
    assert Ticket.objects.filter(ticket_list=summer).count() == 5


def test_codes_that_would_be_guessed_are_refused_in_words(alice: Client, offer: Offer, monkeypatch: Any) -> None:
    monkeypatch.setattr(generation, "format_for", lambda *_args, **_more: None)
    made = factories.ticket_list(offer, "Chiffres", login_format="digits8")
    page = body(alice.post(f"/lists/{made.pk}/generate/", {"count": "500"}))
    assert "se devineraient facilement" in page


def test_many_tickets_are_a_job_with_a_bar_that_survives_a_reload(
    alice: Client, summer: TicketList, monkeypatch: Any
) -> None:
    monkeypatch.setattr(page_of_generation, "MOST_AT_ONCE", 10)
    answer = alice.post(f"/lists/{summer.pk}/generate/", {"count": "20", "form_key": "k"})
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    for _ in range(2):
        page = body(alice.get(f"/jobs/{job.pk}/"))
        assert '<progress max="20"' in page
        assert 'hx-trigger="every 1s"' in page
    assert "Un travail est en cours" in body(alice.get(f"/lists/{summer.pk}/"))

    job_kinds.run_now(job, tools())

    part = body(alice.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}))
    assert "Terminé\xa0: 20 tickets" in part
    assert "<html" not in part
    assert "hx-trigger" not in part
    assert Ticket.objects.filter(ticket_list=summer).count() == 25


def test_a_job_is_stopped(alice: Client, summer: TicketList, monkeypatch: Any) -> None:
    monkeypatch.setattr(page_of_generation, "MOST_AT_ONCE", 10)
    alice.post(f"/lists/{summer.pk}/generate/", {"count": "20"})
    job = Job.objects.get()
    alice.post(f"/jobs/{job.pk}/cancel/")
    assert Job.objects.get().state == JobState.CANCELLED.value
    assert "Arrêté\xa0: il n’en reste rien" in body(alice.get(f"/jobs/{job.pk}/"))


def test_a_rename_changes_no_ticket_and_asks_nothing(alice: Client, summer: TicketList, offer: Offer) -> None:
    sent = {"name": "Été", "offer": offer.pk, "login_format": "code10", "password_format": "none"}
    answer = alice.post(f"/lists/{summer.pk}/change/", sent)
    assert answer.status_code == 303
    page = body(alice.get(f"/lists/{summer.pk}/"))
    assert "Aucun ticket n’a changé" in page
    assert "<h1>Été</h1>" in page


def test_binding_to_another_offer_shows_what_it_does_and_is_taken_back(
    alice: Client, summer: TicketList, offer: Offer, people: Cast
) -> None:
    other = factories.offer(people.parc, name="1 jour", lifetime=86_400)
    address = f"/lists/{summer.pk}/change/"
    sent = {"name": "Été 2026", "offer": other.pk, "login_format": "code10", "password_format": "none"}

    shown = alice.post(address, sent)

    page = body(shown)
    assert "<s>2 heures</s></td><td><strong>1 jour</strong>" in page
    assert "<strong>5 tickets</strong>" in page
    assert "<strong>1 ticket imprimé</strong>" in page
    summer.refresh_from_db()
    assert summer.offer_id == offer.pk

    seen = re.search(r'name="seen" value="(\w+)"', shown.content.decode())
    assert seen
    alice.post(address, {**sent, "seen": seen[1]})
    summer.refresh_from_db()
    assert summer.offer_id == other.pk

    undo = re.search(rf'action="(/lists/{summer.pk}/undo/[^"]+)"', alice.get(f"/lists/{summer.pk}/").content.decode())
    assert undo
    alice.post(undo[1])
    summer.refresh_from_db()
    assert summer.offer_id == offer.pk


def test_chosen_tickets_are_revoked_and_restored(alice: Client, summer: TicketList) -> None:
    chosen = list(Ticket.objects.filter(ticket_list=summer, revoked_at=None).values_list("pk", flat=True))[:2]
    answer = alice.post(f"/lists/{summer.pk}/tickets/", {"ticket": chosen, "do": "revoke", "state": "virgin"})
    assert answer["Location"] == f"/lists/{summer.pk}/?state=virgin"
    assert Ticket.objects.filter(pk__in=chosen, revoked_at__isnull=False).count() == 2

    undo = re.search(rf'action="(/lists/{summer.pk}/restore/\d+/)"', alice.get(f"/lists/{summer.pk}/").content.decode())
    assert undo
    alice.post(undo[1])

    # The one that was revoked before stays so.
    assert Ticket.objects.filter(ticket_list=summer, revoked_at__isnull=False).count() == 1


def test_all_that_match_are_revoked_whatever_the_page_shows(alice: Client, summer: TicketList) -> None:
    factories.tickets(summer, 60, keys=keys())
    alice.post(
        f"/lists/{summer.pk}/tickets/", {"everything": "1", "do": "revoke", "state": "virgin", "handed_out": "no"}
    )
    assert Ticket.objects.filter(ticket_list=summer, revoked_at__isnull=False).count() == 62
    assert Ticket.objects.filter(ticket_list=summer, revoked_at=None).count() == 3


def test_very_many_are_revoked_by_a_job_and_taken_back(alice: Client, summer: TicketList, monkeypatch: Any) -> None:
    monkeypatch.setattr(listed_tickets, "_MOST_AT_ONCE", 2)
    answer = alice.post(f"/lists/{summer.pk}/tickets/", {"everything": "1", "do": "revoke"})
    job = Job.objects.get()
    assert (answer["Location"], job.total) == (f"/jobs/{job.pk}/", 5)
    job_kinds.run_now(job, tools())
    assert Ticket.objects.filter(ticket_list=summer, revoked_at=None).count() == 0
    undo = re.search(r'action="(/lists/\d+/restore/\d+/)"', alice.get(f"/jobs/{job.pk}/").content.decode())
    assert undo
    job_kinds.run_now(Job.objects.get(pk=int(alice.post(undo[1])["Location"].split("/")[2])), tools())
    assert Ticket.objects.filter(ticket_list=summer, revoked_at__isnull=False).count() == 1


def test_chosen_tickets_go_to_the_printing_page(alice: Client, summer: TicketList) -> None:
    chosen = list(Ticket.objects.filter(ticket_list=summer).values_list("pk", flat=True))[:2]
    answer = alice.post(f"/lists/{summer.pk}/tickets/", {"ticket": chosen, "do": "export"})
    assert answer["Location"] == f"/printing/?list={summer.pk}&what=excel&tickets={chosen[0]}%2C{chosen[1]}"
    assert alice.post(f"/lists/{summer.pk}/tickets/", {"do": "print"}).status_code == 409


def test_a_list_is_archived_used_again_and_deleted_only_when_unused(
    alice: Client, summer: TicketList, offer: Offer
) -> None:
    alice.post(f"/lists/{summer.pk}/archive/")
    assert "Été 2026" in body(alice.get("/lists/?archived=1"))
    assert alice.post(f"/lists/{summer.pk}/generate/", {"count": "1"}).status_code == 409
    alice.post(f"/lists/{summer.pk}/unarchive/")
    assert alice.post(f"/lists/{summer.pk}/delete/").status_code == 409
    empty = factories.ticket_list(offer, "Vide")
    assert alice.post(f"/lists/{empty.pk}/delete/").status_code == 303


def test_reception_sees_a_list_and_revokes_but_generates_nothing(bob: Client, summer: TicketList) -> None:
    page = body(bob.get(f"/lists/{summer.pk}/"))
    assert "Révoquer" in page
    assert "Ajouter des tickets" not in page
    assert "Exporter" not in page
    for address in ("generate/", "change/", "archive/", "unarchive/", "delete/", "undo/x/"):
        assert bob.post(f"/lists/{summer.pk}/{address}").status_code == 403, address
    assert bob.post("/lists/new/").status_code == 403


def test_a_stranger_finds_no_list(charlie: Client, alice: Client, summer: TicketList) -> None:
    assert charlie.get(f"/lists/{summer.pk}/").status_code == 404
    for address in (
        "generate/", "change/", "archive/", "unarchive/", "delete/", "undo/x/", "tickets/", "restore/1/",
    ):  # fmt: skip
        sent = {"do": "revoke", "everything": "1", "count": "1"}
        assert charlie.post(f"/lists/{summer.pk}/{address}", sent).status_code == 404, address
    assert "Été" not in body(charlie.get("/lists/"))
    ticket = Ticket.objects.filter(ticket_list=summer, revoked_at=None).first()
    own = factories.ticket_list(factories.offer(ticket.organisation.__class__.objects.get(name="Camping des Pins")))
    assert charlie.post(f"/lists/{own.pk}/tickets/", {"do": "revoke", "ticket": ticket.pk}).status_code == 404
    assert Ticket.objects.get(pk=ticket.pk).revoked_at is None


def test_nonsense_in_the_address_is_no_fault_of_ours(alice: Client, summer: TicketList) -> None:
    for query in ("state=x&handed_out=x&stale=x&after=x", "q=%00", "q=" + "a" * 5000, "after=" + "9" * 40, "q=%25_"):
        assert alice.get(f"/lists/{summer.pk}/?{query}").status_code == 200, query
        assert alice.get(f"/lists/?{query}").status_code == 200, query
    assert alice.post(f"/lists/{summer.pk}/restore/{10**25}/").status_code in (303, 404)
    assert alice.post(f"/lists/{summer.pk}/tickets/", {"do": "revoke", "ticket": ["x", "9" * 30]}).status_code == 409


def test_the_name_of_a_list_is_inert_on_every_page(alice: Client, offer: Offer) -> None:
    made = factories.ticket_list(offer, "<script>alert(1)</script>")
    factories.ticket(made, keys=keys())
    for address in ("/lists/", f"/lists/{made.pk}/", f"/lists/{made.pk}/change/", "/printing/"):
        assert b"<script>alert" not in alice.get(address).content, address


def test_a_page_of_a_list_takes_the_same_queries_however_many(
    alice: Client, summer: TicketList, django_assert_num_queries: Any
) -> None:
    alice.get(f"/lists/{summer.pk}/")
    with django_assert_num_queries(19):
        alice.get(f"/lists/{summer.pk}/")
    # 16 in all: SQLite takes other numbers in two statements.
    factories.tickets(summer, 11, keys=keys())
    with django_assert_num_queries(19):
        alice.get(f"/lists/{summer.pk}/")


def test_the_lists_take_the_same_queries_however_many(
    alice: Client, summer: TicketList, offer: Offer, django_assert_num_queries: Any
) -> None:
    alice.get("/lists/")
    with django_assert_num_queries(7):
        alice.get("/lists/")
    for _ in range(5):
        factories.tickets(factories.ticket_list(offer), 2, keys=keys())
    with django_assert_num_queries(7):
        alice.get("/lists/")


def test_a_page_of_many_tickets_leads_to_the_next(alice: Client, offer: Offer) -> None:
    made = factories.ticket_list(offer, "Longue")
    factories.tickets(made, 60, keys=keys())
    first = alice.get(f"/lists/{made.pk}/?state=virgin")
    following = re.search(r'<a class="btn" rel="next" href="\?([^"]+)"', first.content.decode())
    assert following
    second = alice.get(f"/lists/{made.pk}/?{unescape(following[1])}")
    assert (len(codes(first)), len(codes(second))) == (50, 10)
    assert not set(codes(first)) & set(codes(second))
    assert now() > factories.NOW
