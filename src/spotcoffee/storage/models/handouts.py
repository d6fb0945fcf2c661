"""Hand-outs: prints, exports and sales, with what stood on them."""

from django.db import models

from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.organisations import Organisation


class Handout(models.Model):
    """Tickets taken together out of the system. terms: the offer's name and parameters as they stood then.

    options: how it was printed, and what the list and the place were called; {} of a sale. It exists for everyone when
    `ready` turns true, in one UPDATE of this row; its tickets are taken before, in steps.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="handouts")
    list_id = models.BigIntegerField(null=True, db_index=True)
    format = models.CharField(max_length=16)
    profile = models.CharField(max_length=16, default="", blank=True)
    count = models.BigIntegerField()
    terms = models.JSONField()
    options = models.JSONField(default=dict)
    at = InstantField()
    by = models.CharField(max_length=254)
    undone_at = InstantField(null=True)
    ready = models.BooleanField(default=True)
    # Its maker touches this; one that is not ready and was not touched for long is swept away.
    touched_at = InstantField()


class HandoutSpan(models.Model):
    """Tickets with consecutive ids that a hand-out took. Stays when it is undone: a ticket's history tells of it."""

    handout = models.ForeignKey(Handout, models.CASCADE, related_name="spans")
    list_id = models.BigIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["list_id", "first"], name="handout_span_of_list")]
