"""Bringing the database up to date: what is pending, a copy before it is touched, then the migrations."""

from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from spotcoffee.project.environment import Settings
from spotcoffee.storage.copies import copy_sqlite


def pending() -> list[str]:
    """The migrations that this database still lacks, in order. Raises DatabaseError when it is away."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def upgrade(settings: Settings, *, now: datetime) -> Path | None:
    """Migrate. Answers the copy of the embedded database made before, None if there was nothing to lose."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not pending():
        return None
    copy = _copy(settings, now=now)
    call_command("migrate", verbosity=0, interactive=False)
    return copy


def _copy(settings: Settings, *, now: datetime) -> Path | None:
    path = settings.database_path
    # PostgreSQL has backups of its own; an empty file is a first start.
    if path is None or not path.exists() or not connection.introspection.table_names():
        return None
    folder = settings.data / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    copy = folder / f"before-upgrade-{now:%Y%m%dT%H%M%SZ}.sqlite3"
    copy_sqlite(path, copy)
    return copy
