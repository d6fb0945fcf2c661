"""A guest types a code at the portal: where it leads, why it is refused, and what that leaves behind."""

import time
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from tests import factories
from tests.web.portal.desk import CHALLENGE, PHONE, UAM_SECRET, Answer, Place, open_place

from spotcoffee.documents.portal_logo import MOST_OCTETS
from spotcoffee.domain.guessing import ACCESS_POINT_TOKENS
from spotcoffee.protocols.portals import uam
from spotcoffee.protocols.portals.visits import Outcome
from spotcoffee.services.portal_look import MOST_CONDITIONS, MOST_WELCOME
from spotcoffee.storage.models import AccessPointFault, Attempt, PortalAcceptance, PortalLook, Session
from spotcoffee.web import surroundings
from spotcoffee.web.portal.guesses import ADDRESS_TOKENS, GUESSES, Guesser, Verdict
from spotcoffee.web.portal.guests import PLACES

CODE: Final = "K7QM3XWF9T"
WRONG: Final = "Ce code n"


def is_logon(location: str, code: str) -> bool:
    """Whether the browser is sent to the gateway with the right answer to its challenge."""
    logon = uam.read_logon(dict(parse_qsl(urlsplit(location).query)))
    assert logon.response is not None
    mixed = uam.new_challenge(CHALLENGE, UAM_SECRET)
    right = uam.chap_matches(logon.response, code.encode(), mixed)
    return location.startswith("http://10.1.0.1:3990/logon?") and logon.login == code and right


def test_the_login_page_is_small_and_reaches_for_nothing_outside(place: Place) -> None:
    page = place.arrive()

    style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    css = place.get(style)
    assert (page.status, css.status, css.headers["Content-Type"]) == (200, 200, "text/css; charset=utf-8")
    assert len(page.text.encode()) + len(css.text.encode()) < 30_000
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "form-action 'self' http://10.1.0.1:3990;" in policy


def test_with_all_that_a_place_may_add_it_stays_small(place: Place) -> None:
    conditions = {"fr": "é" * MOST_CONDITIONS}
    welcome = {"fr": "é" * MOST_WELCOME}
    look = PortalLook.objects.create(organisation=place.owner, changed_at=factories.NOW, must_accept=True)
    PortalLook.objects.filter(pk=look.pk).update(conditions=conditions, welcome=welcome, accent="#004D40")

    page = place.arrive()
    css = place.get(page.text.partition('rel="stylesheet" href="')[2].partition('"')[0])

    assert len(page.text.encode()) + len(css.text.encode()) + MOST_OCTETS < 30_000


@pytest.mark.parametrize("typed", [CODE, "k7q m3xw f9t", " K7Q-M3XW-F9T "])
def test_a_right_code_goes_to_the_gateway_as_an_answer_to_its_challenge(place: Place, typed: str) -> None:
    place.ticket(CODE)

    answer = place.type(typed)

    assert answer.status == 303
    assert is_logon(answer.location, CODE)
    back = answer.query["userurl"]
    assert urlsplit(back).path.startswith("/portal/s/")
    assert CODE not in back


def test_a_rehearsal_stores_nothing(place: Place) -> None:
    ticket = place.ticket(CODE)

    place.type(CODE)

    ticket.refresh_from_db()
    assert ticket.first_login_at is None
    assert not Session.objects.exists()
    assert not Attempt.objects.exists()


def test_a_wrong_code_is_refused_and_logged_masked(place: Place) -> None:
    answer = place.type("K7QM3XWF9X")

    assert answer.heading.startswith(WRONG)
    attempt = Attempt.objects.get()
    assert (attempt.reason, attempt.login, attempt.device) == ("unknown_ticket", "K7…9X", PHONE)


def test_another_organisations_code_is_just_not_right(place: Place) -> None:
    other = open_place(factories.organisation("Camping"), address="127.0.0.9")
    ticket = other.ticket(CODE)

    answer = place.type(CODE)

    assert answer.heading.startswith(WRONG)
    ticket.refresh_from_db()
    assert ticket.first_login_at is None
    assert Attempt.objects.get().ticket_id is None
    assert not Attempt.objects.filter(organisation_id=other.owner.pk).exists()


def test_a_code_of_another_place_of_the_same_house_says_so(place: Place) -> None:
    elsewhere = open_place(place.owner, name="Piscine", address="127.0.0.9")
    elsewhere.ticket(CODE)

    assert place.type(CODE).heading == "Ce ticket est prévu pour un autre lieu."


