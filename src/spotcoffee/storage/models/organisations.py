"""Organisations: the operators that own everything else."""

from django.db import models

from spotcoffee.storage.instants import InstantField


class Organisation(models.Model):
    """One operator. Everything belongs to exactly one, and no statement of the hot path crosses it."""

    name = models.CharField(max_length=200, unique=True)
    language = models.CharField(max_length=8, default="fr")
    time_zone = models.CharField(max_length=64, default="Europe/Paris")
    currency = models.CharField(max_length=3, default="EUR")
    created_at = InstantField()

    def __str__(self) -> str:
        return self.name


class OrganisationLogo(models.Model):
    """The picture on what an organisation prints: a PNG or JPEG as it was uploaded, that documents.logo reads."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, related_name="logo")
    octets = models.BinaryField()
    # For its address, which changes with the picture.
    digest = models.CharField(max_length=16)
    changed_at = InstantField()
