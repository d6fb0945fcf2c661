"""Generation of tickets: all or nothing by visibility, in steps so short that no guest waits.

The batch is not ready while its tickets are written; one last UPDATE shows them all. What a crash left is swept away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction

from spotcoffee.domain.codes import CodeFormat, format_for
from spotcoffee.services import audit, ticket_lists
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, ServiceError
from spotcoffee.services.pacing import Pace
from spotcoffee.services.randomness import draw_codes
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import TicketBatch, TicketList
from spotcoffee.storage.queries import counts
from spotcoffee.storage.queries.generation import (
    NewTicket,
    Origin,
    abandoned,
    delete,
    drop,
    give_up,
    insert,
    show,
    tickets_of,
    touch,
)

MOST_TICKETS: Final = 1_000_000
# Tickets that are drawn at once and written in the order of their keys.
BLOCK: Final = 100_000
# A batch whose maker said nothing for so long is swept away.
PATIENCE: Final = timedelta(minutes=10)

# Told after each step how many tickets are written; answers whether to go on.
Progress = Callable[[int], bool]


class Stopped(ServiceError):
    """The generation was cancelled, or swept away meanwhile. Nothing of it is left to see."""

    code = "generation_stopped"


@dataclass(frozen=True, slots=True)
class Formats:
    """How logins and passwords are drawn. password None: the code stands alone."""

    login: CodeFormat
    password: CodeFormat | None


def generate(
    caller: Caller,
    list_id: int,
    count: int,
    *,
    keys: KeyRing,
    pace: Pace,
    progress: Progress = lambda _done: True,
    conclude: Callable[[TicketBatch], bool] = lambda _batch: True,
) -> TicketBatch:
    """Generate so many tickets into a list. Raises NotFound, Invalid, Conflict, Stopped; then there are none of them.

    conclude: called in the transaction that shows them; answers whether it may.
    """
    into = ticket_lists.get(caller, list_id)
    drawn = formats(into, count)
    began_at = pace.clock()
    batch = TicketBatch.objects.create(ticket_list=into, count=count, created_at=began_at, touched_at=began_at)
    try:
        _write(batch, drawn, keys, pace, progress)
        with transaction.atomic():
            if not show(batch.pk, count, now=pace.clock()) or not conclude(batch):
                raise Stopped
            after = {"list": into.name, "count": count}
            audit.record(caller, "generate", noun="ticket_list", noun_id=list_id, after=after, now=pace.clock())
    except BaseException:
        _undo(batch, pace)
        raise
    batch.refresh_from_db()
    return batch


def formats(into: TicketList, count: int) -> Formats:
    """How codes of so many more tickets would be drawn. Raises Conflict, Invalid."""
    if into.archived:
        raise Conflict("list_archived", list=into.name)
    if not isinstance(count, int) or not 1 <= count <= MOST_TICKETS:
        raise Invalid([("count", "out_of_range")])
    live = counts.in_organisation(into.organisation_id) + count
    login = format_for(into.login_format, live_tickets=live)
    password = None
    if into.password_format != ticket_lists.NO_PASSWORD:
        # A guesser of a password knows one login: it needs to be rare by itself only.
        password = format_for(into.password_format, live_tickets=1)
    if login is None:
        raise Invalid([("count", "too_many_for_format")])
    return Formats(login, password)


def _write(batch: TicketBatch, formats: Formats, keys: KeyRing, pace: Pace, progress: Progress) -> None:
    into = batch.ticket_list
    origin = Origin(
        organisation_id=into.organisation_id, list_id=into.pk, batch_id=batch.pk, created_at=batch.created_at
    )
    written = 0
    while written < batch.count:
        # In the order of their keys: a step then writes neighbours of the index, not a page of it for each ticket.
        block = _draw(min(BLOCK, batch.count - written), formats.login, into.organisation_id, keys)
        while block:
            part = [_sealed(key, login, formats.password, keys) for key, login in block[: pace.rows]]
            del block[: len(part)]
            with pace.step():
                if not touch(batch.pk, batch.count, now=pace.clock()):
                    raise Stopped
                # A login that exists already is left out; the next block makes up for it.
                written += insert(origin, part)
            if not progress(written):
                raise Stopped


def _draw(count: int, code_format: CodeFormat, organisation_id: int, keys: KeyRing) -> list[tuple[int, str]]:
    return sorted((keys.login_key(organisation_id, login), login) for login in draw_codes(count, code_format))


def _sealed(key: int, login: str, password_format: CodeFormat | None, keys: KeyRing) -> NewTicket:
    password = None if password_format is None else keys.seal(draw_codes(1, password_format)[0])
    return NewTicket(key, keys.seal(login), password)


def _undo(batch: TicketBatch, pace: Pace) -> None:
    TicketBatch.objects.filter(pk=batch.pk, ready=False).update(count=0)
    _sweep(batch.pk, batch.ticket_list_id, pace)


def remove_abandoned(*, pace: Pace) -> int:
    """Sweep away what makers that died have left. Answers how many batches."""
    found = abandoned(untouched_since=pace.clock() - PATIENCE)
    for batch_id, list_id, touched_at in found:
        if give_up(batch_id, touched_at):
            _sweep(batch_id, list_id, pace)
    return len(found)


def _sweep(batch_id: int, list_id: int, pace: Pace) -> None:
    after = 0
    while page := tickets_of(batch_id, list_id, after=after, limit=pace.rows):
        with pace.step():
            delete(page)
        after = page[-1]
    with pace.step():
        drop(batch_id)
