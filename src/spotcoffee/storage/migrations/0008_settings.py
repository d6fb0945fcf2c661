"""Invitations, logos, backups that were made; who is bound to his access points even when none is left."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import spotcoffee.storage.instants


def bind(apps: Any, _editor: Any) -> None:
    """Whoever has access points of his own is bound to them."""
    apps.get_model("hotspot", "StaffAccount").objects.filter(access_points__isnull=False).update(bound=True)


class Migration(migrations.Migration):
    """Three new tables, one new column."""

    dependencies = [
        ("hotspot", "0006_controllers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Backup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", spotcoffee.storage.instants.InstantField()),
                ("by", models.CharField(max_length=254)),
                ("size", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="staffaccount",
            name="bound",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(bind, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("by", models.CharField(max_length=254)),
                ("made_at", spotcoffee.storage.instants.InstantField()),
                ("until", spotcoffee.storage.instants.InstantField()),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrganisationLogo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("octets", models.BinaryField()),
                ("digest", models.CharField(max_length=16)),
                ("changed_at", spotcoffee.storage.instants.InstantField()),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="logo",
                        to="hotspot.organisation",
                    ),
                ),
            ],
        ),
    ]
