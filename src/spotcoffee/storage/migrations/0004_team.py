"""Staff accounts: a name, a language, a second factor where it is required."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns with a default."""

    dependencies = [
        ("hotspot", "0003_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="staffaccount",
            name="language",
            field=models.CharField(blank=True, max_length=8),
        ),
        migrations.AddField(
            model_name="staffaccount",
            name="name",
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name="staffaccount",
            name="needs_second_factor",
            field=models.BooleanField(default=False),
        ),
    ]
