"""The legal log: which guest had which public address and port, from when to when. Off unless the settings say so.

A file for each day (UTC), closed to others, kept for as long as the settings say. It names a session by its number, of
which the server knows the ticket; never a code, and where to only under the decree.
"""

import asyncio
import csv
import gzip
import os
import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import IO, Final

import structlog

from spotcoffee.protocols.nftables.conntrack import Change
from spotcoffee.servers.gateway.conntrack import Translation, Translations
from spotcoffee.servers.gateway.enforcement import Address, Device
from spotcoffee.servers.gateway.sessions import Session

COLUMNS: Final = (
    "at", "change", "protocol", "address", "port", "guest_address", "guest_port", "session", "device", "destination",
    "destination_port",
)  # fmt: skip
LOST: Final = "lost"
# Seconds between two writings.
BEAT: Final = 1.0
_REMEMBERED: Final = 20_000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who had an address and port. ended_at: None: not known, or not yet."""

    session_id: str
    device: Device
    guest_address: Address
    guest_port: int
    protocol: int
    began_at: datetime
    ended_at: datetime | None


class Book:
    """The files. keep_days: after which one is deleted."""

    def __init__(self, folder: Path, *, keep_days: int) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._keep_days = keep_days
        self._day: date | None = None
        self._file: IO[str] | None = None

    def write(self, rows: list[tuple[object, ...]], *, now: datetime) -> bool:
        """Add lines, of the columns after the first; whether a new day began."""
        turned = now.date() != self._day
        if turned:
            self.close()
            self._day = now.date()
            self._file = self._opened(self._folder / f"{self._day}.csv")
        if self._file is not None and rows:
            at = now.isoformat(timespec="milliseconds")
            csv.writer(self._file, lineterminator="\n").writerows((at, *row) for row in rows)
            self._file.flush()
        return turned

    def close(self) -> None:
        """What was written is on the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def tidy(self, *, today: date) -> None:
        """Pack the days that are over, and delete those that were kept long enough."""
        for path in sorted(self._folder.glob("*.csv*")):
            day = _day_of(path)
            if day is None:
                continue
            if day < today - timedelta(days=self._keep_days):
                path.unlink(missing_ok=True)
                log.info("legal_log_deleted", day=str(day))
            elif day < today and path.suffix == ".csv":
                _pack(path)

    def _opened(self, path: Path) -> IO[str]:
        is_new = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        opened = os.fdopen(handle, "a", newline="")
        if is_new:
            csv.writer(opened, lineterminator="\n").writerow(COLUMNS)
        return opened


def find(folder: Path, *, address: Address, port: int, at: datetime) -> list[Found]:
    """Who had a public address and port at an instant: at most one for each protocol."""
    begun: dict[int, Found] = {}
    ends: list[tuple[int, datetime]] = []
    for path in sorted(folder.glob("*.csv*"), key=lambda path: path.name, reverse=True):
        day = _day_of(path)
        if day is None or day > at.date():
            continue
        for row in _rows(path):
            if row["port"] != str(port) or row["address"] != str(address):
                continue
            protocol, when = int(row["protocol"]), datetime.fromisoformat(row["at"])
            if row["change"] == Change.ENDED:
                ends.append((protocol, when))
            elif when <= at:
                begun[protocol] = _found(row, when)
        # A flow may have begun days before.
        if begun:
            break
    ended = [_with_end(found, ends) for found in begun.values()]
    return [found for found in ended if found.ended_at is None or found.ended_at >= at]


def note_search(path: Path, asked: Iterable[object], *, now: datetime) -> None:
    """Write down who looked for what; on the disk when the call returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerow((now.isoformat(timespec="seconds"), *asked))
        opened.flush()
        os.fsync(opened.fileno())


def _found(row: Mapping[str, str], when: datetime) -> Found:
    return Found(
        session_id=row["session"],
        device=row["device"],
        guest_address=ip_address(row["guest_address"]),
        guest_port=int(row["guest_port"]),
        protocol=int(row["protocol"]),
        began_at=when,
        ended_at=None,
    )


def _with_end(found: Found, ends: Iterable[tuple[int, datetime]]) -> Found:
    own = (when for protocol, when in ends if protocol == found.protocol and when >= found.began_at)
    return replace(found, ended_at=min(own, default=None))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as opened:
        for row in csv.DictReader(opened):
            # A power cut may have left half a line.
            if row.get("destination_port") is not None and row["change"] != LOST:
                yield row


def _day_of(path: Path) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(path.name.partition(".")[0])
    return None


def _pack(path: Path) -> None:
    packed = path.with_name(path.name + ".gz")
    draft = path.with_name(path.name + ".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as raw:
        with gzip.GzipFile("", "wb", fileobj=raw) as writer, path.open("rb") as reader:
            shutil.copyfileobj(reader, writer)
        raw.flush()
        os.fsync(raw.fileno())
    draft.replace(packed)
    path.unlink()


@dataclass(slots=True, eq=False)
class LegalLog:
    """Writes down what the kernel tells. session_of: of the guest who has an address now; wall: the clock."""

    translations: Translations
    book: Book
    session_of: Callable[[Address], Session | None]
    wall: Callable[[], float]
    _known: OrderedDict[Address, tuple[str, Device]] = field(default_factory=OrderedDict)
    _lost: int = 0

    async def run(self) -> None:
        """Write until cancelled."""
        try:
            while True:
                if self.write():
                    await asyncio.to_thread(self.book.tidy, today=datetime.fromtimestamp(self.wall(), UTC).date())
                await asyncio.sleep(BEAT)
        finally:
            self.write()
            self.book.close()
            self.translations.close()

    def write(self) -> bool:
        """Write what has come; whether a new day began."""
        rows = [self._row(translation) for translation in self.translations.read()]
        if self.translations.lost != self._lost:
            self._lost = self.translations.lost
            log.error("legal_log_incomplete", lost=self._lost)
            rows.append((LOST, *[""] * 9))
        return self.book.write(rows, now=datetime.fromtimestamp(self.wall(), UTC))

    def _row(self, translation: Translation) -> tuple[object, ...]:
        session_id, device = self._who(translation.guest.address)
        to = translation.destination
        return (
            translation.change.value,
            translation.protocol,
            translation.translated.address,
            translation.translated.port,
            translation.guest.address,
            translation.guest.port,
            session_id,
            device,
            "" if to is None else to.address,
            "" if to is None else to.port,
        )

    def _who(self, address: Address) -> tuple[str, Device]:
        """Whose address it is, or was: flows end a little after their session."""
        session = self.session_of(address)
        if session is not None:
            self._known[address] = (session.session_id, session.device)
            self._known.move_to_end(address)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known.get(address, ("", ""))
