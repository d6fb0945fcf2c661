"""The Django application that holds every record."""

from django.apps import AppConfig


class StorageConfig(AppConfig):
    """The storage floor; its tables and migrations go by the label "hotspot"."""

    name = "spotcoffee.storage"
    label = "hotspot"
    default_auto_field = "django.db.models.BigAutoField"
