"""Guests without a visit, phones that ask or probe: off the network, on it, before the login and after."""

import json
from typing import Any, Final

import pytest
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from django.test import RequestFactory
from tests import factories
from tests.web.portal.desk import HOST, PHONE, Answer, Place, open_place

from spotcoffee.domain.portal import Look
from spotcoffee.services import portal_tokens
from spotcoffee.storage.models import PortalLook
from spotcoffee.web import surroundings
from spotcoffee.web.portal.guests import PLACES
from spotcoffee.web.portal.probes import HOPED_FOR, Intercepted

CODE: Final = "K7QM3XWF9T"
ABROAD: Final = "203.0.113.77"


def knows_its_gateway(place: Place, host: str = "10.1.0.1") -> None:
    place.point.portal_hosts = host
    place.point.save(update_fields=["portal_hosts"])
    PLACES.forget()


def test_off_the_network_a_scanned_ticket_says_what_to_join(place: Place) -> None:
    PortalLook.objects.create(organisation=place.owner, network="Café & Co", changed_at=surroundings.now())
    place.address = ABROAD

    answer = place.get(f"/t/{CODE}")

    assert answer.heading == "Rejoignez d’abord le Wi-Fi"
    assert "Café &amp; Co" in answer.text
    assert "<svg" in answer.text
    assert CODE not in answer.text


def test_on_the_network_a_scanned_ticket_fills_its_code_in(place: Place) -> None:
    place.ticket(CODE)
    knows_its_gateway(place)

    knock = place.get(f"/t/{CODE}")
    page = place.arrive(wanted=knock.query["userurl"])

    assert knock.location.startswith("http://10.1.0.1:3990/prelogin?userurl=")
    assert f'value="{CODE}"' in page.text
    assert place.type(CODE, page).status == 303


def test_a_scanned_password_is_filled_in_too(place: Place) -> None:
    place.tickets.password_format = "code8"
    place.tickets.save(update_fields=["password_format"])
    knows_its_gateway(place)

    knock = place.get("/t/ANNA22?password=a%26b")
    page = place.arrive(wanted=knock.query["userurl"])

    assert 'value="ANNA22"' in page.text
    assert 'value="a&amp;b"' in page.text


def test_the_guests_own_page_does_not_offer_the_scanned_address_as_a_page_he_wanted(place: Place) -> None:
    ticket = place.ticket(CODE)
    page = place.arrive(wanted=f"http://{HOST}/portal/t/{CODE}/")
    mine = place.type(CODE, page).query["userurl"].removeprefix(f"http://{HOST}")
    place.let_in(ticket)

    assert "Continuer" not in place.get(mine).text


def test_the_bare_address_of_a_place_knocks_at_its_gateway(place: Place) -> None:
    assert place.get(place.path).heading == "Rejoignez d’abord le Wi-Fi"
    knows_its_gateway(place)

    assert place.get(place.path).location == "http://10.1.0.1:3990/prelogin?userurl="
    place.address = ABROAD
    assert "http://10.1.0.1:3990/prelogin" in place.get(place.path).text


def test_a_router_is_knocked_at_by_its_login_page(place: Place) -> None:
    router = open_place(
        place.owner, name="Camping", address="127.0.0.8", equipment="mikrotik", nas_identifier=None,
        portal_secret_sealed=None, portal_hosts="wifi.camping.lan",
    )  # fmt: skip

    assert router.get(router.path).location == "http://wifi.camping.lan/login?dst="


def test_of_several_places_the_one_that_sends_from_the_guests_address_is_meant(place: Place) -> None:
    other = open_place(place.owner, name="Camping", address="127.0.0.9", source=ABROAD, portal_hosts="10.9.0.1")
    other.address = ABROAD

    assert other.get("/portal/").location.startswith("http://10.9.0.1:3990/")
    other.address = "203.0.113.78"
    assert other.get("/portal/").heading == "Rejoignez d’abord le Wi-Fi"


def test_equipment_without_an_adapter_is_refused_plainly(place: Place) -> None:
    other = open_place(place.owner, name="Bar", address="127.0.0.9", equipment="generic")

    assert other.get(f"{other.path}?res=notyet").status == 400


# RFC 8908


@pytest.fixture
def on_https(settings: Any) -> None:
    """The portal has a name, on https."""
    changed = settings.SPOTCOFFEE.model_copy(update={"portal_address": "https://wifi.example"})
    settings.SPOTCOFFEE = changed


def asked(place: Place) -> tuple[Answer, dict[str, object]]:
    answer = place.get(f"/portal/api/{place.point.pk}")
    return answer, json.loads(answer.text)