def test_a_wrong_password_reads_as_an_unknown_login(place: Place) -> None:
    place.tickets.password_format = "code8"
    place.tickets.save(update_fields=["password_format"])
    place.ticket("ANNA22", "SECRET99")

    wrong, unknown = place.type("ANNA22", password="OTHER"), place.type("BERTA3", password="OTHER")

    assert wrong.heading == unknown.heading
    assert place.type("anna22", password="secret-99").status == 303


def test_a_password_is_asked_for_where_tickets_have_one(place: Place) -> None:
    assert 'name="password"' not in place.arrive().text
    PLACES.forget()
    place.tickets.password_format = "code8"
    place.tickets.save(update_fields=["password_format"])

    page = place.arrive()

    assert 'name="password"' in page.text
    assert page.heading == "Bonjour, entrez l’identifiant et le mot de passe de votre ticket"


def test_a_revoked_ticket_reads_its_reason(place: Place) -> None:
    place.ticket(CODE, revoked_at=factories.NOW)

    assert place.type(CODE).heading.startswith("Ce ticket a été annulé")


def test_a_ticket_in_use_says_where_and_offers_to_replace_the_device(place: Place) -> None:
    place.let_in(place.ticket(CODE), device="0200000000bb")

    answer = place.type(CODE)

    assert answer.heading == "Ce ticket est utilisé sur un autre appareil."
    assert "Café du Quai" in answer.text
    assert answer.form("replace").startswith("/portal/s/")


def test_a_failed_login_says_the_tickets_own_reason(place: Place) -> None:
    ticket = place.ticket(CODE)
    back = place.type(CODE).query["userurl"]
    ticket.revoked_at = factories.NOW
    ticket.save(update_fields=["revoked_at"])

    answer = place.arrive(Outcome.FAILED, wanted=back, reply="<script>alert(1)</script>")

    assert answer.heading.startswith("Ce ticket a été annulé")
    assert "alert(1)" not in answer.text


def test_a_failed_login_of_another_device_tells_nothing_of_the_ticket(place: Place) -> None:
    ticket = place.ticket(CODE)
    back = place.type(CODE).query["userurl"]
    ticket.revoked_at = factories.NOW
    ticket.save(update_fields=["revoked_at"])

    answer = place.arrive(Outcome.FAILED, wanted=back, device="0200000000bb")

    assert "annulé" not in answer.text


def test_success_leads_to_the_guests_own_page_with_the_page_he_wanted(place: Place) -> None:
    ticket = place.ticket(CODE)
    back = place.type(CODE).query["userurl"]
    place.let_in(ticket)

    answer = place.arrive(Outcome.SUCCESS, wanted=back)
    page = place.get(answer.location)

    assert page.heading == "Vous êtes connecté"
    assert 'href="http://example.org/first?page=1"' in page.text
    assert "Il vous reste" in page.text


def test_a_signed_success_without_our_page_finds_the_ticket_by_its_login(place: Place) -> None:
    place.let_in(place.ticket(CODE))

    answer = place.arrive(Outcome.ALREADY, login=CODE)

    assert place.get(answer.location).heading == "Vous êtes connecté"


def test_a_challenge_that_grew_old_is_answered_again_once(place: Place) -> None:
    place.ticket(CODE)
    back = place.type(CODE).query["userurl"]

    again = place.arrive(wanted=back)
    third = place.arrive(wanted=again.query["userurl"])

    assert is_logon(again.location, CODE)
    assert third.heading == "Bonjour, entrez le code de votre ticket"


def test_a_guest_who_was_let_in_types_his_code_again(place: Place) -> None:
    ticket = place.ticket(CODE)
    back = place.type(CODE).query["userurl"]
    place.let_in(ticket, ended_at=surroundings.now())

    assert place.arrive(wanted=back).heading == "Bonjour, entrez le code de votre ticket"


def test_a_visit_without_a_challenge_goes_to_fetch_one(place: Place) -> None:
    place.ticket(CODE)
    page = place.arrive(Outcome.FAILED, challenge=None)

    answer = place.type(CODE, page)

    assert answer.location.startswith("http://10.1.0.1:3990/prelogin?userurl=")


# Guessing


def test_a_guesser_is_refused_without_a_look_at_his_code(place: Place) -> None:
    place.ticket(CODE)
    page = place.arrive()
    for number in range(20):
        place.type(f"WRONG{number:05}", page)

    answer = place.type(CODE, page)

    assert answer.status == 200
    assert "Trop de codes faux" in answer.text
    assert Attempt.objects.count() == 20


