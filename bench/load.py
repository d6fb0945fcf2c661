"""The load generator: a process of its own that asks as fast as it is answered, or at a given rate.

All datagrams are written before the clock starts, so that asking costs two system calls. Closed loop: so many requests
in flight, each answer makes room for the next. Open loop: each has its instant, and its latency counts from there, so a
server that stalls is not spared what it made wait. Bounded in count and in time.
"""

import array
import hashlib
import multiprocessing
import select
import socket
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final

from bench.packets import SHARED_SECRET, Kind, login, report
from spotcoffee.protocols.radius import assigned
from spotcoffee.protocols.radius.packet import Code, decode

# Past it a request counts as lost.
TIMEOUT: Final = 3.0
# One answer of so many is verified in full.
SAMPLE: Final = 32
_IDENTIFIERS: Final = 256
_BUFFER: Final = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to ask. tickets: one request for each, in this order. session: a tag; with the ticket, its number.

    rate: requests a second, None for as fast as answers come. classes: ticket to the Class that is echoed.
    """

    kind: Kind
    port: int
    tickets: Sequence[int]
    session: str
    seconds: float
    rate: float | None = None
    window: int = 512
    classes: Mapping[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a plan. latencies: sorted, in microseconds. wrong: answers that nobody with the secret gave.

    asked: the tickets that were answered well. classes: theirs, of logins. cpu: the generator's own, in seconds.
    """

    answered: int
    refused: int
    lost: int
    wrong: int
    seconds: float
    cpu: float
    latencies: Sequence[int]
    tickets: Sequence[int]
    classes: Mapping[int, bytes]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        """The latency that this share of the answers stayed below."""
        if not self.latencies:
            return float("nan")
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)] / 1e3


