"""What each role may do: one table, role x action, read by pages, API and tests. Reach is another question."""

from enum import Enum
from typing import Final

from spotcoffee.domain.staff import Role


class Action(Enum):
    """Something that staff or their programs do, as `noun.verb`."""

    SEE_ACCESS_POINT = "access_point.see"
    ADD_ACCESS_POINT = "access_point.add"
    CHANGE_ACCESS_POINT = "access_point.change"
    DELETE_ACCESS_POINT = "access_point.delete"
    SEE_OFFER = "offer.see"
    ADD_OFFER = "offer.add"
    CHANGE_OFFER = "offer.change"
    DELETE_OFFER = "offer.delete"
    SEE_LIST = "list.see"
    ADD_LIST = "list.add"
    CHANGE_LIST = "list.change"
    DELETE_LIST = "list.delete"
    GENERATE = "list.generate"
    HAND_OUT = "list.hand_out"
    SEE_HANDOUT = "handout.see"
    READ_HANDOUT = "handout.read"
    UNDO_HANDOUT = "handout.undo"
    SEE_TICKET = "ticket.see"
    NOTE_TICKET = "ticket.note"
    REVOKE_TICKET = "ticket.revoke"
    RESTORE_TICKET = "ticket.restore"
    SELL = "ticket.sell"
    CANCEL_SALE = "ticket.cancel_sale"
    SEE_ATTEMPT = "attempt.see"
    SEE_SESSION = "session.see"
    DISCONNECT = "session.disconnect"
    SEE_STATISTICS = "statistics.see"
    SEE_JOB = "job.see"
    CANCEL_JOB = "job.cancel"
    SEE_METRICS = "metrics.see"
    SEE_STAFF = "staff.see"
    CHANGE_STAFF = "staff.change"
    SEE_AUDIT = "audit.see"
    CHANGE_SETTINGS = "settings.change"

    @property
    def noun(self) -> str:
        """What it is done to."""
        return self.value.partition(".")[0]


_SEEING: Final = frozenset(action for action in Action if action.value.endswith(".see"))
_AT_THE_DESK: Final = frozenset(
    {
        Action.SEE_ACCESS_POINT,
        Action.SEE_OFFER,
        Action.SEE_LIST,
        Action.SEE_HANDOUT,
        Action.SEE_TICKET,
        Action.NOTE_TICKET,
        Action.REVOKE_TICKET,
        Action.RESTORE_TICKET,
        Action.SELL,
        Action.CANCEL_SALE,
        Action.SEE_ATTEMPT,
        Action.SEE_SESSION,
        Action.DISCONNECT,
        Action.SEE_JOB,
    }
)

ALLOWED: Final[dict[Role, frozenset[Action]]] = {
    Role.ADMINISTRATOR: frozenset(Action),
    Role.MANAGER: frozenset(Action) - {Action.SEE_METRICS, Action.CHANGE_STAFF, Action.CHANGE_SETTINGS},
    Role.RECEPTION: _AT_THE_DESK,
    Role.AUDITOR: _SEEING,
}

# Whose reach ends at the access points that were given to him; without any it is the organisation's.
BOUND_TO_ACCESS_POINTS: Final = frozenset({Role.MANAGER, Role.RECEPTION})


def may(role: Role, action: Action) -> bool:
    """Whether this role may do this, to a thing in reach."""
    return action in ALLOWED[role]
