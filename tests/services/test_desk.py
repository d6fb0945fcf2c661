"""What lies before a receptionist: the offers for sale, the stock, the latest sales; each form sells once."""

from datetime import timedelta
from typing import Any, Final

import pytest
from tests import factories as make

from spotcoffee.services import desk, sales
from spotcoffee.services.errors import NotFound
from spotcoffee.storage.models import Handout, Offer, Ticket, TicketList

HOUR: Final = 3_600


@pytest.fixture
def people(db: None) -> make.Cast:
    """The cast."""
    return make.cast()


@pytest.fixture
def coffee(people: make.Cast) -> Offer:
    """An offer of the Hôtel du Parc."""
    return make.offer(people.parc, make.access_point(people.parc), name="2 heures", credit=2 * HOUR)


@pytest.fixture
def stocked(coffee: Offer) -> TicketList:
    """Three tickets of it in stock."""
    into = make.ticket_list(coffee)
    make.tickets(into, 3)
    return into


def test_a_stock_that_will_not_last_runs_short(coffee: Offer) -> None:
    def short(left: int, sold: int) -> bool:
        return desk.ForSale(offer=coffee, left=left, sold=sold).is_short

    assert short(9, 0)
    assert not short(10, 0)
    assert short(29, 70)
    assert not short(30, 70)
    assert not short(0, 70)


def test_the_end_of_a_stock_is_foretold_from_the_last_week(coffee: Offer) -> None:
    of = desk.ForSale(offer=coffee, left=10, sold=20)
    assert of.lasts_until(make.NOW) == make.NOW + timedelta(days=3.5)
    assert desk.ForSale(offer=coffee, left=20, sold=20).lasts_until(make.NOW) is None


def test_stock_is_what_can_be_sold_and_no_more_than_anyone_counts(
    people: make.Cast, stocked: TicketList, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    Ticket.objects.filter(pk=ids[0]).update(revoked_at=make.NOW)
    archived = make.ticket_list(stocked.offer, archived=True)
    make.tickets(archived, 2)
    (item,) = desk.menu(people.at_parc, now=make.NOW)
    assert (item.left, item.is_plenty) == (2, False)
    monkeypatch.setattr(desk, "MOST_COUNTED", 1)
    (item,) = desk.menu(people.at_parc, now=make.NOW)
    assert (item.left, item.is_plenty) == (1, True)


def test_a_sale_counts_for_its_offer_alone(people: make.Cast, stocked: TicketList) -> None:
    other = make.offer(people.parc, name="La journée")
    sales.sell(people.at_parc, stocked.offer_id, keys=make.KEYS, pace=make.pace())
    sold = {item.offer.pk: item.sold for item in desk.menu(people.at_parc, now=make.NOW)}
    assert sold == {stocked.offer_id: 1, other.pk: 0}
    later = {item.offer.pk: item.sold for item in desk.menu(people.at_parc, now=make.NOW + timedelta(days=8))}
    assert later == {stocked.offer_id: 0, other.pk: 0}


def _sell(people: make.Cast, offer: Offer, key: str = "form", at: Any = make.NOW) -> int:
    return desk.sell_once(
        people.at_parc, offer.pk, account_id=people.alice.pk, key=key, keys=make.KEYS, pace=make.pace(at)
    )


def test_one_form_sells_once_and_another_sells_again(people: make.Cast, stocked: TicketList) -> None:
    assert _sell(people, stocked.offer) == _sell(people, stocked.offer)
    assert _sell(people, stocked.offer, "another") != _sell(people, stocked.offer)
    assert Handout.objects.count() == 2


def test_what_was_refused_may_be_tried_again_with_the_same_form(people: make.Cast, stocked: TicketList) -> None:
    Offer.objects.update(archived=True)
    with pytest.raises(Exception, match="offer_archived"):
        _sell(people, stocked.offer)
    Offer.objects.update(archived=False)
    assert _sell(people, stocked.offer)


def test_a_strangers_offer_is_not_sold(people: make.Cast, stocked: TicketList) -> None:
    with pytest.raises(NotFound):
        desk.sell_once(
            people.stranger, stocked.offer_id, account_id=people.charlie.pk, key="k", keys=make.KEYS, pace=make.pace()
        )


def test_the_latest_sales_come_newest_first_without_those_taken_back(people: make.Cast, stocked: TicketList) -> None:
    first, second, third = (_sell(people, stocked.offer, key) for key in "abc")
    sales.cancel(people.at_parc, second, now=make.NOW)
    latest = desk.latest_sales(people.at_parc, most=5, now=make.NOW)
    assert [sale.ticket.pk for sale in latest] == [third, first]
    assert [sale.ticket.pk for sale in desk.latest_sales(people.at_parc, most=1, now=make.NOW)] == [third]
    assert not desk.latest_sales(people.stranger, most=5, now=make.NOW)


def test_a_sale_can_be_taken_back_for_thirty_seconds_while_it_is_unused(people: make.Cast, stocked: TicketList) -> None:
    ticket = _sell(people, stocked.offer)

    def until(seconds: int) -> Any:
        (sale,) = desk.latest_sales(people.at_parc, most=1, now=make.NOW + timedelta(seconds=seconds))
        return sale.cancellable_until

    assert until(30) == make.NOW + timedelta(seconds=30)
    assert until(31) is None
    Ticket.objects.filter(pk=ticket).update(first_login_at=make.NOW)
    assert until(1) is None


def test_an_offer_that_has_ended_leaves_the_menu(people: make.Cast, stocked: TicketList) -> None:
    Offer.objects.update(valid_until=make.NOW)
    assert not desk.menu(people.at_parc, now=make.NOW)
    assert len(desk.menu(people.at_parc, now=make.NOW - timedelta(seconds=1))) == 1
