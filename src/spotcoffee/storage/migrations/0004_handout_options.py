"""How a hand-out was printed, and which tickets it took, even when it was undone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A new column and a new table."""

    dependencies = [
        ("hotspot", "0004_team"),
    ]

    operations = [
        migrations.AddField(
            model_name="handout",
            name="options",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="HandoutSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list_id", models.BigIntegerField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                (
                    "handout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="spans", to="hotspot.handout"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["list_id", "first"], name="handout_span_of_list")],
            },
        ),
    ]
