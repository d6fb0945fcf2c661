"""Selling: a café's menu, one button for each offer; the ticket just sold, as the paper that the guest takes along."""

import secrets
from datetime import datetime
from typing import Any, Final

from babel.dates import format_date
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from spotcoffee.domain.codes import tail
from spotcoffee.domain.permissions import Action
from spotcoffee.services import desk, reading, sales, tickets
from spotcoffee.services.desk import ForSale, Sold
from spotcoffee.services.errors import Forbidden, Invalid, NotFound
from spotcoffee.services.printed import printed_terms
from spotcoffee.web.manage import rolls
from spotcoffee.web.manage.navigation import surroundings
from spotcoffee.web.manage.pages import go, page, say, show
from spotcoffee.web.manage.papers import granted, paper_of
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.web.surroundings import keys, now, pace
from spotcoffee.wording.quantities import day

_LATEST: Final = 5
_KEYS: Final = 9
_LONGEST_KEY: Final = 64
_LONGEST_NUMBER: Final = 18


@require_safe
@page(None)
def sell(visit: Visit) -> HttpResponseBase:
    """The menu. Who sells nothing begins at the first page that he may see."""
    if not visit.visitor.may(Action.SELL):
        places = surroundings(visit)["places"]
        if not places:
            raise Forbidden(role=visit.visitor.role.value)
        return go(places[0]["address"])
    return show(visit, "sell", _desk(visit, now()))


@require_POST
@page(Action.SELL)
def sell_ticket(visit: Visit) -> HttpResponse:
    """Sell a ticket, once for each form; then look at it."""
    key = visit.POST.get("key", "")
    if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid([("key", "wrong_type")])
    sold = desk.sell_once(
        visit.visitor.caller,
        _number(visit.POST.get("offer", "")),
        account_id=visit.visitor.account.pk,
        key=key,
        keys=keys(),
        pace=pace(),
    )
    return go(f"/sold/{sold}/")


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER):
        raise NotFound("no_such_offer")
    return int(typed)


@require_safe
@page(Action.SELL)
def sold(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """The ticket just sold, beside the menu for the next guest."""
    at, caller = now(), visit.visitor.caller
    sale = desk.sale_of(tickets.get(caller, id), now=at)
    if sale is None:
        return go(f"/tickets/{id}/")
    if sale.handout.by != caller.by or at - sale.handout.at > sales.CANCELLABLE:
        # Whoever sold it just now has handed it out, which is written down already.
        reading.record(caller, [id], now=at)
    paper = paper_of(sale.ticket, sale.handout.terms, visit.visitor.organisation)
    on_paper = (
        f"{day(sale.handout.at, visit.visitor.zone, now=at)}, {sale.handout.at.astimezone(visit.visitor.zone):%H:%M}"
    )
    shown = {"sale": _sale(sale, at), "paper": paper, "sold_on": on_paper, "shown_ticket": id, **rolls.other(visit)}
    return show(visit, "sold", _desk(visit, at) | shown)


@require_POST
@page(Action.CANCEL_SALE)
def cancel_sale(visit: Visit, id: int) -> HttpResponse:  # noqa: A002
    """Take a sale back."""
    sales.cancel(visit.visitor.caller, id, now=now())
    say(visit, gettext("The sale is cancelled: its ticket is back in stock. Tear up what was printed."))
    return go("/")


def _desk(visit: Visit, at: datetime) -> dict[str, Any]:
    caller, language = visit.visitor.caller, visit.visitor.language
    menu = desk.menu(caller, now=at)
    latest = desk.latest_sales(caller, most=_LATEST, now=at)
    return {
        "form_key": secrets.token_urlsafe(16),
        "menu": [_entry(item, number, language) for number, item in enumerate(menu, 1)],
        "keys_end": min(len(menu), _KEYS),
        "latest": [_sale(sale, at) for sale in latest],
        "stock": [_stock(visit, item, at) for item in menu],
    }


def _entry(item: ForSale, number: int, language: str) -> dict[str, Any]:
    words = granted(printed_terms(item.offer), language)
    what = ", ".join(part for part in (words.grant, words.conditions) if part)
    return {
        "offer": item.offer,
        "key": number if number <= _KEYS else None,
        "what": what,
        "validity": words.validity,
        "is_free": item.offer.price == 0,
    }


def _sale(sale: Sold, at: datetime) -> dict[str, Any]:
    left = 0 if sale.cancellable_until is None else int((sale.cancellable_until - at).total_seconds())
    return {
        "ticket": sale.ticket.pk,
        "offer": sale.offer,
        "at": sale.handout.at,
        "tail": tail(keys().unseal(bytes(sale.ticket.login_sealed))),
        "state": sale.state.value,
        "seconds": left,
    }


def _stock(visit: Visit, item: ForSale, at: datetime) -> dict[str, Any]:
    end = item.lasts_until(at)
    local = None if end is None else end.astimezone(visit.visitor.zone)
    return {
        "item": item,
        "most": desk.MOST_COUNTED,
        "runs_out": "" if local is None else format_date(local, "EEEE", locale=visit.visitor.language),
    }
