"""Equipment without RADIUS: its controller, and the devices that the server itself lets in there."""

from django.db import migrations, models

import spotcoffee.storage.instants


class Migration(migrations.Migration):
    """One new table, nine new columns."""

    dependencies = [
        ("hotspot", "0005_portal"),
    ]

    operations = [
        migrations.AddField(
            model_name="accesspoint",
            name="authmon_seen_at",
            field=spotcoffee.storage.instants.InstantField(null=True),
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="controller_fault",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="controller_fingerprint",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="controller_id",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="controller_secret_sealed",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="controller_seen_at",
            field=spotcoffee.storage.instants.InstantField(null=True),
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="controller_site",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="controller_url",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="accesspoint",
            name="controller_user",
            field=models.CharField(blank=True, default="", max_length=128),
        ),
        migrations.CreateModel(
            name="Admission",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("organisation_id", models.BigIntegerField()),
                ("access_point_id", models.BigIntegerField()),
                ("session_id", models.BigIntegerField(unique=True)),
                ("device", models.CharField(max_length=253)),
                ("reference", models.CharField(max_length=64)),
                ("fields", models.JSONField(default=dict)),
                ("limits", models.JSONField(default=dict)),
                ("made_at", spotcoffee.storage.instants.InstantField()),
                ("next_try_at", spotcoffee.storage.instants.InstantField()),
                ("tries", models.IntegerField(default=0)),
                ("fault", models.CharField(blank=True, default="", max_length=32)),
                ("taken_at", spotcoffee.storage.instants.InstantField(null=True)),
                ("ended_at", spotcoffee.storage.instants.InstantField(null=True)),
                ("down", models.BigIntegerField(default=0)),
                ("up", models.BigIntegerField(default=0)),
                ("raw_down", models.BigIntegerField(null=True)),
                ("raw_up", models.BigIntegerField(null=True)),
                ("moved_at", spotcoffee.storage.instants.InstantField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["access_point_id", "reference"],
                        name="admission_open",
                    )
                ],
            },
        ),
    ]
