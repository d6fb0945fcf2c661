"""What follows a change of an offer or a binding, in small steps: due_at made anew, running sessions decided again.

Until a step came by, the rule decides anyway at the next login and the next report; the steps only make it known
sooner.
"""

from collections.abc import Callable, Sequence
from typing import Final

from spotcoffee.domain.tickets import due_at
from spotcoffee.services.access_points import all_access_points
from spotcoffee.services.orders import order_redecisions
from spotcoffee.services.pacing import Pace
from spotcoffee.services.worksheet import Worksheet
from spotcoffee.storage.models import TicketList
from spotcoffee.storage.queries import due, open_sessions

# Tickets that are decided again in one transaction.
STEP: Final = 200

# Told after each step how many tickets it did; answers whether to go on.
Progress = Callable[[int], bool]


def follow_list(list_id: int, *, interim_interval: int, pace: Pace, progress: Progress = lambda _done: True) -> None:
    """Carry a change of a list's offer, or of its binding, to its tickets. May be cut short and run again."""
    bound = TicketList.objects.select_related("offer__organisation").filter(pk=list_id).first()
    if bound is None:
        return
    _renew_due(bound, pace, progress)
    after = 0
    while online := open_sessions.tickets_of_list(list_id, after=after, limit=STEP):
        redecide(online, interim_interval=interim_interval, pace=pace)
        after = online[-1]
        if not progress(len(online)):
            return


def _renew_due(bound: TicketList, pace: Pace, progress: Progress) -> None:
    terms = bound.offer.as_terms()
    after = 0
    while page := due.started(bound.pk, after=after, limit=pace.rows):
        after = page[-1][0]
        moved = [(key, at, due_at(terms, at)) for key, at, stored in page if stored != due_at(terms, at)]
        if moved:
            with pace.step():
                due.store(moved)
        if not progress(len(page)):
            return


def redecide(ticket_ids: Sequence[int], *, interim_interval: int, pace: Pace) -> None:
    """Decide the open sessions of these tickets again, and order what their equipment must be told."""
    points = all_access_points(interim_interval)
    for start in range(0, len(ticket_ids), STEP):
        with pace.step():
            sheet = Worksheet(access_points=points, now=pace.clock())
            sheet.load(ticket_ids=ticket_ids[start : start + STEP])
            for ticket in list(sheet.tickets.values()):
                order_redecisions(sheet, ticket)
            sheet.store()
