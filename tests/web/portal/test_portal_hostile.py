"""All that a hostile browser or a broken equipment can send: a plain refusal, nothing leaked, nothing consumed."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

import pytest
from tests import factories
from tests.web.portal.desk import HOST, PHONE, UAM_SECRET, Answer, Place, open_place

from spotcoffee.domain.guessing import DEVICE_TOKENS
from spotcoffee.protocols.portals import uam
from spotcoffee.protocols.portals.visits import Outcome
from spotcoffee.storage.models import Attempt, Order, Session
from spotcoffee.web import surroundings
from spotcoffee.web.portal.guesses import ADDRESS_TOKENS, GUESSES, Guesser, Verdict
from spotcoffee.web.portal.guests import PLACES

CODE: Final = "K7QM3XWF9T"
PLAIN: Final = "Cette page n’a pas été appelée comme il faut"
MARK: Final = "REFLECTED"


def is_plainly_refused(answer: Answer) -> bool:
    """Whether it is the plain page, and nothing of what came stands in it."""
    return answer.status == 400 and answer.heading == PLAIN and MARK not in answer.text + str(answer.headers)


def signed(place: Place, query: str) -> str:
    url = uam.sign(f"http://{HOST}{place.path}?{query}", UAM_SECRET)
    return url.removeprefix(f"http://{HOST}")


@pytest.mark.parametrize(
    "query",
    [
        "res=notyet&uamip=10.1.0.1&userurl=%2F%2Fevil.example%2FREFLECTED",
        "res=notyet&uamip=10.1.0.1&userurl=%2F%5Cevil.example%2FREFLECTED",
        "res=notyet&uamip=10.1.0.1&userurl=javascript%3Aalert(%27REFLECTED%27)",
        "res=notyet&uamip=10.1.0.1&userurl=data%3Atext%2Fhtml%2CREFLECTED",
        "res=notyet&uamip=10.1.0.1&userurl=http%3A%2F%2Fexample.org%2F%0D%0ASet-Cookie%3AREFLECTED",
        "res=notyet&uamip=10.1.0.1&userurl=http%3A%2F%2Fexample.org%2F" + "a" * 7_000 + MARK,
        "res=notyet&uamip=10.1.0.1&nasid=%3Cscript%3EREFLECTED",
        "res=notyet&uamip=10.1.0.1&nasid=" + MARK,
        "res=notyet&uamip=10.1.0.1&mac=" + MARK,
        "res=notyet&uamip=10.1.0.1&ip=" + MARK,
        "res=notyet&uamip=10.1.0.1&challenge=" + MARK,
        "res=notyet&uamip=evil.example&x=" + MARK,
        "res=notyet&uamip=10.1.0.1&uamport=99999&x=" + MARK,
        "res=notyet&res=notyet&uamip=10.1.0.1&x=" + MARK,
        "res=REFLECTED&uamip=10.1.0.1",
        "x=%00REFLECTED",
    ],
)
def test_what_no_gateway_sends_is_refused_even_signed(place: Place, query: str) -> None:
    assert is_plainly_refused(place.get(signed(place, query)))


def test_a_wrong_signature_is_refused(place: Place) -> None:
    assert is_plainly_refused(place.get(place.redirect(secret="a guess", address="10.1.0.9")))
    assert is_plainly_refused(place.get(place.redirect().replace("10.1.0.1&", "10.1.0.2&")))
    assert is_plainly_refused(place.get(place.redirect().partition("&md=")[0]))


def test_a_signature_for_another_place_is_refused(place: Place) -> None:
    other = open_place(place.owner, name="Piscine", address="127.0.0.9")

    assert is_plainly_refused(place.get(other.redirect().replace(other.path, place.path)))


def test_a_secret_that_does_not_open_lets_nothing_be_believed(place: Place) -> None:
    place.point.portal_secret_sealed = b"\x01 not sealed by these keys"
    place.point.save(update_fields=["portal_secret_sealed"])
    PLACES.forget()

    assert is_plainly_refused(place.arrive())
    assert is_plainly_refused(place.get(place.redirect().partition("&md=")[0]))


@pytest.mark.parametrize(
    "changed",
    [
        {"link-login-only": "http://evil.example/REFLECTED"},
        {"link-login-only": "http://203.0.113.9/REFLECTED"},
        {"link-login-only": "//evil.example/REFLECTED"},
        {"link-logout": "http://evil.example/REFLECTED"},
        {"link-orig": "javascript:REFLECTED"},
        {"chap-id": "REFLECTED"},
        {"identity": MARK * 40},
        {"res": MARK},
    ],
)
def test_what_no_router_sends_is_refused(place: Place, changed: dict[str, str]) -> None:
    router = open_place(
        place.owner, name="Camping", address="127.0.0.8", equipment="mikrotik", nas_identifier=None,
        portal_secret_sealed=None,
    )  # fmt: skip
    fields = {"mac": PHONE, "link-login-only": "http://10.5.50.1/login", "identity": "r"} | changed

    assert is_plainly_refused(router.get(f"{router.path}?{urlencode(fields)}"))


def test_a_visit_of_our_own_that_was_changed_is_refused(place: Place) -> None:
    token = place.arrive().hidden()
    changed = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")

    for visit in (changed, token[:40], "REFLECTED!", "", "A" * 7_000, "é"):
        assert is_plainly_refused(place.post(place.path, {"visit": visit, "code": CODE}))


def test_a_visit_at_another_place_is_refused(place: Place) -> None:
    other = open_place(factories.organisation("Camping"), address="127.0.0.9")
    other.ticket(CODE)
    token = place.arrive().hidden()

    assert is_plainly_refused(other.post(other.path, {"visit": token, "code": CODE}))


def test_a_visit_grows_old(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    page = place.arrive()
    later = surroundings.now() + timedelta(hours=13)
    monkeypatch.setattr(surroundings, "now", lambda: later)

    assert is_plainly_refused(place.type(CODE, page))


def test_a_code_sealed_by_our_own_keys_is_no_visit(place: Place) -> None:
    sealed = urlsafe_b64encode(factories.KEYS.seal(CODE)).decode()

    assert is_plainly_refused(place.get(f"{place.path}?visit={quote(sealed)}"))
    assert place.get(f"/portal/s/{quote(sealed)}/").status == 404


def test_another_sites_form_does_nothing(place: Place) -> None:
    ticket = place.ticket(CODE)
    page = place.arrive()
    fields = {"visit": page.hidden(), "code": CODE}

    assert is_plainly_refused(place.post(place.path, fields, Sec_Fetch_Site="cross-site"))
    assert place.post(place.path, fields, Sec_Fetch_Site="same-origin").status == 303
    back = place.type(CODE).query["userurl"].removeprefix(f"http://{HOST}")
    place.let_in(ticket)
    assert is_plainly_refused(place.post(back, {"do": "leave"}, Sec_Fetch_Site="cross-site"))
    assert not Order.objects.exists()


def test_a_form_that_is_too_long_or_of_another_kind_is_refused(place: Place) -> None:
    token = place.arrive().hidden()

    assert is_plainly_refused(place.post(place.path, {"visit": token, "code": "A" * 8_000 + MARK}))
    assert is_plainly_refused(place.post(place.path, {"visit": token, "code": "é" * 130 + MARK}))
    kept = place.client.post(place.path, {"visit": token, "code": MARK}, headers={"accept-language": "fr"})
    assert kept.status_code == 400


def test_what_a_guest_typed_is_shown_to_him_escaped(place: Place) -> None:
    answer = place.type('"><script>alert(1)</script>')

    assert answer.status == 200
    assert "<script>" not in answer.text


def test_the_login_page_leads_to_no_other_site_than_the_gateway(place: Place) -> None:
    place.ticket(CODE)

    answer = place.type(CODE)

    assert answer.location.startswith("http://10.1.0.1:3990/")


def test_what_does_not_exist_is_not_found(place: Place) -> None:
    place.point.archived = True
    place.point.save(update_fields=["archived"])
    PLACES.forget()

    for path in (
        place.path,
        "/portal/999999",
        "/portal/s/REFLECTED/",
        "/portal/999/on/",
        f"/portal/{10**30}/on/",
        f"/portal/api/{10**30}",
        "/portal/logo/1-abc.png",
    ):
        answer = place.get(path)
        assert answer.status == 404
        assert MARK not in answer.text


def test_nothing_hostile_leaves_a_trace_in_the_tables(place: Place) -> None:
    place.ticket(CODE)
    for outcome in Outcome:
        place.get(place.redirect(outcome, secret="a guess"))
        place.arrive(outcome, wanted=f"http://{HOST}/portal/s/AAAA/", login="nobody")

    assert not Attempt.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize("path", ["/portal/", "/portal/1", "/t/K7QM3XWF9T", "/portal/t/x/"])
def test_no_page_of_the_portal_sets_a_cookie_or_may_be_kept(place: Place, path: str) -> None:
    answer = place.get(path)

    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_stylesheet_under_another_name_than_its_own_is_kept_nowhere(place: Place) -> None:
    own = place.arrive().text.partition('rel="stylesheet" href="')[2].partition('"')[0]

    assert "immutable" in place.get(own).headers["Cache-Control"]
    for path in (own.replace(".css", "0.css"), "/portal/style/0-0.css", "/portal/script-0.js"):
        assert place.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("is_proven", [True, False])
def test_codes_sent_at_once_are_no_more_guesses_than_one_by_one(place: Place, is_proven: bool) -> None:
    guesser = Guesser(access_point_id=place.point.pk, device=PHONE, address="10.1.0.9", is_proven=is_proven)
    for _ in range(int(DEVICE_TOKENS) - 2):
        GUESSES.failed(guesser, now=0.0)

    at_once = [GUESSES.verdict(guesser, now=0.0) for _ in range(5)]
    GUESSES.looked(guesser)
    again = GUESSES.verdict(guesser, now=0.0)

    slowed = Verdict.REFUSE if is_proven else Verdict.PASS_ON
    assert at_once == [Verdict.LOOK, Verdict.LOOK, slowed, slowed, slowed]
    assert again is Verdict.LOOK


def test_of_an_address_that_proves_nothing_many_devices_at_once_are_one(place: Place) -> None:
    def guesser(number: int) -> Guesser:
        return Guesser(access_point_id=place.point.pk, device=f"{number}", address="10.1.0.9", is_proven=False)

    verdicts = [GUESSES.verdict(guesser(number), now=0.0) for number in range(int(ADDRESS_TOKENS) + 3)]

    assert verdicts.count(Verdict.LOOK) == ADDRESS_TOKENS


def test_right_codes_are_never_counted_however_often_they_are_sent(place: Place) -> None:
    place.ticket(CODE)
    page = place.arrive()

    assert {place.type(CODE, page).status for _ in range(int(DEVICE_TOKENS) + 2)} == {303}
