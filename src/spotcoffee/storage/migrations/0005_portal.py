"""The guest's portal: its look and texts, what was accepted there, devices that gave way, and whom it trusts."""

import django.db.models.deletion
from django.db import migrations, models

import spotcoffee.storage.instants


class Migration(migrations.Migration):
    """Three new tables, two new columns."""

    dependencies = [
        ("hotspot", "0004_handout_options"),
    ]

    operations = [
        migrations.CreateModel(
            name="PortalAcceptance",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("organisation_id", models.BigIntegerField()),
                ("access_point_id", models.BigIntegerField()),
                ("at", spotcoffee.storage.instants.InstantField(db_index=True)),
                ("device", models.CharField(max_length=253)),
                ("address", models.CharField(max_length=64)),
                ("ticket_id", models.BigIntegerField()),
                ("language", models.CharField(max_length=8)),
                ("digest", models.CharField(max_length=64)),
            ],
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="portal_hosts",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="portal_secret_sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.CreateModel(
            name="DeviceReplacement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("ticket_id", models.BigIntegerField()),
                ("at", spotcoffee.storage.instants.InstantField()),
            ],
            options={
                "indexes": [models.Index(fields=["ticket_id", "at"], name="replacement_of_ticket")],
            },
        ),
        migrations.CreateModel(
            name="PortalLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, default="", max_length=80)),
                ("network", models.CharField(blank=True, default="", max_length=32)),
                ("logo", models.BinaryField(null=True)),
                ("logo_digest", models.CharField(blank=True, default="", max_length=32)),
                ("accent", models.CharField(blank=True, default="", max_length=7)),
                ("page", models.CharField(blank=True, default="", max_length=7)),
                ("welcome", models.JSONField(default=dict)),
                ("conditions", models.JSONField(default=dict)),
                ("must_accept", models.BooleanField(default=False)),
                ("changed_at", spotcoffee.storage.instants.InstantField()),
                (
                    "access_point",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="portal_look",
                        to="hotspot.accesspoint",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="portal_looks",
                        to="hotspot.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("access_point__isnull", True)),
                        fields=("organisation",),
                        name="portal_look_of_all",
                    )
                ],
            },
        ),
    ]
