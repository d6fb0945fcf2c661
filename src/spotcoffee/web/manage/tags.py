"""Filters and tags of the staff's templates ({% load spotcoffee %}): values as people read them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.template import Context, Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext

from spotcoffee.domain.codes import printed
from spotcoffee.domain.permissions import Action
from spotcoffee.domain.tickets import State
from spotcoffee.services import organisations
from spotcoffee.web.surroundings import now
from spotcoffee.wording import quantities

register = Library()


@register.filter
def duration(seconds: int | None) -> str:
    """`1 h 35`; empty for no limit."""
    return "" if seconds is None else quantities.duration(seconds)


@register.filter
def duration_in_words(seconds: int | None) -> str:
    """`2 heures`; empty for no limit."""
    return "" if seconds is None else quantities.duration_in_words(seconds)


@register.filter
def duration_to_type(seconds: int | None) -> str:
    """What a field holds: `2 h`; empty for no limit."""
    return "" if seconds is None else quantities.duration_to_type(seconds)


@register.filter
def volume(octets: int | None) -> str:
    """`5,0 Go`; empty for no limit."""
    return "" if octets is None else quantities.volume(octets)


@register.filter
def rate(bits_per_second: int | None) -> str:
    """`2 Mbit/s`; empty for no limit."""
    return "" if bits_per_second is None else quantities.rate(bits_per_second)


@register.filter
def price(amount: Decimal | None, currency: str) -> str:
    """`3,50 €`; empty without a price."""
    return quantities.amount(amount, currency)


@register.filter
def number(value: float | None) -> str:
    """`1 200`."""
    return "" if value is None else quantities.number(value)


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """An instant in the visitor's zone, its full date in the element's attribute; empty for none."""
    if at is None:
        return ""
    zone: Any = get_current_timezone()
    said = quantities.moment(at, zone, now=now())
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), said)


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """`il y a 3 min`; empty for none."""
    return (
        ""
        if at is None
        else format_html('<time datetime="{}">{}</time>', at.isoformat(), quantities.ago(at, now=now()))
    )


@register.filter
def code(login: str) -> SafeString:
    """A code in groups, each an element of its own, so that copying it gives no spaces."""
    groups = printed(login).split("-")
    return format_html(
        '<span class="code" translate="no">{}</span>', format_html_join("", "<b>{}</b>", ((g,) for g in groups))
    )


@register.filter
def state(value: str) -> SafeString:
    """A ticket's state as a chip: colour, cup and word."""
    return format_html('<span class="chip {}">{}</span>', value, state_in_words(State(value)))


def state_in_words(value: State) -> str:
    """The word of a state."""
    match value:
        case State.VIRGIN:
            return gettext("Unused")
        case State.STARTED:
            return gettext("Started")
        case State.CONSUMED:
            return gettext("Used up")
        case State.EXPIRED:
            return gettext("Expired")
        case State.REVOKED:
            return gettext("Revoked")


@register.simple_tag
def is_new_installation() -> bool:
    """Whether nobody has set this installation up."""
    return organisations.is_none()


@register.simple_tag(takes_context=True)
def may(context: Context, action: str) -> bool:
    """Whether the visitor may do this: {% may "ticket.revoke" as revokes %}."""
    return bool(context["visitor"].may(Action(action)))
