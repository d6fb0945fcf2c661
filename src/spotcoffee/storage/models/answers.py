"""Answers that were given to requests with an Idempotency-Key, so that the same request is not carried out twice."""

from django.db import models

from spotcoffee.storage.instants import InstantField
from spotcoffee.storage.models.organisations import Organisation
from spotcoffee.storage.models.staff import StaffAccount


class Answer(models.Model):
    """One request of one account. Until it is concluded, status is None.

    digest: of the request. body_sealed: what was answered, which may hold codes and secrets. batch_id: where the answer
    is tickets, the batch that they were made in.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    account = models.ForeignKey(StaffAccount, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    body_sealed = models.BinaryField(null=True)
    batch_id = models.BigIntegerField(null=True)
    created_at = InstantField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="answer_once")]
