"""Hand-outs: tickets taken out of the system to be given to guests, each in one hand-out at a time.

Tickets are taken in short steps, so that no guest waits; for everyone else the hand-out begins with its last step, when
it turns ready. A ticket taken by one that is not ready yet is taken all the same. What a crash left is given back.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import Q, QuerySet

from spotcoffee.domain.codes import FORMATS as CODE_FORMATS
from spotcoffee.domain.codes import masked
from spotcoffee.services import audit, print_options, reach, ticket_lists
from spotcoffee.services.callers import Caller
from spotcoffee.services.errors import Conflict, Invalid, NotFound, ServiceError
from spotcoffee.services.fields import one_of, read_fields
from spotcoffee.services.pacing import Pace
from spotcoffee.services.paging import Page, Window, page_of
from spotcoffee.services.printed import printed_terms
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Handout, HandoutSpan, Ticket, TicketList
from spotcoffee.storage.queries import handouts as queries

# Which tickets of a list are taken.
ONLY: Final = tuple(queries.ONLY)
PATIENCE: Final = timedelta(minutes=10)
# Tickets that are chosen one by one.
MOST_CHOSEN: Final = 1_000
# Tickets of a list that are looked at at once.
_WINDOW: Final = 2_000
FORMATS: Final = ("csv", "xlsx", "pdf", "receipt")
PROFILES: Final = ("", "excel", "rfc4180")
_CHECKS: Final = {"only": one_of(ONLY), "format": one_of(FORMATS), "profile": one_of(PROFILES)}

# What stands for each character of a code in a preview.
DOT: Final = "•"
NO_OPTIONS: Final[Mapping[str, object]] = {}

Sealed: TypeAlias = bytes | memoryview
# Told after each step how many tickets are taken; answers whether to go on.
Progress = Callable[[int], bool]


class Stopped(ServiceError):
    """The hand-out was cancelled, or swept away meanwhile. Its tickets were given back."""

    code = "handout_stopped"


@dataclass(frozen=True, slots=True)
class HandedOut:
    """One ticket of a hand-out, in clear. password None: the code stands alone. In a preview nothing opens a ticket."""

    login: str
    password: str | None
    exact: bool

    def __repr__(self) -> str:
        return "HandedOut(…)"


def take(
    caller: Caller,
    list_id: int,
    *,
    pace: Pace,
    only: str = "not_handed_out",
    chosen: Sequence[int] | None = None,
    format: str = "csv",  # noqa: A002 - the API's word
    profile: str = "",
    options: Mapping[str, object] = NO_OPTIONS,
    progress: Progress = lambda _done: True,
    conclude: Callable[[Handout], bool] = lambda _handout: True,
) -> Handout:
    """Take tickets of a list and mark them. Raises NotFound, Invalid, Conflict when there are none, Stopped.

    chosen: of the list, these tickets at most. options: of print_options.
    conclude: called in the transaction that shows the hand-out; answers whether it may.
    """
    check(only=only, format=format, profile=profile, options=options)
    handout = _begin(caller, list_id, format, profile, options, now=pace.clock())
    try:
        count = _take_all(handout, _of_list(list_id, only, chosen, pace.clock()), only, pace, progress)
        if not count:
            raise Conflict("nothing_to_hand_out", only=only)
        with transaction.atomic():
            if not queries.show(handout.pk):
                raise Stopped
            after = {"list": list_id, "count": count, "format": format, "only": only}
            audit.record(caller, "take", noun="handout", noun_id=handout.pk, after=after, now=pace.clock())
            handout.refresh_from_db()
            if not conclude(handout):
                raise Stopped
    except BaseException:
        _give_up(handout.pk, pace)
        raise
    return handout


def check(*, only: str, format: str, profile: str, options: Mapping[str, object]) -> None:  # noqa: A002
    """Whether such a hand-out could be made at all. Raises Invalid."""
    _, faults = read_fields({"only": only, "format": format, "profile": profile}, _CHECKS)
    if format in FORMATS:
        faults += print_options.faults(format, options)
    if faults:
        raise Invalid(faults)


def _begin(
    caller: Caller,
    list_id: int,
    format: str,  # noqa: A002
    profile: str,
    options: Mapping[str, object],
    *,
    now: datetime,
) -> Handout:
    with transaction.atomic():
        # One hand-out of a list at a time: the second would find its tickets going one by one.
        TicketList.objects.select_for_update(no_key=True).filter(pk=list_id).first()
        source = ticket_lists.get(caller, list_id)
        if Handout.objects.filter(list_id=list_id, ready=False, undone_at=None).exists():
            raise Conflict("handout_running", list=source.name)
        return Handout.objects.create(
            organisation_id=caller.organisation_id,
            list_id=list_id,
            format=format,
            profile=profile,
            count=0,
            terms=printed_terms(source.offer),
            options=print_options.remembered(format, options, source),
            at=now,
            by=caller.by,
            ready=False,
            touched_at=now,
        )


def _take_all(handout: Handout, pages: Iterable[list[int]], only: str, pace: Pace, progress: Progress) -> int:
    count = 0
    for free in pages:
        while free:
            part = free[: pace.rows]
            del free[: len(part)]
            with pace.step():
                taken = queries.take(handout.pk, part, only, at=handout.at, now=pace.clock())
                HandoutSpan.objects.bulk_create(_spans(handout, taken))
                if not queries.touch(handout.pk, len(taken), now=pace.clock()):
                    raise Stopped
            count += len(taken)
            if not progress(count):
                raise Stopped
    return count


def _spans(handout: Handout, ticket_ids: Iterable[int]) -> list[HandoutSpan]:
    spans: list[HandoutSpan] = []
    for ticket_id in sorted(ticket_ids):
        if spans and spans[-1].last == ticket_id - 1:
            spans[-1].last = ticket_id
        else:
            spans.append(HandoutSpan(handout=handout, list_id=handout.list_id or 0, first=ticket_id, last=ticket_id))
    return spans


def of_ticket(ticket: Ticket) -> list[Handout]:
    """Every hand-out that a ticket was ever in, undone ones too, oldest first."""
    spans = HandoutSpan.objects.filter(list_id=ticket.ticket_list_id, first__lte=ticket.pk, last__gte=ticket.pk)
    was_in = Q(pk=ticket.handout_id) | Q(pk__in=spans.values("handout_id"))
    return list(Handout.objects.filter(was_in, ready=True).order_by("at", "pk"))


def _of_list(list_id: int, only: str, chosen: Sequence[int] | None, now: datetime) -> Iterable[list[int]]:
    """The tickets of a list that a hand-out would take; of those that were chosen, where some were."""
    if chosen is None:
        return _windows(list_id, only, now)
    if len(chosen) > MOST_CHOSEN:
        raise Invalid([("tickets", "too_many")])
    mine = Ticket.objects.filter(ticket_list_id=list_id, batch__ready=True, pk__in=chosen)
    return [list(mine.order_by("pk").values_list("pk", flat=True))]


def _windows(list_id: int, only: str, now: datetime) -> Iterator[list[int]]:
    """The tickets of a list that a hand-out would take, some at a time, in order of their ids."""
    after: int | None = 0
    while after is not None:
        free, after = queries.window(list_id, only, now=now, after=after, limit=_WINDOW)
        yield free


def undo(caller: Caller, handout_id: int, *, pace: Pace) -> None:
    """Give the tickets of a hand-out back, as if it had never been. Raises NotFound, Conflict when undone already."""
    handout = get(caller, handout_id)
    with transaction.atomic():
        if not Handout.objects.filter(pk=handout.pk, undone_at=None).update(undone_at=pace.clock()):
            raise Conflict("handout_undone", id=handout_id)
        audit.record(caller, "undo", noun="handout", noun_id=handout.pk, now=pace.clock())
    _release(handout, pace)


def remove_abandoned(*, pace: Pace) -> int:
    """Give back what makers that died had taken. Answers how many hand-outs."""
    left = Handout.objects.filter(ready=False, touched_at__lt=pace.clock() - PATIENCE)
    found = list(left.values_list("pk", flat=True))
    for handout_id in found:
        _give_up(handout_id, pace)
    return len(found)


def _give_up(handout_id: int, pace: Pace) -> None:
    """Stop the maker of a hand-out that is not ready, give its tickets back, and forget it."""
    unready = Handout.objects.filter(pk=handout_id, ready=False)
    unready.update(undone_at=pace.clock())
    handout = unready.first()
    if handout is not None:
        _release(handout, pace)
        unready.delete()


def _release(handout: Handout, pace: Pace) -> None:
    released = 1
    while released:
        with pace.step():
            released = queries.release(handout.pk, at=handout.at, limit=pace.rows)


def get(caller: Caller, handout_id: int) -> Handout:
    """One of the caller's hand-outs. Raises NotFound."""
    found = Handout.objects.filter(reach.handouts(caller), pk=handout_id, ready=True).first()
    if found is None:
        raise NotFound("no_such_handout", id=handout_id)
    return found


