"""What happened to a ticket, and what became of an order to its equipment, for the person at the desk."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from spotcoffee.domain.accounting import EndCause
from spotcoffee.domain.devices import is_mac
from spotcoffee.services.histories import EventView
from spotcoffee.services.outbox import DISCONNECT, OrderState
from spotcoffee.wording.explanations import refusal_at_the_desk
from spotcoffee.wording.quantities import duration_in_words, volume


@dataclass(frozen=True, slots=True)
class EventInWords:
    """title: in a few words. detail: the rest; empty where there is none. look: full, no or empty, as in look.css."""

    title: str
    detail: str
    look: str = ""


def device_in_words(device: str) -> str:
    """`02:00:00:00:00:01`; a device that did not say which it is has no name."""
    if is_mac(device):
        return ":".join(device[at : at + 2] for at in range(0, 12, 2))
    return gettext("a device without a name") if not device or device.startswith("?") else device.partition("@")[0]


def event_in_words(event: EventView, *, place: str, by: str, first_login_at: datetime | None = None) -> EventInWords:
    """One event. place: the access point's name, by: the person's; empty where there is none."""
    match event.kind:
        case "accept":
            return _accept(event, place, is_first=event.at == first_login_at)
        case "reject":
            return EventInWords(refusal_at_the_desk(event.reason or ""), _where(event, place), "no")
        case "charge":
            return _charge(event, place)
        case "given_back":
            given = {"duration": duration_in_words(-(event.seconds or 0))}
            title = gettext("Idle time given back: −%(duration)s") % given
            return EventInWords(title, gettext("Nothing moved for so long: it is not counted."))
        case "order":
            return _order(event, place, by)
        case _:
            return EventInWords(_done(event, by), "", "no" if event.kind in {"revoke", "cancel_sale"} else "full")


def _accept(event: EventView, place: str, *, is_first: bool) -> EventInWords:
    if event.granted is None:
        title = gettext("First login: accepted") if is_first else gettext("Accepted")
    else:
        title = gettext("First login: accepted for %(duration)s") if is_first else gettext("Accepted for %(duration)s")
        title %= {"duration": duration_in_words(event.granted)}
    detail = _where(event, place)
    if event.led_nowhere:
        detail += " " + gettext("No connection followed.")
    return EventInWords(title, detail)


def _charge(event: EventView, place: str) -> EventInWords:
    values = {"duration": duration_in_words(event.seconds or 0)}
    if event.is_open:
        title = gettext("Online: %(duration)s so far") % values
    else:
        title = gettext("End of the session: %(duration)s") % values
    detail = _where(event, place)
    if event.down or event.up:
        moved = {"down": volume(event.down), "up": volume(event.up)}
        detail += " " + gettext("%(down)s received, %(up)s sent.") % moved
    if not event.is_open and event.reason:
        detail += " " + end_in_words(event.reason)
    return EventInWords(title, detail.strip(), "full")


def end_in_words(cause: str) -> str:
    """Why a session ended."""
    match EndCause(cause):
        case EndCause.USER:
            return gettext("The guest left.")
        case EndCause.IDLE:
            return gettext("Nothing moved any more.")
        case EndCause.SESSION_TIMEOUT:
            return gettext("Its time was over.")
        case EndCause.QUOTA:
            return gettext("Its data was used up.")
        case EndCause.DISCONNECTED:
            return gettext("Disconnected by the server.")
        case EndCause.LOST:
            return gettext("The access point said nothing more of it.")
        case EndCause.ACCESS_POINT_RESTART:
            return gettext("The access point restarted.")
        case EndCause.OTHER:
            return ""


def _where(event: EventView, place: str) -> str:
    values = {"device": device_in_words(event.device), "place": place}
    if not place:
        return gettext("%(device)s, at another place.") % values
    return gettext("%(device)s, at %(place)s.") % values


def _order(event: EventView, place: str, by: str) -> EventInWords:
    kind, _, state = (event.reason or "").partition(" ")
    title = order_in_words(kind, state)
    said = [gettext("At %(place)s.") % {"place": place}] if place else []
    if by:
        said.append(gettext("Asked for by %(person)s.") % {"person": by})
    return EventInWords(title, " ".join(said), "no" if OrderState(state) in _FAILED else "")


_FAILED = frozenset({OrderState.REFUSED, OrderState.NO_ANSWER})


def order_in_words(kind: str, state: str) -> str:
    """What truly became of an order: never that a guest is off without the equipment's own word."""
    if kind != DISCONNECT:
        return _change_in_words(OrderState(state))
    match OrderState(state):
        case OrderState.WAITING:
            return gettext("Disconnection: waiting to be sent")
        case OrderState.SENT:
            return gettext("Disconnection: sent, the equipment has not answered yet")
        case OrderState.ACKNOWLEDGED:
            return gettext("Disconnected: the equipment confirms it")
        case OrderState.GONE:
            return gettext("The equipment says that the device had left already")
        case OrderState.REFUSED:
            return gettext("Not disconnected: the equipment refused")
        case OrderState.NO_ANSWER:
            return gettext("Perhaps not disconnected: the equipment did not answer")
        case OrderState.DROPPED:
            return gettext("Disconnection dropped: it was not needed any more")


def _change_in_words(state: OrderState) -> str:
    match state:
        case OrderState.WAITING | OrderState.SENT:
            return gettext("New limits on their way to the equipment")
        case OrderState.ACKNOWLEDGED:
            return gettext("New limits: the equipment confirms them")
        case OrderState.GONE:
            return gettext("The equipment says that the device had left already")
        case OrderState.REFUSED:
            return gettext("New limits: the equipment refused them")
        case OrderState.NO_ANSWER:
            return gettext("New limits: the equipment did not answer")
        case OrderState.DROPPED:
            return gettext("New limits dropped: they did not hold any more")


def _done(event: EventView, by: str) -> str:
    values = {"person": by}
    match event.kind:
        case "created":
            return gettext("Made")
        case "sell":
            return gettext("Sold by %(person)s") % values
        case "cancel_sale":
            return gettext("Sale cancelled by %(person)s") % values
        case "handout":
            return _handed_out(event.reason or "", values)
        case "undo_handout":
            return gettext("Print or export undone: back in stock")
        case "revoke":
            return gettext("Revoked by %(person)s") % values
        case "restore":
            return gettext("Restored by %(person)s") % values
        case _:
            return gettext("Note changed by %(person)s") % values


def _handed_out(format_: str, values: dict[str, str]) -> str:
    match format_:
        case "sale":
            return gettext("Sold by %(person)s") % values
        case "csv" | "xlsx":
            return gettext("Exported by %(person)s") % values
        case _:
            return gettext("Printed by %(person)s") % values
