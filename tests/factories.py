"""Things that tests need in the database, each made by one function with sensible defaults.

The cast: Alice runs the Hôtel du Parc, Bob stands at its reception, Charlie runs another place and is a stranger here.
"""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from spotcoffee.services.callers import Caller
from spotcoffee.services.job_kinds import Tools
from spotcoffee.services.pacing import Pace
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import (
    AccessPoint,
    DirectoryVersion,
    Offer,
    Organisation,
    Session,
    StaffAccount,
    Ticket,
    TicketBatch,
    TicketList,
)
from spotcoffee.storage.queries.access_points import bump_version

KEYS: Final = KeyRing(sealing={1: b"\x01" * 32}, lookup=b"\x02" * 32, class_tag=b"\x03" * 32)
# 2026-07-15, 10:00 in Paris: the instant of the worked examples.
NOW: Final = datetime(2026, 7, 15, 8, tzinfo=UTC)
SECRET: Final = "a shared secret of the tests"
PASSWORD: Final = "correct horse battery"
_numbers = itertools.count(1)


def organisation(name: str = "", **columns: Any) -> Organisation:
    """An operator, in French and in Paris."""
    return Organisation.objects.create(name=name or f"Hôtel {next(_numbers)}", **{"created_at": NOW, **columns})


def staff(owner: Organisation, email: str = "", role: str = "administrator", **columns: Any) -> StaffAccount:
    """A staff account without a usable password."""
    email = email or f"staff{next(_numbers)}@example.org"
    return StaffAccount.objects.create(
        organisation=owner, email=email, role=role, password="!", **{"created_at": NOW, **columns}
    )


def access_point(
    owner: Organisation, name: str = "", *, address: str = "127.0.0.1", secret: str = SECRET, **columns: Any
) -> AccessPoint:
    """An access point of the kind `generic`, that takes no orders."""
    point = AccessPoint.objects.create(
        organisation=owner,
        name=name or f"Salle {next(_numbers)}",
        address=address,
        secret_sealed=KEYS.seal(secret),
        **{"created_at": NOW, **columns},
    )
    bump_version()
    return point


def offer(owner: Organisation, *points: AccessPoint, name: str = "", **columns: Any) -> Offer:
    """An offer on these access points; on all of its organisation when none is named."""
    made = Offer.objects.create(
        organisation=owner, name=name or f"Offre {next(_numbers)}", **{"created_at": NOW, **columns}
    )
    made.access_points.set(points or AccessPoint.objects.filter(organisation=owner))
    return made


def ticket_list(of: Offer, name: str = "", **columns: Any) -> TicketList:
    """An empty list, bound to an offer, in the default formats."""
    return TicketList.objects.create(
        organisation=of.organisation,
        offer=of,
        name=name or f"Liste {next(_numbers)}",
        **{"login_format": "code10", "password_format": "none", "created_at": NOW, **columns},
    )


def ticket(
    in_list: TicketList, login: str = "", password: str | None = None, *, keys: KeyRing = KEYS, **columns: Any
) -> Ticket:
    """A virgin ticket that everyone sees. login: as stored (upper case, no hyphens); drawn when left out."""
    login = login or f"TEST{next(_numbers):06}"
    owner = in_list.organisation_id
    batch = TicketBatch.objects.create(ticket_list=in_list, count=1, ready=True, created_at=NOW, touched_at=NOW)
    return Ticket.objects.create(
        organisation_id=owner,
        ticket_list=in_list,
        batch=batch,
        login_key=keys.login_key(owner, login),
        login_sealed=keys.seal(login),
        password_sealed=None if password is None else keys.seal(password),
        **{"created_at": NOW, **columns},
    )


def tickets(in_list: TicketList, count: int, *, keys: KeyRing = KEYS, **columns: Any) -> list[Ticket]:
    """Several virgin tickets."""
    return [ticket(in_list, keys=keys, **columns) for _ in range(count)]


def pace(now: datetime = NOW) -> Pace:
    """The rhythm of big work that never rests, at an instant that stands still."""
    return Pace(clock=lambda: now, stopwatch=lambda: 0.0, sleep=lambda _seconds: None)


def tools(now: datetime = NOW, *, keys: KeyRing = KEYS) -> Tools:
    """What jobs work with."""
    return Tools(keys=keys, pace=pace(now), interim_interval=300)


def session(of: Ticket, at: AccessPoint, **columns: Any) -> Session:
    """An open session that began at NOW, with a report at its start only."""
    key = 202607 * 10**12 + next(_numbers)
    return Session.objects.create(
        **{
            "id": key,
            "organisation_id": of.organisation_id,
            "ticket_id": of.pk,
            "access_point_id": at.pk,
            "device": "020000000001",
            "source": "127.0.0.1",
            "acct_session_id": f"s{key}",
            "accept_id": key,
            "accepted_at": NOW,
            "began_at": NOW,
            "seen_at": NOW,
            **columns,
        }
    )


def login_of(made: Ticket, *, keys: KeyRing = KEYS) -> str:
    """The login of a ticket in clear."""
    return keys.unseal(bytes(made.login_sealed))


def directory_version() -> int:
    """The number that moves with every saved access point."""
    return DirectoryVersion.objects.get().number


@dataclass(frozen=True)
class Cast:
    """Alice and Bob at the Hôtel du Parc, Charlie elsewhere."""

    parc: Organisation
    elsewhere: Organisation
    alice: StaffAccount
    bob: StaffAccount
    charlie: StaffAccount

    @property
    def at_parc(self) -> Caller:
        """Alice, asking."""
        return Caller(self.parc.pk, self.alice.email)

    @property
    def stranger(self) -> Caller:
        """Charlie, asking."""
        return Caller(self.elsewhere.pk, self.charlie.email)


def cast() -> Cast:
    """The people of most tests."""
    parc, elsewhere = organisation("Hôtel du Parc"), organisation("Camping des Pins")
    return Cast(
        parc=parc,
        elsewhere=elsewhere,
        alice=staff(parc, "alice@example.org", "administrator"),
        bob=staff(parc, "bob@example.org", "reception"),
        charlie=staff(elsewhere, "charlie@example.org", "administrator"),
    )
