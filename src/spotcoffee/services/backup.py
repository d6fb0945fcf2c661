"""Backups: one file with the whole database, made while everything runs; and back, checked before anything is replaced.

The keys are not in it: a backup alone opens no code and no secret. It carries a proof of the keys, so that a restore
without them is refused instead of leaving a database that nobody can read.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from spotcoffee import __version__
from spotcoffee.services import processes
from spotcoffee.services.errors import ServiceError
from spotcoffee.storage import dumps
from spotcoffee.storage.keys import KeyRing, SealBroken

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_DATABASE: Final = "database"
_LONGEST_MANIFEST: Final = 1 << 20
_KNOWN: Final = "spotcoffee"
_PIECE: Final = 1 << 20


class BackupRefused(ServiceError):
    """The backup can't be made, or can't be restored. Nothing was replaced."""

    code = "backup_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself. migrations: those that its database has. keys: what only the right ring makes."""

    format: int
    version: str
    database: str
    made_at: str
    migrations: list[str]
    keys: dict[str, str]
    size: int
    sha256: str


def back_up(target: Path, *, keys: KeyRing, now: datetime) -> Manifest:
    """Write a backup, mode 0600. It is there when it is whole. Raises BackupRefused, OSError."""
    with _draft(target) as draft, _draft(target.with_name(target.name + ".tar")) as archive:
        try:
            dumps.dump(draft)
        except dumps.DumpFailed as failed:
            raise BackupRefused("dump_failed", said=failed.said) from failed
        manifest = Manifest(
            format=FORMAT,
            version=__version__,
            database=connection.vendor,
            made_at=now.isoformat(),
            migrations=_applied(),
            keys=_proof(keys),
            size=draft.stat().st_size,
            sha256=_digest(draft),
        )
        _pack(archive, manifest, draft)
        archive.replace(target)
    return manifest


def restore(source: Path, *, keys: KeyRing, safety: Path, now: datetime) -> Manifest:
    """Put a backup in the place of the database, which is backed up to `safety` before. Raises BackupRefused, OSError.

    Refused while processes run, without the keys, for a damaged file, for another kind of database or a newer release.
    """
    with _opened(source) as archive, _draft(safety.with_name("restore")) as draft:
        manifest = _read_manifest(archive)
        _check(manifest, keys)
        _extract(archive, manifest, draft)
        try:
            dumps.check(draft)
            if _has_tables():
                _refuse_running(now)
                back_up(safety, keys=keys, now=now)
            dumps.replace(draft)
        except dumps.DumpFailed as failed:
            raise BackupRefused("restore_failed", said=failed.said) from failed
    return manifest


def _pack(archive: Path, manifest: Manifest, database: Path) -> None:
    with archive.open("wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            described = archive.with_name(archive.name + ".json")
            described.write_text(json.dumps(asdict(manifest), indent=2))
            try:
                tar.add(described, _MANIFEST, filter=_nameless)
            finally:
                described.unlink()
            tar.add(database, _DATABASE, filter=_nameless)
        file.flush()
        os.fsync(file.fileno())


def _nameless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        archive = tarfile.open(source, mode="r:")  # noqa: SIM115 - closed below
    except tarfile.TarError as unreadable:
        raise BackupRefused("not_a_backup", file=source) from unreadable
    with archive:
        try:
            yield archive
        except tarfile.TarError as damaged:
            raise BackupRefused("damaged", file=source) from damaged


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    # By name and as a plain file: whatever else an archive holds is not looked at.
    member = next((member for member in archive if member.name == name and member.isreg()), None)
    file = None if member is None else archive.extractfile(member)
    if file is None:
        raise BackupRefused("not_a_backup")
    return file


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    text = _member(archive, _MANIFEST).read(_LONGEST_MANIFEST)
    try:
        said = json.loads(text)
        manifest = Manifest(**{field.name: said[field.name] for field in fields(Manifest)})
    except (ValueError, KeyError, TypeError, RecursionError) as unreadable:
        raise BackupRefused("not_a_backup") from unreadable
    kinds: Mapping[str, type] = {"size": int, "sha256": str, "migrations": list, "keys": dict}
    if not all(isinstance(getattr(manifest, name), kind) for name, kind in kinds.items()):
        raise BackupRefused("not_a_backup")
    return manifest


def _check(manifest: Manifest, keys: KeyRing) -> None:
    if manifest.format != FORMAT:
        raise BackupRefused("unknown_format", format=manifest.format)
    if manifest.database != connection.vendor:
        raise BackupRefused("other_kind_of_database", backup=manifest.database, here=connection.vendor)
    unknown = set(map(str, manifest.migrations)) - _known()
    if unknown:
        raise BackupRefused("made_by_a_newer_release", release=manifest.version)
    if not _fits(keys, manifest.keys):
        raise BackupRefused("other_keys")


def _proof(keys: KeyRing) -> dict[str, str]:
    return {
        "sealed": keys.seal(_KNOWN).hex(),
        "lookup": str(keys.login_key(0, _KNOWN)),
        "class": keys.class_of(0).hex(),
    }


def _fits(keys: KeyRing, proof: Mapping[str, Any]) -> bool:
    try:
        opened = keys.unseal(bytes.fromhex(str(proof.get("sealed"))))
    except (SealBroken, ValueError):
        return False
    own = _proof(keys)
    return opened == _KNOWN and all(proof.get(name) == own[name] for name in ("lookup", "class"))


def _extract(archive: tarfile.TarFile, manifest: Manifest, draft: Path) -> None:
    file, digest, size = _member(archive, _DATABASE), hashlib.sha256(), 0
    with draft.open("wb") as copy:
        while piece := file.read(_PIECE):
            digest.update(piece)
            copy.write(piece)
            size += len(piece)
        copy.flush()
        os.fsync(copy.fileno())
    if size != manifest.size or digest.hexdigest() != manifest.sha256:
        raise BackupRefused("damaged")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """A file beside the target, closed to others, gone afterwards unless it took the target's place."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _applied() -> list[str]:
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())


def _known() -> set[str]:
    return {".".join(key) for key in MigrationLoader(None).disk_migrations or {}}


def _has_tables() -> bool:
    try:
        return bool(connection.introspection.table_names())
    except DatabaseError:
        return False


def _refuse_running(now: datetime) -> None:
    alive = sorted({process.kind for process in processes.overview(now=now) if process.alive})
    if alive:
        raise BackupRefused("processes_running", processes=", ".join(alive))
