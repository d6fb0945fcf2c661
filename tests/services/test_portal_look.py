"""Look and text of the portal: checked, kept, and settled between a house and its places."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from tests import factories
from tests.factories import NOW, Cast, cast

from spotcoffee.protocols.portals.visits import VisitError
from spotcoffee.services import portal_look, portal_places, portal_tokens
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Invalid, NotFound
from spotcoffee.storage.models import AuditEntry, PortalLook


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def picture(width: int = 1_200, height: int = 400, kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    drawn = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    drawn.save(target, kind)
    return target.getvalue()


def faults(people: Cast, **values: object) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        portal_look.save(people.at_parc, values, now=NOW)
    return refused.value.faults


def test_what_is_saved_is_shown_and_audited(people: Cast) -> None:
    values = {"title": "Chez Alice", "accent": "#004d40", "welcome": {"fr": "Bienvenue", "de": ""}}

    portal_look.save(people.at_parc, values, now=NOW)

    shown = portal_look.shown(people.parc.pk)
    assert (shown.title, shown.accent, shown.welcome) == ("Chez Alice", "#004D40", {"fr": "Bienvenue"})
    assert portal_look.get(people.at_parc) == shown
    assert AuditEntry.objects.get().noun == "portal_look"


def test_a_place_differs_where_it_says_so(people: Cast) -> None:
    point = factories.access_point(people.parc)
    portal_look.save(
        people.at_parc,
        {"title": "Hôtel", "network": "Parc", "accent": "#004D40", "conditions": {"fr": "A"}, "must_accept": True},
        now=NOW,
    )

    portal_look.save(people.at_parc, {"title": "Piscine"}, point.pk, now=NOW)

    shown = portal_look.shown(people.parc.pk, point.pk)
    assert (shown.title, shown.network, shown.accent) == ("Piscine", "Parc", "#004D40")
    assert (shown.conditions, shown.must_accept) == ({"fr": "A"}, True)
    assert portal_look.get(people.at_parc, point.pk).network == ""


def test_colours_that_can_not_be_read_are_refused_field_by_field(people: Cast) -> None:
    assert faults(people, accent="#F0C060") == [("accent", "contrast_too_low")]
    assert faults(people, page="#202020") == [("page", "contrast_too_low")]
    assert faults(people, accent="red") == [("accent", "not_a_colour")]


def test_texts_are_checked(people: Cast) -> None:
    assert faults(people, welcome={"pt": "Olá"}) == [("welcome", "unknown_choice")]
    assert faults(people, welcome={"fr": "a" * 301}) == [("welcome", "too_long")]
    assert faults(people, welcome={"fr": "a\x00"}) == [("welcome", "control_character")]
    assert faults(people, must_accept=True) == [("conditions", "required")]
    portal_look.save(people.at_parc, {"conditions": {"fr": "Une ligne.\nUne autre."}}, now=NOW)


def test_a_logo_becomes_small(people: Cast) -> None:
    saved = portal_look.save(people.at_parc, {"logo": picture()}, now=NOW)

    assert saved.logo is not None
    found = portal_look.logo_of(people.parc.pk, saved.logo)
    assert found is not None
    octets, kind = found
    assert (kind, len(octets) <= 12_000) == ("image/png", True)
    assert Image.open(io.BytesIO(octets)).width <= 440
    assert portal_look.logo_of(people.elsewhere.pk, saved.logo) is None
    assert portal_look.save(people.at_parc, {"logo": None}, now=NOW).logo is None


def test_what_is_no_picture_is_refused(people: Cast) -> None:
    assert faults(people, logo=b"<svg onload=alert(1)>")[0][0] == "logo"


def test_a_preview_changes_nothing(people: Cast) -> None:
    previewed = portal_look.preview(people.at_parc, {"title": "Essai", "logo": picture(kind="JPEG")})

    assert previewed.title == "Essai"
    assert previewed.logo is not None
    assert not PortalLook.objects.exists()


def test_a_strangers_place_is_not_found(people: Cast) -> None:
    point = factories.access_point(people.parc)

    for do in (
        lambda: portal_look.get(people.stranger, point.pk),
        lambda: portal_look.save(people.stranger, {"title": "x"}, point.pk, now=NOW),
        lambda: portal_look.preview(people.stranger, {"title": "x"}, point.pk),
        lambda: portal_places.settings_of(people.stranger, point.pk, keys=factories.KEYS),
        lambda: portal_places.save_settings(people.stranger, point.pk, {}, keys=factories.KEYS, now=NOW),
    ):
        with pytest.raises(NotFound):
            do()


def settings(caller: Caller, point: int, **values: object) -> portal_places.PortalSettings:
    return portal_places.save_settings(caller, point, values, keys=factories.KEYS, now=NOW)


def test_the_portals_secret_is_sealed_and_never_audited(people: Cast) -> None:
    point = factories.access_point(people.parc)

    made = portal_places.make_portal_secret(people.at_parc, point.pk, keys=factories.KEYS, now=NOW)

    assert portal_places.make_portal_secret(people.at_parc, point.pk, keys=factories.KEYS, now=NOW) == made
    point.refresh_from_db()
    assert factories.KEYS.unseal(bytes(point.portal_secret_sealed)) == made
    assert made not in str(list(AuditEntry.objects.values()))
    assert settings(people.at_parc, point.pk, secret=None).secret is None


def test_hosts_are_names_or_addresses(people: Cast) -> None:
    point = factories.access_point(people.parc)

    assert settings(people.at_parc, point.pk, hosts=" Wifi.Lan 10.1.0.1  fd00::1 ").hosts == (
        "wifi.lan",
        "10.1.0.1",
        "fd00::1",
    )
    for hosts in ("http://wifi.lan", "wifi.lan:80", "a/b", "user@wifi.lan", "-x", "a " * 9):
        with pytest.raises(Invalid):
            settings(people.at_parc, point.pk, hosts=hosts)


def test_a_preview_has_an_address_of_its_own(people: Cast) -> None:
    asked = {"language": "de", "keys": factories.KEYS, "now": NOW}
    values = {"title": "Essai", "accent": "#004D40", "welcome": {"de": "Hallo", "fr": "Bonjour"}}
    assert portal_look.preview_address(people.at_parc, values, **asked) is None  # type: ignore[arg-type]
    point = factories.access_point(people.parc)

    address = portal_look.preview_address(people.at_parc, values, **asked)  # type: ignore[arg-type]

    assert address is not None
    token = address.removeprefix("/portal/preview/").removesuffix("/")
    held = portal_tokens.open_preview(token, keys=factories.KEYS, now=NOW)
    assert (held.place, held.language, held.look.welcome) == (point.pk, "de", {"de": "Hallo"})
    with pytest.raises(VisitError):
        portal_tokens.open_preview(token, keys=factories.KEYS, now=NOW + timedelta(hours=2))
    with pytest.raises(NotFound):
        portal_look.preview_address(people.stranger, values, point.pk, **asked)  # type: ignore[arg-type]
