"""Staff accounts and their API tokens."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.access_points import AccessPoint
from spotcoffee.storage.models.organisations import Organisation


class StaffAccounts(BaseUserManager["StaffAccount"]):
    """Finds accounts by their e-mail address."""

    def get_by_natural_key(self, username: str | None) -> "StaffAccount":
        """The account with this address, in any case."""
        return self.get(email__iexact=username)


class StaffAccount(AbstractBaseUser):
    """One person of the staff, named by an e-mail address, in one organisation."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="staff")
    email = models.EmailField(unique=True)
    # How colleagues call him; empty: by his address.
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=16)
    # Empty: the organisation's.
    language = models.CharField(max_length=8, blank=True)
    needs_second_factor = models.BooleanField(default=False)
    access_points = models.ManyToManyField(AccessPoint, blank=True, related_name="managers")
    # His reach ends at his access points, even when none is left of them.
    bound = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = InstantField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = StaffAccounts()

    def __str__(self) -> str:
        return self.name or self.email


class ApiToken(models.Model):
    """What a program shows to act as a staff account. Only its digest is kept."""

    staff = models.ForeignKey(StaffAccount, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = InstantField()
    last_used_at = InstantField(null=True)
