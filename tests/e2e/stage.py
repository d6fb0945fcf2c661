"""One worked example on the running server: its access points, offer and ticket; what is played, what came of it."""

from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.e2e.house import Clock, House, Server, until
from tests.radius_peer import Peer

from spotcoffee.protocols.radius.assigned import CLASS, REPLY_MESSAGE, SESSION_TIMEOUT
from spotcoffee.protocols.radius.dictionary import Value
from spotcoffee.protocols.radius.packet import Code, Packet

PARIS: Final = ZoneInfo("Europe/Paris")
PHONE: Final = "02-00-00-00-00-01"
LAPTOP: Final = "02-00-00-00-00-02"


def paris(clock: str, day: str = "2026-07-15", *, fold: int = 0) -> datetime:
    """An instant by the clock on the wall in Paris; fold 1: the second of two."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=PARIS, fold=fold)


@dataclass(frozen=True)
class Accepted:
    """An Access-Accept."""

    session_timeout: int | None


@dataclass(frozen=True)
class Rejected:
    """An Access-Reject: what the log knows, what the guest reads."""

    reason: str
    message: str


@dataclass
class Stage:
    """The players of one row. number: tells its addresses from those of other rows."""

    house: House
    server: Server
    clock: Clock
    number: int
    _points: dict[str, int] = field(default_factory=dict)
    _peers: dict[str, Peer] = field(default_factory=dict)
    _classes: dict[tuple[str, str], bytes] = field(default_factory=dict)
    _ticket: tuple[int, str] = (0, "")

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for peer in self._peers.values():
            peer.socket.close()

    # What there is

    def address(self, name: str = "A") -> str:
        """Where an access point sends from."""
        return f"127.0.{self.number}.{ord(name)}"

    def access_point(self, name: str, **columns: Any) -> None:
        """An access point, known to the running server when this returns."""
        self._points[name] = self.house.access_point(self.address(name), **columns)
        self._peers[name] = self.server.peer(self.address(name))
        self._peers[name].status(self.server.auth, repeat_after=0.02)

    def sells(self, *, on: str = "A", **terms: Any) -> None:
        """The offer, on these of its access points (letters); one that is not there yet is made."""
        for name in on:
            if name not in self._points:
                self.access_point(name)
        self._offer = self.house.offer(*(self._points[name] for name in on), **terms)
        self.holds()

    def holds(self, **columns: Any) -> None:
        """The guest's ticket; a virgin one unless columns say otherwise."""
        self._ticket = self.house.ticket(self._offer, **columns)

    def changes(self, *, at: datetime, **values: Any) -> None:
        """Staff save the offer with other values."""
        self.clock.set(at)
        self.house.seed("change_offer", offer=self._offer, now=at, values=values)

    # What happens

    def log_in(self, device: str = PHONE, *, at: datetime, on: str = "A") -> Accepted | Rejected:
        """The guest types the code."""
        self.clock.set(at)
        answer = self._peers[on].log_in(self._ticket[1], self._ticket[1], Calling_Station_Id=device)
        if answer.code is Code.ACCESS_ACCEPT:
            self._classes[device, on] = answer.first(CLASS) or b""
            assert self._reason() == ""
            return Accepted(answer.integer(SESSION_TIMEOUT))
        assert answer.code is Code.ACCESS_REJECT
        return Rejected(self._reason(), answer.text(REPLY_MESSAGE) or "")

    def _reason(self) -> str:
        attempt = self.house.row(
            "SELECT reason FROM hotspot_attempt WHERE ticket_id = ? ORDER BY id DESC LIMIT 1", self._ticket[0]
        )
        return str(attempt["reason"])

    def report(
        self,
        status: str,
        seconds: int | None = None,
        *,
        at: datetime,
        device: str = PHONE,
        on: str = "A",
        echo: bool = True,
        **named: Value | None,
    ) -> Packet:
        """The equipment reports. echo: the Class of the Accept comes back."""
        self.clock.set(at)
        return self._peers[on].report(
            status,
            User_Name=self._ticket[1],
            Calling_Station_Id=device,
            Acct_Session_Id=f"session of {device[-2:]}",
            Acct_Session_Time=seconds,
            Class=self._classes.get((device, on)) if echo else None,
            **named,
        )

    # What came of it

    @property
    def ticket(self) -> dict[str, Any]:
        """The ticket's row."""
        return self.house.row("SELECT * FROM hotspot_ticket WHERE id = ?", self._ticket[0])

    @property
    def used_time(self) -> int:
        """U, the seconds that the ticket has used."""
        return int(self.ticket["used_time"])

    @property
    def orders(self) -> list[tuple[str, str, str]]:
        """The orders for this ticket: kind, reason, state."""
        rows = self.house.rows(
            "SELECT kind, reason, state FROM hotspot_order WHERE ticket_id = ? ORDER BY id", self._ticket[0]
        )
        return [(row["kind"], row["reason"], row["state"]) for row in rows]

    def flags(self, name: str = "A") -> list[str]:
        """What the pages show as odd about an access point."""
        rows = self.house.rows(
            "SELECT code FROM hotspot_accesspointfault WHERE access_point_id = ? ORDER BY code", self._points[name]
        )
        return [row["code"] for row in rows]

    def becomes_flagged(self, code: str) -> None:
        """Wait until an access point is shown as odd: notes are written once a second."""
        until(lambda: self.flags() == [code], f"the flag {code}")
