"""What a role did not allow, in the audit log."""

from datetime import datetime

from django.db import transaction

from spotcoffee.domain.permissions import Action
from spotcoffee.services import audit
from spotcoffee.services.callers import Caller


def record(caller: Caller, action: Action, thing: object, *, now: datetime) -> None:
    """Write down that someone tried. thing: the id, None where there is none."""
    with transaction.atomic():
        noun_id = "" if thing is None else thing
        audit.record(caller, "refused", noun=action.noun, noun_id=noun_id, after={"action": action.value}, now=now)
