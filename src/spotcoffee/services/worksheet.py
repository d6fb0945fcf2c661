"""The values that one batch works on: loaded at once, changed in order of arrival, stored at once.

Each decision reads what the one before left, and each row is stored once. The worksheet decides nothing itself.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from spotcoffee.domain.access_points import AccessPoint
from spotcoffee.domain.accounting import Charge
from spotcoffee.domain.authorization import Presence
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import period_start
from spotcoffee.domain.sessions import Session
from spotcoffee.domain.tickets import Usage, due_at, spend, sum_is_stale, sum_period
from spotcoffee.domain.units import Seconds
from spotcoffee.storage.queries import attempts, offers, orders, sessions, tickets
from spotcoffee.storage.queries.attempts import AttemptFacts
from spotcoffee.storage.queries.offers import OfferFacts
from spotcoffee.storage.queries.orders import NewOrder
from spotcoffee.storage.queries.rows import together
from spotcoffee.storage.queries.tickets import TicketFacts


@dataclass(slots=True)
class Worksheet:
    """The tickets of a batch, their offers and sessions, and what is to be stored.

    size: the most new sessions that are likely; more cost one more statement.
    """

    access_points: Mapping[int, AccessPoint]
    now: datetime
    size: int = 1
    tickets: dict[int, TicketFacts] = field(default_factory=dict)
    offers: dict[int, OfferFacts] = field(default_factory=dict)
    _by_login_key: dict[int, int] = field(default_factory=dict)
    _sessions: dict[int, dict[int, Session]] = field(default_factory=dict)
    _owners: dict[int, tuple[int, int]] = field(default_factory=dict)
    _free_ids: list[int] = field(default_factory=list)
    _new_sessions: dict[int, int] = field(default_factory=dict)
    _changed_sessions: set[int] = field(default_factory=set)
    _changed_tickets: set[int] = field(default_factory=set)
    _attempts: list[AttemptFacts] = field(default_factory=list)
    _orders: list[NewOrder] = field(default_factory=list)

    def load(
        self,
        *,
        ticket_ids: Collection[int] = (),
        login_keys: Collection[int] = (),
        session_ids: Collection[int] = (),
    ) -> None:
        """Lock and load tickets by id or login key, the open sessions of all, and sessions by id with their tickets."""
        self.find(session_ids)
        named = {key for key in session_ids if key in self._owners}
        ids = {*ticket_ids, *(self._owners[key][0] for key in named)}
        for ticket in tickets.take(ids=ids, login_keys=login_keys):
            self.tickets[ticket.id] = ticket
            self._by_login_key[ticket.login_key] = ticket.id
            self._sessions[ticket.id] = {}
        self.offers = offers.load({ticket.offer_id for ticket in self.tickets.values()})
        loaded = sessions.open_of(self.tickets)
        self.add_sessions(loaded)
        self.add_sessions(sessions.by_id(named - {session.id for session in loaded}))
        self._renew_period_sums()

    def find(self, session_ids: Collection[int]) -> None:
        """Note which tickets and access points these sessions belong to, which never change: no lock is needed."""
        unknown = [key for key in session_ids if key not in self._owners]
        self._owners.update(sessions.owners_of(unknown))

    def is_accept_of(self, session_id: int | None, access_point_id: int) -> bool:
        """Whether a session that was found is of this access point."""
        found = None if session_id is None else self._owners.get(session_id)
        return found is not None and found[1] == access_point_id

    def _renew_period_sums(self) -> None:
        """Make the sum of a period anew where its calendar changed since it was kept."""
        stale = {}
        for ticket in self.tickets.values():
            terms = self.terms_of(ticket)
            if terms.period is not None and sum_is_stale(terms, ticket.usage):
                stale[ticket.id] = period_start(terms.period, terms.zone, self.now)
        if not stale:
            return
        touching: dict[int, list[tuple[datetime, Seconds]]] = {ticket_id: [] for ticket_id in stale}
        for session in sessions.touching(list(stale.items())):
            touching[session.ticket_id].append((session.began_at or session.seen_at, session.meter.charged))
        for ticket_id, spent in touching.items():
            ticket = self.tickets[ticket_id]
            kept = sum_period(spent, self.terms_of(ticket), now=self.now)
            self.put_usage(ticket_id, ticket.usage._replace(period_sum=kept))

    def add_sessions(self, loaded: Iterable[Session]) -> None:
        """Take more sessions of loaded tickets in; those already here are newer and stay."""
        for session in loaded:
            if session.ticket_id in self._sessions:
                self._sessions[session.ticket_id].setdefault(session.id, session)

    def load_later(self, session: Session) -> None:
        """Load what came after a session of a loaded ticket, ended ones too."""
        self.add_sessions(sessions.after(session.ticket_id, session.id))

    # What is there

    def ticket_by_login_key(self, key: int) -> TicketFacts | None:
        """The ticket with this login key."""
        ticket_id = self._by_login_key.get(key)
        return None if ticket_id is None else self.tickets[ticket_id]

    def terms_of(self, ticket: TicketFacts) -> Terms:
        """The terms of a ticket's offer."""
        return self.offers[ticket.offer_id].terms

    def access_point(self, access_point_id: int, organisation_id: int) -> AccessPoint:
        """The access point; one that was removed counts as able to do nothing."""
        found = self.access_points.get(access_point_id)
        return found or AccessPoint(id=access_point_id, organisation_id=organisation_id)

    def session(self, ticket_id: int, session_id: int | None) -> Session | None:
        """A session of a loaded ticket, ended ones too."""
        if session_id is None:
            return None
        if session_id not in self._sessions[ticket_id]:
            self.add_sessions(sessions.by_id([session_id]))
        return self._sessions[ticket_id].get(session_id)

    def ticket_of_session(self, session_id: int) -> int | None:
        """The id of the ticket that a session asked for by id belongs to."""
        found = self._owners.get(session_id)
        return None if found is None else found[0]

    def sessions_of(self, ticket_id: int) -> list[Session]:
        """All loaded sessions and reservations of a ticket."""
        return list(self._sessions[ticket_id].values())

    def live_of(self, ticket_id: int) -> list[Session]:
        """The open sessions and live reservations of a ticket."""
        return [session for session in self._sessions[ticket_id].values() if session.ended_at is None]

    def presence(self, session: Session, ticket: TicketFacts) -> Presence:
        """A session as it counts for a decision."""
        return Presence(
            device=session.device,
            access_point=self.access_point(session.access_point_id, ticket.organisation_id),
            reserved=session.is_reservation,
            began_at=session.began_at or session.seen_at,
            seen_at=session.seen_at,
            charged=session.meter.charged,
            most=session.meter.most,
        )

    # What changes

    def new_session_id(self) -> int:
        """A number for a new session, taken from the database for the whole batch at once."""
        if not self._free_ids:
            self._free_ids = sessions.next_ids(self.size, now=self.now)[::-1]
        return self._free_ids.pop()

    def add_session(self, session: Session, organisation_id: int) -> None:
        """A new session or reservation."""
        self._sessions[session.ticket_id][session.id] = session
        self._new_sessions[session.id] = organisation_id

    def put_session(self, session: Session) -> None:
        """A session that changed."""
        self._sessions[session.ticket_id][session.id] = session
        if session.id not in self._new_sessions:
            self._changed_sessions.add(session.id)

    def put_usage(self, ticket_id: int, usage: Usage) -> None:
        """What a ticket has used now."""
        ticket = self.tickets[ticket_id]
        due = due_at(self.terms_of(ticket), usage.first_login_at)
        self.tickets[ticket_id] = ticket._replace(usage=usage, due_at=due)
        self._changed_tickets.add(ticket_id)

    def put_ticket(self, ticket: TicketFacts) -> None:
        """A ticket whose other columns changed."""
        self.tickets[ticket.id] = ticket
        self._changed_tickets.add(ticket.id)

    def pay(self, ticket_id: int, charge: Charge) -> None:
        """Charge a ticket, or give back to it."""
        if not charge.is_nothing:
            ticket = self.tickets[ticket_id]
            self.put_usage(ticket_id, spend(ticket.usage, charge, self.terms_of(ticket), now=self.now))

    def log(self, attempt: AttemptFacts) -> None:
        """A login for the authorisation log."""
        self._attempts.append(attempt)

    def order(self, order: NewOrder) -> None:
        """An order to equipment."""
        self._orders.append(order)

    def store(self) -> None:
        """Store all of it, each row once."""
        by_id = {s.id: s for of_ticket in self._sessions.values() for s in of_ticket.values()}
        with together():
            sessions.insert([(organisation, by_id[key]) for key, organisation in self._new_sessions.items()])
            sessions.update([by_id[key] for key in sorted(self._changed_sessions)])
            tickets.store([self.tickets[key] for key in sorted(self._changed_tickets)])
            attempts.insert(self._attempts)
            orders.insert(self._orders, now=self.now)
