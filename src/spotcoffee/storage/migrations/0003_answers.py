"""Answers of requests with an Idempotency-Key, and an index to the audit entries of one thing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import spotcoffee.storage.instants


class Migration(migrations.Migration):
    """A new table and an index."""

    dependencies = [
        ("hotspot", "0002_numbers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=255)),
                ("digest", models.CharField(max_length=64)),
                ("status", models.SmallIntegerField(null=True)),
                ("body_sealed", models.BinaryField(null=True)),
                ("batch_id", models.BigIntegerField(null=True)),
                ("created_at", spotcoffee.storage.instants.InstantField(db_index=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["organisation", "noun", "noun_id"], name="audit_of_thing"),
        ),
        migrations.AddField(
            model_name="answer",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="hotspot.organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(fields=("account", "key"), name="answer_once"),
        ),
    ]
