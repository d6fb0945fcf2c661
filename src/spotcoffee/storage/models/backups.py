"""Backups that were made, so that the pages can say when the last one was."""

from django.db import models

from spotcoffee.storage.instants import InstantField


class Backup(models.Model):
    """One backup of the whole installation. size: octets of its database."""

    made_at = InstantField()
    by = models.CharField(max_length=254)
    size = models.BigIntegerField()
