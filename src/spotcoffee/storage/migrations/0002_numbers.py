"""The sequence of session numbers, and the one row of the directory's version."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def make(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite needs no sequence: one writer at a time takes the highest number."""
    apps.get_model("hotspot", "DirectoryVersion").objects.create(id=1, number=1)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE SEQUENCE hotspot_session_number CACHE 1")


def unmake(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The way back."""
    apps.get_model("hotspot", "DirectoryVersion").objects.all().delete()
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE hotspot_session_number")


class Migration(migrations.Migration):
    """After the tables."""

    dependencies = [("hotspot", "0001_start")]
    operations = [migrations.RunPython(make, unmake)]
