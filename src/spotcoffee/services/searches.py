"""Finding a ticket by what a guest or a colleague can say of it: its code, the end of it, a note, a device."""

from dataclasses import dataclass
from typing import Final

from spotcoffee.domain.codes import TAIL, normalise
from spotcoffee.domain.devices import is_mac, mac_or_text
from spotcoffee.services import reach, tickets
from spotcoffee.services.callers import Caller
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Session, Ticket
from spotcoffee.storage.queries import notes

LONGEST: Final = 100
MOST_FOUND: Final = 50
# Of those some may lie out of reach.
MOST_NOTED: Final = 500
# There is no index of devices, which every login would pay for: this many sessions, the newest, are looked through.
SESSIONS_LOOKED_AT: Final = 50_000


@dataclass(frozen=True, slots=True)
class Found:
    """Tickets, newest first. device: the MAC address that was searched for, None where it was none."""

    tickets: list[int]
    device: str | None


def find(caller: Caller, searched: str, *, keys: KeyRing) -> Found:
    """The tickets that a search means, at most 50. A MAC address is searched for among devices alone."""
    wanted = searched.strip()
    if not wanted or len(wanted) > LONGEST or "\0" in wanted:
        return Found([], None)
    device = mac_or_text(wanted)
    if is_mac(device):
        return Found(_by_device(caller, device) or tickets.find(caller, wanted, keys=keys), device)
    by_code = tickets.find(caller, wanted, keys=keys)
    if by_code and len(normalise(wanted)) != TAIL:
        # A whole code means one ticket, whatever notes say.
        return Found(by_code, None)
    found = dict.fromkeys([*by_code, *_by_note(caller, wanted)])
    return Found(list(found)[:MOST_FOUND], None)


def _by_note(caller: Caller, part: str) -> list[int]:
    noted = notes.newest(caller.organisation_id, part, limit=MOST_NOTED)
    visible = Ticket.objects.filter(reach.tickets(caller), batch__ready=True, pk__in=noted)
    return list(visible.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND])


def _by_device(caller: Caller, device: str) -> list[int]:
    newest = Session.objects.filter(reach.by_access_point(caller)).order_by("-pk")[:SESSIONS_LOOKED_AT]
    of_device = Session.objects.filter(pk__in=newest.values("pk"), device=device).order_by("-pk")
    used = dict.fromkeys(of_device.values_list("ticket_id", flat=True)[: 10 * MOST_FOUND])
    visible = Ticket.objects.filter(reach.tickets(caller), batch__ready=True, pk__in=used)
    known = set(visible.values_list("pk", flat=True))
    return [key for key in used if key in known][:MOST_FOUND]


def find_online(caller: Caller, searched: str, *, keys: KeyRing) -> Found:
    """The same among the tickets that are online."""
    wanted = searched.strip()
    if not wanted or len(wanted) > LONGEST or "\0" in wanted:
        return Found([], None)
    device = mac_or_text(wanted)
    online = Session.objects.filter(reach.by_access_point(caller), ended_at=None, acct_session_id__isnull=False)
    noted = Ticket.objects.filter(pk__in=online.values("ticket_id"), note__icontains=wanted).exclude(note="")
    by_note = list(noted.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND])
    return Found([*tickets.find(caller, wanted, keys=keys), *by_note], device)