def page(
    caller: Caller, window: Window, *, ticket_list: int | None = None, formats: Collection[str] | None = None
) -> Page[Handout]:
    """The caller's hand-outs, newest first. formats: those alone."""
    found = Handout.objects.filter(reach.handouts(caller), ready=True)
    if formats is not None:
        found = found.filter(format__in=formats)
    return page_of(found if ticket_list is None else found.filter(list_id=ticket_list), window, newest_first=True)


def list_all(caller: Caller) -> list[Handout]:
    """The caller's hand-outs, newest first."""
    return list(Handout.objects.filter(reach.handouts(caller), ready=True).order_by("-pk"))


def tickets_of(handout: Handout, *, keys: KeyRing) -> Iterator[HandedOut]:
    """The tickets of a hand-out in clear, one after another: a million of them take no memory."""
    taken = Ticket.objects.filter(handout_id=handout.pk).order_by("pk")
    yield from _opened(_sealed(taken), keys)


def in_clear(ticket: Ticket, *, keys: KeyRing) -> HandedOut:
    """One ticket, to be printed once more."""
    (opened,) = _opened([(ticket.login_sealed, ticket.password_sealed, ticket.exact)], keys)
    return opened


def preview(caller: Caller, list_id: int, *, only: str, keys: KeyRing, now: datetime) -> Iterator[HandedOut]:
    """What `take` would take, without marking anything, and without passwords. Raises NotFound, Invalid."""
    _, faults = read_fields({"only": only}, {"only": _CHECKS["only"]})
    if faults:
        raise Invalid(faults)
    ticket_lists.get(caller, list_id)
    return _previewed(list_id, only, keys, now)