def test_an_attack_is_shown_to_staff_and_refuses_no_honest_guest(place: Place) -> None:
    place.ticket(CODE)
    for number in range(int(ACCESS_POINT_TOKENS)):
        guesser = Guesser(access_point_id=place.point.pk, device=f"{number}", address="10.1.0.9", is_proven=True)
        GUESSES.failed(guesser, now=time.monotonic())

    place.type("WRONG00001", place.arrive(device="0200000000bb"))

    assert AccessPointFault.objects.get().code == "many_wrong_codes"
    assert is_logon(place.type(CODE).location, CODE)


def test_an_honest_guest_beside_a_guesser_gets_in(place: Place) -> None:
    place.ticket(CODE)
    page = place.arrive(device="0200000000bb")
    for number in range(25):
        place.type(f"WRONG{number:05}", page)

    assert is_logon(place.type(CODE).location, CODE)


def test_where_nothing_is_signed_a_guesser_learns_nothing_and_honest_guests_get_in(place: Place) -> None:
    router = mikrotik(place)
    router.ticket(CODE)
    guesser = Guesser(access_point_id=router.point.pk, device=PHONE, address=router.address, is_proven=False)
    for _ in range(int(ADDRESS_TOKENS)):
        GUESSES.failed(guesser, now=time.monotonic())

    # Whatever device he claims to be.
    pages = [from_router(router, mac=f"02000000{number:04x}") for number in range(2)]
    wrong, right = (router.type(code, page) for code, page in zip(("WRONG99999", CODE), pages, strict=True))

    assert wrong.heading == right.heading == "Encore une étape"
    assert not Attempt.objects.exists()


def test_wrong_codes_are_counted_for_the_address_where_nothing_is_signed(place: Place) -> None:
    router = mikrotik(place)
    guesser = Guesser(access_point_id=router.point.pk, device="another", address=router.address, is_proven=False)
    for _ in range(int(ADDRESS_TOKENS) - 1):
        GUESSES.failed(guesser, now=time.monotonic())

    router.type("WRONG00001", from_router(router))

    assert GUESSES.verdict(guesser, now=time.monotonic()) is Verdict.PASS_ON


# MikroTik


def mikrotik(place: Place) -> Place:
    """A campsite of the same house with a MikroTik router."""
    return open_place(
        place.owner,
        name="Camping",
        address="127.0.0.8",
        equipment="mikrotik",
        nas_identifier=None,
        portal_secret_sealed=None,
    )


def from_router(router: Place, **changed: str) -> Answer:
    """A guest's browser, as the router sends it."""
    fields = {
        "mac": "02:00:00:00:00:AA",
        "ip": "10.5.50.7",
        "identity": "MikroTik",
        "link-login-only": "http://10.5.50.1/login",
        "link-logout": "http://10.5.50.1/logout",
        "link-orig": "http://example.org/",
    }
    return router.get(f"{router.path}?{urlencode(fields | changed)}")


def test_a_router_gets_a_form_that_also_works_by_hand(place: Place) -> None:
    router = mikrotik(place)
    router.ticket(CODE)

    answer = router.type(CODE, from_router(router))

    assert answer.form("password") == "http://10.5.50.1/login"
    assert (answer.hidden("username"), answer.hidden("password")) == (CODE, CODE)
    assert urlsplit(answer.hidden("dst")).path.startswith("/portal/s/")
    assert "form-action 'self' http://10.5.50.1;" in answer.headers["Content-Security-Policy"]
    script = answer.text.partition('<script src="')[2].partition('"')[0]
    assert "submit" in router.get(script).text


# Conditions


def test_conditions_must_be_accepted_and_that_is_recorded(place: Place) -> None:
    ticket = place.ticket(CODE)
    PortalLook.objects.create(
        organisation=place.owner,
        conditions={"fr": "Soyez sages.", "en": "Be good."},
        must_accept=True,
        changed_at=factories.NOW,
    )
    page = place.arrive()
    assert "Soyez sages." in page.text

    refused = place.type(CODE, page)
    accepted = place.type(CODE, page, accepted="yes")

    assert "Veuillez d’abord accepter les conditions." in refused.text
    assert is_logon(accepted.location, CODE)
    record = PortalAcceptance.objects.get()
    assert (record.ticket_id, record.device, record.language) == (ticket.pk, PHONE, "fr")
    assert record.digest == sha256(b"Soyez sages.").hexdigest()
