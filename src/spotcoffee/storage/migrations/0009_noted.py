"""An index of the tickets that have a note: looked through by whoever finds a guest by his room."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Few tickets have one, so that it costs nothing where tickets are made."""

    dependencies = [("hotspot", "0008_settings")]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["organisation", "id"], condition=models.Q(("note__gt", "")), name="ticket_noted"
            ),
        ),
    ]
