"""Puts things into the database of a running house: JSON lines in, JSON lines out, until its input ends.

A process of its own, under the server's environment: the tests' own Django is configured for another database.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import django
from django.conf import settings


def main() -> None:
    """Answer each line."""
    django.setup()
    # Models exist only now.
    desk = _desk()
    for line in sys.stdin:
        asked = json.loads(line)
        answer = desk[asked.pop("do")](**_instants(asked))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _instants(asked: dict[str, Any]) -> dict[str, Any]:
    """Texts that are instants, as instants."""
    return {name: _instant(value) if _is_instant(name, value) else value for name, value in asked.items()}


def _is_instant(name: str, value: object) -> bool:
    return isinstance(value, str) and name.endswith(("_at", "_until", "_from", "_start", "now"))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _desk() -> dict[str, Callable[..., Any]]:
    from tests import factories  # noqa: PLC0415

    from spotcoffee.domain.access_points import Equipment  # noqa: PLC0415
    from spotcoffee.protocols.portals.visits import Controller  # noqa: PLC0415
    from spotcoffee.services import controllers, follow_ups, offers  # noqa: PLC0415
    from spotcoffee.services import tickets as ticket_services  # noqa: PLC0415
    from spotcoffee.services.callers import Caller  # noqa: PLC0415
    from spotcoffee.services.pacing import Pace  # noqa: PLC0415
    from spotcoffee.storage.keys import load_or_make_keys  # noqa: PLC0415
    from spotcoffee.storage.models import AccessPoint, Offer, Organisation, TicketList  # noqa: PLC0415

    keys: Final = load_or_make_keys(settings.SPOTCOFFEE.keys_path)
    factories.KEYS = keys  # type: ignore[misc]

    def organisation() -> int:
        return factories.organisation().pk

    def access_point(
        organisation: int, portal_secret: str | None = None, controller_password: str | None = None, **columns: Any
    ) -> int:
        if portal_secret is not None:
            columns["portal_secret_sealed"] = keys.seal(portal_secret)
        if controller_password is not None:
            columns["controller_secret_sealed"] = keys.seal(controller_password)
        return factories.access_point(Organisation.objects.get(pk=organisation), **columns).pk

    def offer(organisation: int, points: list[int], **columns: Any) -> int:
        on = AccessPoint.objects.filter(pk__in=points)
        return factories.offer(Organisation.objects.get(pk=organisation), *on, **columns).pk

    def tickets(offer: int, logins: list[str], password: str | None = None, **columns: Any) -> list[int]:
        in_list = factories.ticket_list(Offer.objects.select_related("organisation").get(pk=offer))
        return [factories.ticket(in_list, login, password, keys=keys, **columns).pk for login in logins]

    def change_offer(offer: int, now: datetime, values: dict[str, Any]) -> None:
        owner = Offer.objects.get(pk=offer).organisation_id
        offers.change(Caller(owner, "alice@example.org"), offer, _instants(values), now=now)
        pace = Pace(clock=lambda: now, stopwatch=time.monotonic, sleep=time.sleep)
        for bound in TicketList.objects.filter(offer_id=offer):
            follow_ups.follow_list(bound.pk, interim_interval=300, pace=pace)

    def save_offer(offer: int, now: datetime, values: dict[str, Any]) -> None:
        """As its page does: what follows is the worker's."""
        owner = Offer.objects.get(pk=offer).organisation_id
        offers.change(Caller(owner, "alice@example.org"), offer, _instants(values), now=now)

    def disconnect(organisation: int, session: int) -> None:
        who = Caller(organisation, "alice@example.org")
        ticket_services.disconnect(who, session, interim_interval=300, now=datetime.now(UTC))

    def let_in(point: int, code: str, device: str) -> None:
        record = AccessPoint.objects.get(pk=point)
        guest = controllers.Guest(
            access_point=record.as_value(interim_interval=300),
            login=code,
            password=code,
            device=device,
            controller=Controller(Equipment(record.equipment), device),
        )
        controllers.admit(guest, keys=keys, interim_interval=300, now=datetime.now(UTC))

    return {
        "disconnect": disconnect,
        "let_in": let_in,
        "organisation": organisation,
        "access_point": access_point,
        "offer": offer,
        "tickets": tickets,
        "change_offer": change_offer,
        "save_offer": save_offer,
    }


if __name__ == "__main__":
    main()