def test_a_captive_phone_is_told_so(place: Place, on_https: None) -> None:
    answer, document = asked(place)

    assert document == {"captive": True, "user-portal-url": f"https://wifi.example/portal/{place.point.pk}"}
    assert answer.headers["Content-Type"] == "application/captive+json"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_phone_that_is_on_is_told_what_is_left(place: Place, on_https: None) -> None:
    place.offer.quota_down, place.offer.session_duration = 1_000_000, 3_600
    place.offer.save(update_fields=["quota_down", "session_duration"])
    place.let_in(place.ticket(CODE, used_down=400_000), framed_address=place.address)

    _, document = asked(place)

    assert document["captive"] is False
    assert document["can-extend-session"] is True
    assert document["bytes-remaining"] == 600_000
    assert 3_590 <= int(str(document["seconds-remaining"])) <= 3_600
    mine = place.get(str(document["user-portal-url"]).removeprefix("https://wifi.example"))
    assert mine.heading == "Vous êtes connecté"


def test_another_phone_is_told_nothing_of_it(place: Place, on_https: None) -> None:
    place.let_in(place.ticket(CODE), framed_address="10.1.0.99")

    assert asked(place)[1]["captive"] is True


def test_without_https_no_page_is_told(place: Place) -> None:
    assert asked(place)[1] == {"captive": True}


def test_the_api_of_no_place_is_not_found(place: Place) -> None:
    assert place.get("/portal/api/999999").status == 404


# Probes

PROBES: Final = [
    ("captive.apple.com", "/hotspot-detect.html", 200, "Success"),
    ("connectivitycheck.gstatic.com", "/generate_204", 204, ""),
    ("www.google.com", "/gen_204", 204, ""),
    ("www.msftconnecttest.com", "/connecttest.txt", 200, "Microsoft Connect Test"),
    ("www.msftncsi.com", "/ncsi.txt", 200, "Microsoft NCSI"),
    ("detectportal.firefox.com", "/canonical.html", 200, "support.mozilla.org/kb/captive-portal"),
    ("detectportal.firefox.com", "/success.txt?ipv4", 200, "success"),
    ("nmcheck.gnome.org", "/check_network_status.txt", 200, "NetworkManager is online"),
]


def probed(place: Place, host: str, path: str) -> Answer:
    """A request for another host that the gateway led to the portal alone."""

    def never(_request: object) -> None:
        raise AssertionError("a page of ours was asked for another host")

    request = RequestFactory().get(path, HTTP_HOST=host, REMOTE_ADDR=place.address)
    with pytest.raises(DisallowedHost):
        request.get_host()
    response = Intercepted(never)(request)  # type: ignore[arg-type]
    return Answer(response.status_code, dict(response.headers), response.content.decode())  # type: ignore[attr-defined]


@pytest.mark.parametrize(("host", "path", "status", "said"), PROBES)
def test_a_probe_is_led_to_the_portal_before_the_login_and_satisfied_after(
    place: Place, settings: Any, host: str, path: str, status: int, said: str
) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    before = probed(place, host, path)
    place.let_in(place.ticket(CODE), framed_address=place.address)
    after = probed(place, host, path)

    assert (before.status, before.location) == (302, f"http://testserver:80/portal/{place.point.pk}")
    assert after.status == status
    assert said in after.text


def test_every_probe_is_known() -> None:
    assert {path.partition("?")[0] for _, path, _, _ in PROBES} | {"/library/test/success.html"} == set(HOPED_FOR)


@pytest.mark.parametrize(
    ("listening", "host"),
    [("", "127.0.0.1"), ("", "127.0.0.1:8080"), ("::", "127.0.0.1"), ("192.0.2.9", "192.0.2.9:80")],
)
def test_an_address_that_this_machine_got_later_is_its_own(
    place: Place, settings: Any, listening: str, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    place.address = "127.0.0.1"
    request = RequestFactory().get("/portal/", HTTP_HOST=host, REMOTE_ADDR=place.address, SERVER_NAME=listening)
    asked = []

    Intercepted(lambda own: asked.append(own.get_host()) or HttpResponse())(request)  # type: ignore[func-returns-value]

    assert asked == [host]
    assert set(settings.ALLOWED_HOSTS) == {"localhost", host.partition(":")[0]}


def test_another_host_never_becomes_one_of_ours(place: Place, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]

    for host in ("evil.example", "192.0.2.77", "[::1]", "127.0.0.2"):
        probed(place, host, "/")

    assert settings.ALLOWED_HOSTS == ["localhost", "testserver"]


def test_what_is_no_probe_is_led_to_the_portal_too(place: Place, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]

    answer = probed(place, "news.example", "/<script>alert(1)</script>")

    assert answer.location == f"http://testserver:80/portal/{place.point.pk}"
    assert PHONE not in answer.text


def test_a_look_is_tried_before_guests_see_it(place: Place) -> None:
    look = Look(title="Essai", accent="#004D40", welcome={"de": "Hallo!"})
    preview = portal_tokens.PreviewToken(place=place.point.pk, language="de", look=look)
    token = portal_tokens.seal_preview(preview, keys=factories.KEYS, now=surroundings.now())

    page = place.get(f"/portal/preview/{token}/")

    assert (page.status, page.headers["Content-Language"]) == (200, "de")
    assert "Hallo!" in page.text
    assert "disabled" in page.text
    assert "--primary:#004D40" in place.get(f"/portal/preview/{token}/style.css").text
    assert "Essai" not in place.arrive().text
    assert place.get("/portal/preview/AAAA/").status == 404