class Generator(AbstractContextManager["Generator"]):
    """The process. It asks what `ask` brings it, one plan at a time."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    def ask(self, plan: Plan) -> Outcome:
        """Carry a plan out and wait for its outcome. Raises RuntimeError where it was answered wrongly."""
        outcome = self._pool.submit(carry_out, plan).result()
        if outcome.wrong:
            raise RuntimeError(f"{outcome.wrong} answers were not signed with the shared secret")
        return outcome

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


def carry_out(plan: Plan) -> Outcome:
    """Carry a plan out in this process."""
    with _Run(plan) as run:
        run.go()
        return run.outcome()


class _Run(AbstractContextManager["_Run"]):
    """One plan under way. Request n goes out on socket n mod k, under the identifier (n div k) mod 256."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        # Twice what the window needs, so that a lost request does not hold its identifier's next one up.
        self._sockets = [_open(plan.port) for _ in range(max(1, -(-plan.window * 2 // _IDENTIFIERS)))]
        self._datagrams = _written(plan, len(self._sockets))
        self._pending: list[list[int]] = [[-1] * _IDENTIFIERS for _ in self._sockets]
        count = len(self._datagrams)
        self._sent_at = array.array("q", bytes(8 * count))
        self._answered_at = array.array("q", bytes(8 * count))
        self._answers: list[bytes | None] = [None] * count
        self._next = 0
        self._in_flight = 0
        self._began = self._cpu = self._last = 0

    def __exit__(self, *_: object) -> None:
        for opened in self._sockets:
            opened.close()

    def go(self) -> None:
        """Ask, until all is asked or the time is over; then wait for what is still to come."""
        plan, clock = self._plan, time.monotonic_ns
        self._began = began = clock()
        self._cpu = -time.process_time_ns()
        end = began + int(plan.seconds * 1e9)
        while True:
            now = clock()
            asking = now < end and self._next < len(self._datagrams)
            if asking:
                self._send(now)
            if not self._in_flight and not asking:
                break
            if now > end + TIMEOUT * 1e9 or (self._in_flight and now > self._last_sent() + TIMEOUT * 1e9):
                break
            for ready in select.select(self._sockets, (), (), self._pause(asking))[0]:
                self._receive(ready)
        self._cpu += time.process_time_ns()

    def _last_sent(self) -> int:
        return self._sent_at[self._next - 1]

    def _pause(self, asking: bool) -> float:
        """How long nothing needs to be sent."""
        if not asking or self._plan.rate is None or self._in_flight >= self._plan.window:
            return 0.05
        due = self._began + int(self._next * 1e9 / self._plan.rate)
        return max(0, due - time.monotonic_ns()) / 1e9

    def _due(self, now: int) -> int:
        """How many may be sent now."""
        room = min(self._plan.window - self._in_flight, len(self._datagrams) - self._next)
        if self._plan.rate is None:
            return room
        return min(room, int((now - self._began) * 1e-9 * self._plan.rate) + 1 - self._next)

    def _send(self, now: int) -> None:
        sockets, pending, count = self._sockets, self._pending, len(self._sockets)
        number = self._next
        for number in range(self._next, self._next + self._due(now)):
            at, identifier = number % count, number // count % _IDENTIFIERS
            if pending[at][identifier] >= 0:
                if time.monotonic_ns() - self._sent_at[pending[at][identifier]] < TIMEOUT * 1e9:
                    return
                self._in_flight -= 1
            # A full or absent receiver loses it, as a network would.
            with suppress(BlockingIOError, ConnectionRefusedError):
                sockets[at].send(self._datagrams[number])
            pending[at][identifier] = number
            self._sent_at[number] = time.monotonic_ns()
            self._in_flight += 1
            self._next = number + 1

    def _receive(self, ready: socket.socket) -> None:
        pending = self._pending[self._sockets.index(ready)]
        answers, answered_at = self._answers, self._answered_at
        try:
            while True:
                answer = ready.recv(4096)
                number = pending[answer[1]]
                if number >= 0:
                    pending[answer[1]] = -1
                    answers[number] = answer
                    answered_at[number] = time.monotonic_ns()
                    self._in_flight -= 1
        except (BlockingIOError, ConnectionRefusedError):
            return

    def outcome(self) -> Outcome:
        """What came of it."""
        plan, answers = self._plan, self._answers
        answered = [number for number in range(self._next) if answers[number] is not None]
        good = [number for number in answered if (answers[number] or b"\0")[0] != Code.ACCESS_REJECT]
        last = max((self._answered_at[number] for number in answered), default=self._began)
        classes = {}
        if plan.kind is Kind.LOGIN:
            classes = {plan.tickets[n]: _class_of(answers[n] or b"") for n in good}
        return Outcome(
            answered=len(answered),
            refused=len(answered) - len(good),
            lost=self._next - len(answered),
            wrong=sum(not _is_signed(answers[n] or b"", self._datagrams[n]) for n in answered[::SAMPLE]),
            seconds=(last - self._began) / 1e9,
            cpu=self._cpu / 1e9,
            latencies=sorted((self._answered_at[n] - self._since(n)) // 1000 for n in answered),
            tickets=[plan.tickets[number] for number in good],
            classes=classes,
        )

    def _since(self, number: int) -> int:
        rate = self._plan.rate
        return self._sent_at[number] if rate is None else self._began + int(number * 1e9 / rate)


def _open(port: int) -> socket.socket:
    made = socket.socket(type=socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    made.connect(("127.0.0.1", port))
    return made


def _written(plan: Plan, sockets: int) -> list[bytes]:
    datagrams = []
    for number, ticket in enumerate(plan.tickets):
        identifier = number // sockets % _IDENTIFIERS
        session = f"{plan.session}{ticket:08x}"
        if plan.kind is Kind.LOGIN:
            datagrams.append(login(ticket, session, identifier=identifier))
        else:
            named = plan.classes.get(ticket)
            datagrams.append(report(plan.kind, ticket, session, identifier=identifier, class_value=named))
    return datagrams


def _is_signed(answer: bytes, request: bytes) -> bool:
    """Whether a Response Authenticator is right (RFC 2865 3), by hand: our codec does not vouch for itself."""
    signed = answer[:4] + request[4:20] + answer[20:] + SHARED_SECRET.raw
    return hashlib.md5(signed, usedforsecurity=False).digest() == answer[4:20]


def _class_of(accept: bytes) -> bytes:
    return decode(accept).first(assigned.CLASS) or b""
