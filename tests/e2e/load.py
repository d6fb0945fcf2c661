"""Guests who never rest: each logs in, reports ever higher totals, stops, begins again, repeats what is unanswered.

What they were answered is the truth that the database is held against.
"""

import random
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any, Final

from tests.e2e.house import House, Server
from tests.radius_peer import Peer, access_request, accounting_request

from spotcoffee.protocols.radius.assigned import CLASS
from spotcoffee.protocols.radius.packet import Code, Packet

CAFE: Final = "127.0.0.1"
DEVICES: Final = 4
REPORTS: Final = 12
REPEAT_AFTER: Final = 0.25


class Phase(Enum):
    """What a guest waits for."""

    LOGIN = "login"
    REPORT = "report"


@dataclass
class Guest:
    """One device on one ticket. answered, asked: each session's highest total that was answered, and that was sent."""

    peer: Peer
    ticket: int
    code: str
    device: str
    echoes: bool
    chance: random.Random
    answered: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    request: bytes = b""
    sent_at: float = 0.0
    _phase: Phase = Phase.LOGIN
    _reports: int = 0
    _class: bytes | None = None

    @property
    def session(self) -> str:
        """The number of the present session."""
        return f"{self.device}/{len(self.asked)}"

    @property
    def port(self) -> int:
        """Where its present request goes."""
        return self.peer.auth if self._phase is Phase.LOGIN else self.peer.acct

    def ask(self) -> None:
        """Make the next request of its life."""
        number = self.peer.next_identifier()
        if self._phase is Phase.LOGIN:
            self.request = access_request(number, self.code, self.code, Calling_Station_Id=self.device)
            return
        total = self.asked[self.session] + self.chance.randint(1, 30)
        self.asked[self.session] = total
        self.request = accounting_request(
            number,
            "Stop" if self._reports == REPORTS else "Interim-Update",
            User_Name=self.code,
            Calling_Station_Id=self.device,
            Acct_Session_Id=self.session,
            Acct_Session_Time=total,
            Acct_Output_Octets=total * 1000,
            Class=self._class if self.echoes else None,
        )

    def hear(self, answer: Packet) -> None:
        """Take the answer to its request."""
        self.request = b""
        if self._phase is Phase.LOGIN:
            assert answer.code is Code.ACCESS_ACCEPT, f"{self.device} was refused: {answer.attributes}"
            self._class = answer.first(CLASS)
            self._phase, self._reports = Phase.REPORT, 0
            self.asked[f"{self.device}/{len(self.asked) + 1}"] = 0
            return
        self.answered[self.session] = self.asked[self.session]
        self._reports += 1
        if self._reports > REPORTS:
            self._phase = Phase.LOGIN


@dataclass
class Load:
    """Many guests at once, on one socket each. seed: of their chance."""

    house: House
    auth: int
    acct: int
    tickets: int = 16
    seed: int = 1
    guests: list[Guest] = field(default_factory=list)
    heard: int = 0

    def __post_init__(self) -> None:
        offer = self.house.offer(self.house.access_point(CAFE), max_devices=DEVICES)
        self._selector = selectors.DefaultSelector()
        for ticket, code in self.house.tickets(offer, self.tickets):
            for number in range(DEVICES):
                self._add(ticket, code, f"02-00-00-00-{ticket % 256:02x}-{number:02x}")

    def _add(self, ticket: int, code: str, device: str) -> None:
        peer = Peer(self.auth, self.acct, source=CAFE)
        chance = random.Random(f"{self.seed} {device}")
        guest = Guest(peer, ticket, code, device, echoes=len(self.guests) % 2 == 0, chance=chance)
        self.guests.append(guest)
        self._selector.register(peer.socket, selectors.EVENT_READ, guest)

    def __enter__(self) -> "Load":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._selector.close()
        for guest in self.guests:
            guest.peer.socket.close()

    def run(self, enough: Callable[[], bool], *, asking: bool = True, patience: float = 60.0) -> None:
        """Let all of them ask until it is enough. asking False: only what is under way is repeated, nothing new."""
        deadline = time.monotonic() + patience
        while not enough():
            assert time.monotonic() < deadline, "the guests are not answered"
            self.send(asking=asking)
            self.hear(within=0.01)

    def hear_more(self, answers: int) -> None:
        """Let all of them ask until so many more answers have come."""
        enough = self.heard + answers
        self.run(lambda: self.heard >= enough)

    def send(self, *, asking: bool = True) -> None:
        """Send what is to be sent: new requests, and what nobody has answered for a while."""
        for guest in self.guests:
            if not guest.request and asking:
                guest.ask()
                guest.sent_at = 0.0
            if guest.request and time.monotonic() - guest.sent_at >= REPEAT_AFTER:
                guest.sent_at = time.monotonic()
                guest.peer.send(guest.request, port=guest.port)

    def hear(self, *, within: float) -> int:
        """Hear what has come. Answers how many were heard."""
        heard = 0
        for key, _ in self._selector.select(within):
            guest = key.data
            answer = guest.peer.answer_to(guest.request, within=0) if guest.request else guest.peer.receive(within=0)
            # A second answer to what was asked twice says nothing new.
            if isinstance(answer, Packet):
                guest.hear(answer)
                heard += 1
        self.heard += heard
        return heard

    def hear_all(self) -> None:
        """Once a server has ended: hear what it said before and what still lies in our sockets."""
        while self.hear(within=0):
            pass

    def finish(self) -> None:
        """Repeat what is under way until all of it is answered."""
        self.run(lambda: not any(guest.request for guest in self.guests), asking=False)

    # What the database must say

    def check(self) -> None:
        """Every answered report is in the database, nothing that was not sent, and nothing twice."""
        stored = self._stored()
        for guest in self.guests:
            for session, total in guest.answered.items():
                assert stored[session]["time"] >= total, f"{session}: {total} s were answered"
            for session, total in guest.asked.items():
                assert stored.get(session, {"time": 0})["time"] <= total, f"{session}: only {total} s were ever sent"
        self._check_tickets()

    def check_exactly(self) -> None:
        """What is in the database is what was answered, to the second and the octet."""
        answered = {session: total for guest in self.guests for session, total in guest.answered.items() if total}
        stored = self._stored()
        assert {session: row["time"] for session, row in stored.items() if row["time"]} == answered
        assert {session: row["down"] for session, row in stored.items() if row["time"]} == {
            session: total * 1000 for session, total in answered.items()
        }
        self._check_tickets()

    def _stored(self) -> dict[str, dict[str, Any]]:
        rows = self.house.rows("SELECT * FROM hotspot_session WHERE acct_session_id IS NOT NULL")
        stored = {row["acct_session_id"]: row for row in rows}
        assert len(stored) == len(rows), "a session was opened twice"
        return stored

    def _check_tickets(self) -> None:
        odd = self.house.rows(
            """SELECT t.id, t.used_time, t.used_down, sum(s.charged) AS charged, sum(s.time) AS time,
                sum(s.down) AS down
            FROM hotspot_ticket t JOIN hotspot_session s ON s.ticket_id = t.id
            GROUP BY t.id, t.used_time, t.used_down
            HAVING t.used_time <> sum(s.charged) OR t.used_time <> sum(s.time) OR t.used_down <> sum(s.down)"""
        )
        assert odd == []


def loaded(house: House, server: Server, *, seed: int = 1) -> Load:
    """Guests at a server."""
    return Load(house, server.auth, server.acct, seed=seed)
