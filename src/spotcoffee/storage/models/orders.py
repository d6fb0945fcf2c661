"""Orders to equipment: what was asked of it, and what truly came of it."""

from django.db import models

from spotcoffee.storage.instants import InstantField


class Order(models.Model):
    """A Disconnect-Request or CoA-Request on its way (services.orders.OrderState)."""

    id = models.BigAutoField(primary_key=True)
    organisation_id = models.BigIntegerField()
    access_point_id = models.BigIntegerField()
    ticket_id = models.BigIntegerField(db_index=True)
    session_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=16)
    reason = models.CharField(max_length=24)
    state = models.CharField(max_length=16, default="waiting")
    error_cause = models.IntegerField(null=True)
    by = models.CharField(max_length=254, default="", blank=True)
    created_at = InstantField()
    next_try_at = InstantField()
    tries = models.IntegerField(default=0)
    finished_at = InstantField(null=True)
    # What is sent is sent again byte for byte: identifier, packet, and the limits that it says.
    identifier = models.IntegerField(null=True)
    packet = models.BinaryField(null=True)
    grant = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(finished_at__isnull=True), name="order_waiting"),
        ]
        constraints = [
            # One order of a kind at a time for each session.
            models.UniqueConstraint(
                fields=["session_id", "kind"],
                condition=models.Q(finished_at__isnull=True),
                name="order_once",
            ),
        ]
