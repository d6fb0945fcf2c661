"""What became of a disconnection that someone asked for: the equipment's own word, or that there is none."""

from collections.abc import Mapping
from typing import Any, Final

from spotcoffee.domain.permissions import Action
from spotcoffee.services import session_log
from spotcoffee.services.errors import NotFound
from spotcoffee.services.outbox import OrderState
from spotcoffee.web.manage.visitors import Visit
from spotcoffee.wording.events import device_in_words, order_in_words

_LONGEST_NUMBER: Final = 18
_PENDING: Final = frozenset({OrderState.WAITING, OrderState.SENT})
_GOOD: Final = frozenset({OrderState.ACKNOWLEDGED, OrderState.GONE})


def outcome(visit: Visit, typed: str, places: Mapping[int, str]) -> dict[str, Any] | None:
    """The last order to the session of this number; None where there is none to tell of."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER):
        return None
    if not visit.visitor.may(Action.SEE_SESSION):
        return None
    try:
        session = session_log.show(visit.visitor.caller, int(typed))
    except NotFound:
        return None
    if not session.orders:
        return None
    order = session.orders[-1]
    state = OrderState(order.state)
    return {
        "session": session.id,
        "said": order_in_words(order.kind, order.state),
        "device": device_in_words(session.device),
        "place": places.get(session.access_point, ""),
        "pending": state in _PENDING,
        "failed": state not in _PENDING | _GOOD,
    }
