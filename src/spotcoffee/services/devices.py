"""Devices of a ticket: the guest's right to let a new one take the place of his oldest (rules.md, section 4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from spotcoffee.domain.devices import MOST_REPLACEMENTS, REPLACEMENT_LIFE, REPLACEMENTS_WITHIN
from spotcoffee.storage.models import DeviceReplacement, Ticket
from spotcoffee.storage.queries import tickets


@dataclass(frozen=True, slots=True)
class TooOften:
    """It was asked for too often. again_at: when it may be asked for again."""

    again_at: datetime


def let_new_device_in(ticket_id: int, *, now: datetime) -> TooOften | None:
    """Let the ticket's next login come first, for a while. The caller has proof that the guest knows its code.

    Answers TooOften, and changes nothing, where it was asked for three times within the last hour.
    """
    with transaction.atomic():
        tickets.lock([ticket_id])
        asked = DeviceReplacement.objects.filter(ticket_id=ticket_id)
        asked.filter(at__lte=now - timedelta(seconds=REPLACEMENTS_WITHIN)).delete()
        recent = list(asked.order_by("-at").values_list("at", flat=True)[:MOST_REPLACEMENTS])
        if len(recent) >= MOST_REPLACEMENTS:
            return TooOften(recent[-1] + timedelta(seconds=REPLACEMENTS_WITHIN))
        DeviceReplacement.objects.create(ticket_id=ticket_id, at=now)
        until = now + timedelta(seconds=REPLACEMENT_LIFE)
        Ticket.objects.filter(pk=ticket_id).update(replace_until=until)
    return None