def _previewed(list_id: int, only: str, keys: KeyRing, now: datetime) -> Iterator[HandedOut]:
    for page in _windows(list_id, only, now):
        records = Ticket.objects.filter(pk__in=page).order_by("pk")
        for ticket, record in zip(_opened(_sealed(records), keys), records, strict=True):
            login = masked(ticket.login) if record.password_sealed is None else ticket.login
            yield HandedOut(login, None, exact=True)


def blanks(source: TicketList, count: int) -> Iterator[HandedOut]:
    """Tickets as long as a list's, of which nothing can be read: what previews of prints show."""
    login = _dots(source.login_format)
    password = None if source.password_format == ticket_lists.NO_PASSWORD else _dots(source.password_format)
    return (HandedOut(login, password, exact=False) for _ in range(count))


def _dots(code_format: str) -> str:
    return DOT * CODE_FORMATS[code_format].length


def _sealed(tickets: QuerySet[Ticket]) -> Iterable[tuple[Sealed, Sealed | None, bool]]:
    return tickets.values_list("login_sealed", "password_sealed", "exact").iterator(chunk_size=1_000)


def _opened(rows: Iterable[tuple[Sealed, Sealed | None, bool]], keys: KeyRing) -> Iterator[HandedOut]:
    for login, password, exact in rows:
        in_clear = None if password is None else keys.unseal(bytes(password))
        yield HandedOut(keys.unseal(bytes(login)), in_clear, exact)
