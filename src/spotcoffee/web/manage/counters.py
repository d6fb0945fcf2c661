"""How many tickets of a list are in each state: each number with its chip, and the tickets that it counts."""

from dataclasses import dataclass

from django.urls import reverse

from spotcoffee.domain.tickets import State
from spotcoffee.services.ticket_lists import TicketListView
from spotcoffee.web.manage.cursors import address


@dataclass(frozen=True, slots=True)
class Counter:
    """One number. state: its word's; empty: the ones that were never handed out."""

    state: str
    count: int
    address: str


def counters(view: TicketListView) -> list[Counter]:
    """The states in their order, then what was never handed out."""
    path = reverse("list", args=[view.id])
    found = [Counter(state.value, getattr(view, state.value), address(path, state=state.value)) for state in State]
    never = address(path, state=State.VIRGIN.value, handed_out="no")
    return [*found, Counter("", view.not_handed_out, never)]
