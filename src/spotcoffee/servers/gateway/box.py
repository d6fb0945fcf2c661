"""The brain of the gateway: who is let in, for how long, and when he must go.

Order matters. A guest is on the disk before the kernel lets him through, so that a crash between the two costs him
nothing; and shut out before his Stop is on the disk, so that nobody passes uncounted.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

import structlog

from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.packet import Code
from spotcoffee.servers.gateway import packets
from spotcoffee.servers.gateway.client import RadiusClient
from spotcoffee.servers.gateway.enforcement import Address, Alert, Device, Enforcement, Fault, Network
from spotcoffee.servers.gateway.errors import EnforcementError
from spotcoffee.servers.gateway.island import Courier
from spotcoffee.servers.gateway.memory import Due, Memory
from spotcoffee.servers.gateway.packets import Claim, Identity, Report
from spotcoffee.servers.gateway.sessions import End, Session, changed

# Seconds between two looks at what guests did and at what is in the kernel.
BEAT: Final = 1.0
# Seconds between two writings of the figures: what a power cut costs the house, not the guest.
SAVE_EVERY: Final = 20.0
# Seconds that the box may have been off for a guest to go on without a new login.
LONGEST_ABSENCE: Final = 900.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Clocks:
    """monotonic: seconds that never step back. wall: seconds since 1970. boot: changes when the machine starts anew."""

    monotonic: Callable[[], float]
    wall: Callable[[], float]
    boot: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """He is on."""

    session: Session


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no. reply: its words; reason: in UAM's."""

    reply: str = ""


class Trouble(Enum):
    """Why nobody could decide."""

    # No server answers.
    AWAY = "away"
    # Another login of this device is being decided.
    BUSY = "busy"
    # The kernel refused; it has been logged.
    BROKEN = "broken"


Outcome: TypeAlias = Admitted | Refused | Trouble


