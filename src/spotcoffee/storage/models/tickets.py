"""Ticket lists, the batches in which their tickets were made, and the tickets."""

from django.db import models

from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.handouts import Handout
from spotcoffee.storage.models.offers import Offer
from spotcoffee.storage.models.organisations import Organisation


class TicketList(models.Model):
    """Tickets that are generated, bound and exported together."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="ticket_lists")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="ticket_lists")
    name = models.CharField(max_length=200)
    login_format = models.CharField(max_length=16)
    password_format = models.CharField(max_length=16, default="none")
    archived = models.BooleanField(default=False)
    created_at = InstantField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="ticket_list_name")]

    def __str__(self) -> str:
        return self.name


class TicketBatch(models.Model):
    """Tickets generated at once. They exist for everyone when `ready` turns true, in one UPDATE of this row."""

    ticket_list = models.ForeignKey(TicketList, models.CASCADE, related_name="batches")
    count = models.BigIntegerField()
    ready = models.BooleanField(default=False)
    created_at = InstantField()
    # Its maker touches this; a batch that is not ready and was not touched for long is swept away.
    touched_at = InstantField()


class Ticket(models.Model):
    """One ticket. What it grants hangs on its list's offer; its state is computed (domain.tickets.state).

    Its three owners have no constraint here: checked row by row they double the time of a million tickets. Its batch,
    which is touched in the same transaction, has them.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, db_index=False, db_constraint=False)
    ticket_list = models.ForeignKey(
        TicketList, models.CASCADE, related_name="tickets", db_index=False, db_constraint=False
    )
    # No index either: the tickets of a batch are found through its list.
    batch = models.ForeignKey(TicketBatch, models.CASCADE, related_name="tickets", db_index=False, db_constraint=False)
    # A keyed hash of the organisation and the login; logins that end alike lie close together (KeyRing.login_key).
    login_key = models.BigIntegerField(unique=True)
    login_sealed = models.BinaryField()
    password_sealed = models.BinaryField(null=True)
    # Imported logins and passwords compare exactly; generated ones in upper case without spaces and hyphens.
    exact = models.BooleanField(default=False)
    note = models.CharField(max_length=500, default="", blank=True)
    first_login_at = InstantField(null=True)
    revoked_at = InstantField(null=True)
    used_time = models.BigIntegerField(default=0)
    used_down = models.BigIntegerField(default=0)
    used_up = models.BigIntegerField(default=0)
    # The sum of one period: of which kind and zone ("day Europe/Paris"), from when, how many seconds.
    period_calendar = models.CharField(max_length=80, default="", blank=True)
    period_start = InstantField(null=True)
    period_seconds = models.BigIntegerField(default=0)
    # An index to the rule, never the rule: domain.tickets.due_at.
    due_at = InstantField(null=True)
    replace_until = InstantField(null=True)
    handout = models.ForeignKey(Handout, models.PROTECT, null=True, related_name="tickets", db_index=False)
    handed_out_at = InstantField(null=True)
    created_at = InstantField()

    class Meta:
        indexes = [
            models.Index(fields=["ticket_list", "id"], name="ticket_of_list"),
            models.Index(fields=["handout"], condition=models.Q(handout__isnull=False), name="ticket_of_handout"),
            models.Index(fields=["organisation", "id"], condition=models.Q(note__gt=""), name="ticket_noted"),
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="ticket_due"),
        ]
