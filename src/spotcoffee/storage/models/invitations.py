"""Links that let someone in without a password: to choose one, or to set up an empty installation."""

from django.db import models

from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.staff import StaffAccount


class Invitation(models.Model):
    """One link. Only its digest is kept, and the row goes when it was used. staff None: to the first-run wizard."""

    staff = models.ForeignKey(StaffAccount, models.CASCADE, null=True, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    by = models.CharField(max_length=254)
    made_at = InstantField()
    until = InstantField()