@dataclass(slots=True, eq=False)
class Box:
    """All guests of one gateway. Runs on the event loop alone."""

    enforcement: Enforcement
    client: RadiusClient
    courier: Courier
    memory: Memory
    identity: Identity
    clocks: Clocks
    guests: dict[Device, Session] = field(default_factory=dict)
    _logging_in: set[Device] = field(default_factory=set)
    _saved_at: float = 0.0
    # Gone, and not on the disk yet: it is full, say.
    _ended: list[tuple[Session, Due]] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    # --- start and end

    def resume(self, network: Network) -> None:
        """Take over the guests' interface, with those who were on when the gateway ended. Raises EnforcementError."""
        now = self.clocks.monotonic()
        kept = self.memory.guests(now=now)
        absence = self._absence()
        goes_on: list[Session] = []
        over: list[tuple[Session, End]] = []
        for session in kept:
            if self.memory.note("boot") == self.clocks.boot and not self.memory.note("closed"):
                # The kernel went on without us.
                session.served += absence
            else:
                session.unserved += absence
            end = End.REBOOT if absence > LONGEST_ABSENCE else session.ending(now)
            if end is None:
                goes_on.append(session)
            else:
                over.append((session, end))
        self.guests = {session.device: session for session in goes_on}
        self.enforcement.install(network, [session.guest(now) for session in self.guests.values()])
        self._observe(now)
        for session, end in over:
            self._report_end(session, end, now)
        if not kept:
            self._keep(Report.ON, "", packets.restart(self.identity, Report.ON))
        self._save(now)
        log.info("guests_resumed", count=len(self.guests), ended=len(over))

    def _absence(self) -> float:
        saved_at = self.memory.note("saved_at")
        return max(0.0, self.clocks.wall() - float(saved_at)) if saved_at else 0.0

    async def close(self) -> None:
        """Tell the server how things stand, and put the machine's network back. Guests go on after the next start."""
        now = self.clocks.monotonic()
        try:
            self._observe(now)
        finally:
            self.enforcement.close(leave_closed=False)
        for session in self.guests.values():
            session.settle(now)
        self._save(now, reported=True)
        if not self.guests:
            self._keep(Report.OFF, "", packets.restart(self.identity, Report.OFF))
        self.memory.close_at(wall=self.clocks.wall())
        await self.courier.deliver_all(within=3.0)

    # --- what guests ask

    async def log_in(self, claim: Claim) -> Outcome:
        """Ask the server about a guest, and let him through if it says so."""
        if claim.device in self.guests:
            return Admitted(self.guests[claim.device])
        if claim.device in self._logging_in:
            return Trouble.BUSY
        self._logging_in.add(claim.device)
        try:
            return await self._log_in(claim)
        finally:
            self._logging_in.discard(claim.device)

    async def _log_in(self, claim: Claim) -> Outcome:
        attributes = packets.access_request(self.identity, claim)
        password = claim.password if claim.chap_password is None else None
        answer = await self.client.log_in(attributes, password=password)
        if answer is None:
            return Trouble.AWAY
        if answer.code is not Code.ACCESS_ACCEPT:
            return Refused(answer.text(assigned.REPLY_MESSAGE) or "")
        now = self.clocks.monotonic()
        session = Session(
            session_id=claim.session_id,
            device=claim.device,
            address=claim.address,
            login=claim.login,
            classes=tuple(answer.all(assigned.CLASS)),
            limits=packets.limits_of(answer),
            others=self.enforcement.addresses_of(claim.device),
            started_at=self.clocks.wall(),
            since=now,
            seen=now,
            reported=now,
        )
        return self._admit(session, now)

    def _admit(self, session: Session, now: float) -> Outcome:
        start = self._due(Report.START, session.session_id, packets.start(self.identity, session))
        try:
            self.memory.begin(session, start)
        except sqlite3.Error:
            # Without a place in memory a restart would forget him, or what he owes.
            log.exception("guest_not_remembered")
            return Trouble.BROKEN
        self.guests[session.device] = session
        try:
            self.enforcement.admit(session.guest(now))
        except EnforcementError:
            log.exception("admission_failed")
            self._end(session, End.DISCONNECTED, now)
            return Trouble.BROKEN
        self.courier.ring()
        self._woken.set()
        log.info("guest_admitted", session=session.session_id, device=session.device)
        return Admitted(session)

    def log_off(self, device: Device) -> bool:
        """A guest wants to go; whether he was on."""
        return self.end(device, End.USER)

    # --- what the server orders

    def end(self, device: Device, end: End) -> bool:
        """End a session; whether there was one."""
        session = self.guests.get(device)
        if session is None:
            return False
        self._end(session, end, self.clocks.monotonic())
        return True

    def change(self, device: Device, change: dict[str, int]) -> bool:
        """Give a session other limits; whether there is one. Raises EnforcementError, and nothing has changed."""
        session = self.guests.get(device)
        if session is None:
            return False
        now = self.clocks.monotonic()
        self._observe(now)
        before, session.limits = session.limits, changed(session.limits, change)
        try:
            self.enforcement.change(session.guest(now))
        except EnforcementError:
            session.limits = before
            raise
        session.settle(now)
        try:
            self.memory.begin(session)
        except sqlite3.Error:
            log.exception("change_not_remembered")
        self._woken.set()
        return True

    # --- what time brings

    async def run(self) -> None:
        """Look after the guests and the kernel for ever."""
        while True:
            now = self.clocks.monotonic()
            try:
                self.beat(now)
            except (EnforcementError, sqlite3.Error):
                # The kernel is closed by then, or as it was, and cuts at limits by itself; the next beat tries again.
                log.exception("beat_failed")
            waits = [wait for session in self.guests.values() if (wait := session.next_end(now)) is not None]
            wait = min([BEAT, *(max(0.01, wait) for wait in waits)])
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), wait)
            except TimeoutError:
                continue

    def beat(self, now: float) -> None:
        """Do what is due."""
        self._mend()
        self._observe(now)
        for session in list(self.guests.values()):
            end = session.ending(now)
            if end is not None:
                self._end(session, end, now)
        self._write_ends()
        due = [session for session in self.guests.values() if session.is_interim_due(now)]
        if due or now - self._saved_at >= SAVE_EVERY:
            self._save(now, due)
        for alert in self.enforcement.alerts():
            _log_alert(alert)

    def _mend(self) -> None:
        missing = self.enforcement.verify()
        if not missing:
            return
        now = self.clocks.monotonic()
        if Fault.RULES not in missing:
            self._observe(now)
        self.enforcement.rebuild(session.guest(now) for session in list(self.guests.values()))
        log.error("kernel_mended", missing=[fault.value for fault in missing], guests=len(self.guests))

    def _observe(self, now: float) -> None:
        for device, traffic in self.enforcement.traffic(now).items():
            session = self.guests.get(device)
            if session is not None:
                session.observe(traffic)

    def _end(self, session: Session, end: End, now: float) -> None:
        moved = self.enforcement.expel(session.device)
        if moved is not None:
            session.observe(moved)
        self.guests.pop(session.device, None)
        self._report_end(session, end, now)

    def _report_end(self, session: Session, end: End, now: float) -> None:
        session.end(end, now)
        stop = packets.stop(self.identity, session, end, now=session.since)
        self._ended.append((session, self._due(Report.STOP, session.session_id, stop)))
        log.info("guest_ended", session=session.session_id, device=session.device, end=end.value)
        try:
            self._write_ends()
        except sqlite3.Error:
            log.exception("end_not_written")

    def _write_ends(self) -> None:
        """Put the Stops of those who are gone on the disk. Raises sqlite3.Error; each beat tries again."""
        while self._ended:
            self.memory.end(*self._ended[0])
            del self._ended[0]
            self.courier.ring()

    def _save(self, now: float, due: list[Session] | None = None, *, reported: bool = False) -> None:
        """Write the figures down. due: who is reported too; reported: everybody is."""
        sessions = list(self.guests.values())
        for session in sessions:
            session.settle(now)
        reports = []
        for session in sessions if reported else due or []:
            said = packets.interim(self.identity, session, now=now)
            reports.append(self._due(Report.INTERIM, session.session_id, said))
            session.reported = now
        self.memory.save(sessions, reports, wall=self.clocks.wall(), boot=self.clocks.boot)
        self._saved_at = now
        if reports:
            self.courier.ring()

    def _keep(self, kind: Report, session_id: str, attributes: packets.Said) -> None:
        self.memory.keep(self._due(kind, session_id, attributes))
        self.courier.ring()

    def _due(self, kind: Report, session_id: str, attributes: packets.Said) -> Due:
        return Due(session_id, kind, self.clocks.wall(), attributes)

    # --- what others ask

    def session_at(self, address: Address) -> Session | None:
        """The session of who has an address of the guests' networks now."""
        device = self.enforcement.device_at(address)
        return None if device is None else self.guests.get(device)


def new_session_id() -> str:
    """A session number that no other session ever had: 16 hexadecimal digits."""
    return secrets.token_hex(8)


def _log_alert(alert: Alert) -> None:
    log.warning(
        "stranger",
        kind=alert.kind.value,
        device=alert.device,
        address=None if alert.address is None else str(alert.address),
        port=alert.port or None,
    )
