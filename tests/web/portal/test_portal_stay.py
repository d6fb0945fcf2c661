"""A guest's own page: what is left, leaving, a device that takes the place of another."""

from datetime import timedelta
from typing import Final

import pytest
from tests.web.portal.desk import HOST, Place, open_place

from spotcoffee.storage.models import DeviceReplacement, Order
from spotcoffee.web import surroundings

CODE: Final = "K7QM3XWF9T"


def stay_of(place: Place, code: str = CODE) -> str:
    """The guest's own page, once his code was right."""
    return place.type(code).query["userurl"].removeprefix(f"http://{HOST}")


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> None:
    then = surroundings.now() + timedelta(**by)
    monkeypatch.setattr(surroundings, "now", lambda: then)


def test_it_says_what_is_left(place: Place) -> None:
    place.offer.quota_down = 3_100_000_000
    place.offer.idle_timeout = 600
    place.offer.save(update_fields=["quota_down", "idle_timeout"])
    ticket = place.ticket(CODE, used_time=1_800, used_down=100_000_000)
    mine = stay_of(place)
    place.let_in(ticket)

    text = place.get(mine).text.replace("\u00a0", " ")

    assert "1 h 30" in text
    assert '<progress max="7200"' in text
    assert "3 Go" in text
    assert "1 sur 1" in text
    assert "Sans trafic pendant 10 min" in text


def test_time_that_no_report_has_told_yet_is_counted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = place.ticket(CODE)
    mine = stay_of(place)
    place.let_in(ticket)
    later(monkeypatch, minutes=10)

    assert "1 h 50" in place.get(mine).text.replace("\u00a0", " ")


def test_one_who_is_off_reads_why(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = place.ticket(CODE)
    mine = stay_of(place)
    later(monkeypatch, minutes=10)

    off = place.get(mine)
    ticket.used_time = 7_200
    ticket.save(update_fields=["used_time"])
    spent = place.get(mine)

    assert off.heading == "Vous n’êtes pas connecté"
    assert 'href="http://10.1.0.1:3990/prelogin' in off.text
    assert spent.heading.startswith("Le temps de connexion de ce ticket est")


def test_leaving_goes_to_the_gateway(place: Place) -> None:
    ticket = place.ticket(CODE)
    mine = stay_of(place)
    place.let_in(ticket)

    assert place.post(mine, {"do": "leave"}).location == "http://10.1.0.1:3990/logoff"


def test_leaving_is_ordered_where_the_equipment_has_no_page_for_it(place: Place) -> None:
    router = open_place(
        place.owner,
        name="Camping",
        address="127.0.0.8",
        equipment="mikrotik",
        nas_identifier=None,
        portal_secret_sealed=None,
        coa_port=3799,
    )
    ticket = router.ticket(CODE)
    page = router.get(f"{router.path}?mac=02:00:00:00:00:aa&link-login-only=http://10.5.50.1/login")
    mine = router.type(CODE, page).hidden("dst").removeprefix(f"http://{HOST}")
    session = router.let_in(ticket)

    answer = router.post(mine, {"do": "leave"})

    assert answer.heading == "Vous êtes déconnecté"
    assert (Order.objects.get().session_id, Order.objects.get().reason) == (session.pk, "guest")


def test_a_new_device_takes_the_place_of_the_old_one_three_times_an_hour(place: Place) -> None:
    ticket = place.ticket(CODE)
    place.let_in(ticket, device="0200000000bb")
    for _ in range(3):
        refused = place.type(CODE)
        ticket.replace_until = None
        ticket.save(update_fields=["replace_until"])
        assert place.post(refused.form("replace"), {"do": "replace"}).status == 303
        ticket.refresh_from_db()
        assert ticket.replace_until is not None
        ticket.replace_until = None
        ticket.save(update_fields=["replace_until"])

    fourth = place.post(place.type(CODE).form("replace"), {"do": "replace"})

    assert "trois fois en une heure" in fourth.text
    ticket.refresh_from_db()
    assert ticket.replace_until is None
    assert DeviceReplacement.objects.count() == 3


def test_replacing_wants_a_code_that_was_typed_just_now(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = place.ticket(CODE)
    place.let_in(ticket, device="0200000000bb")
    form = place.type(CODE).form("replace")
    later(monkeypatch, minutes=3)

    assert place.post(form, {"do": "replace"}).status == 200
    ticket.refresh_from_db()
    assert ticket.replace_until is None


def test_an_action_that_does_not_exist_is_refused(place: Place) -> None:
    place.let_in(place.ticket(CODE))
    mine = stay_of(place)

    assert place.post(mine, {"do": "fly"}).status == 400


def test_a_ticket_that_was_deleted_leaves_no_page(place: Place) -> None:
    ticket = place.ticket(CODE)
    mine = stay_of(place)
    ticket.delete()

    assert place.get(mine).status == 404


def test_the_page_keeps_the_language_that_was_chosen(place: Place) -> None:
    ticket = place.ticket(CODE)
    page = place.get(place.arrive().text.partition('hreflang="it"')[0].rpartition('href="')[2].partition('"')[0]
                     .replace("&amp;", "&").replace("?", f"{place.path}?", 1))  # fmt: skip
    assert page.headers["Content-Language"] == "it"
    mine = place.post(place.path, {"visit": page.hidden(), "code": CODE, "lang": "it"}).query["userurl"]
    place.let_in(ticket)

    assert place.get(mine.removeprefix(f"http://{HOST}")).heading == "È connesso"
