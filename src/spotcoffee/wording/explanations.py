"""Why a ticket does or does not let its guest in, for the person at the desk: what was looked at, and the next step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from spotcoffee.domain.authorization import Accept, Decision, Reason, Reject
from spotcoffee.domain.offers import Terms
from spotcoffee.services.tickets import TicketView
from spotcoffee.wording.quantities import duration_in_words, moment, volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is explained: a decision on a ticket at an access point, by its names. online: devices that are on."""

    decision: Decision
    ticket: TicketView
    terms: Terms
    access_point: str
    offered_on: tuple[str, ...]
    online: int
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at, in words; holds: whether it lets the guest in."""

    holds: bool
    said: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """says: the answer. checked: what was looked at, the last one not holding where it is a refusal.

    advice: what to do next. sells: whether that is to sell another ticket; restores: to restore this one.
    """

    says: str
    checked: tuple[Checked, ...]
    advice: str
    sells: bool = False
    restores: bool = False


def explain(case: Case) -> Explanation:
    """The explanation of a decision, in the language that is active."""
    match case.decision:
        case Accept(limits):
            return Explanation(
                _accepted(case, limits.session_timeout), tuple(_checked(case, None)), _if_it_still_fails()
            )
        case Reject(reason):
            return Explanation(
                _refused(case, reason),
                tuple(_checked(case, reason)),
                _advice(case, reason),
                sells=reason in _SELL_ANOTHER,
                restores=reason is Reason.REVOKED,
            )


def _accepted(case: Case, seconds: int | None) -> str:
    values = {"access_point": case.access_point}
    if seconds is None:
        return gettext("This ticket works at %(access_point)s: a login would be accepted now.") % values
    values["duration"] = duration_in_words(seconds)
    return gettext("This ticket works at %(access_point)s: a login would be accepted now, for %(duration)s.") % values


def _if_it_still_fails() -> str:
    return gettext(
        "If it still fails: is the guest on our Wi-Fi, and is the code typed as it stands on the ticket? "
        "Let him leave the Wi-Fi, join it again and open any page."
    )


_SELL_ANOTHER: Final = frozenset(
    {
        Reason.VALIDITY_ENDED,
        Reason.LIFETIME_ENDED,
        Reason.CREDIT_USED_UP,
        Reason.QUOTA_DOWN_USED_UP,
        Reason.QUOTA_UP_USED_UP,
        Reason.PERIOD_LIMIT_REACHED,
        Reason.TOO_MANY_DEVICES,
        Reason.WRONG_ACCESS_POINT,
    }
)


def _refused(case: Case, reason: Reason) -> str:
    match reason:
        case Reason.UNKNOWN_TICKET | Reason.WRONG_PASSWORD:
            return gettext("The code of this ticket can't be read: its keys are missing on this server.")
        case Reason.REVOKED:
            return gettext("This ticket was revoked by the staff: nobody gets in with it.")
        case Reason.WRONG_ACCESS_POINT:
            return gettext("The offer of this ticket does not hold at %(access_point)s.") % {
                "access_point": case.access_point
            }
        case Reason.NOT_YET_VALID:
            return gettext("The offer of this ticket begins later: %(moment)s.") % {
                "moment": _moment(case, case.terms.valid_from)
            }
        case Reason.VALIDITY_ENDED:
            return gettext("The offer of this ticket has ended: %(moment)s.") % {
                "moment": _moment(case, case.terms.valid_until)
            }
        case Reason.LIFETIME_ENDED:
            return gettext("This ticket has expired: %(duration)s after its first login.") % {
                "duration": duration_in_words(case.terms.lifetime or 0)
            }
        case Reason.CREDIT_USED_UP:
            return gettext("The guest has used all of his connection time: %(duration)s.") % {
                "duration": duration_in_words(case.terms.credit or 0)
            }
        case Reason.QUOTA_DOWN_USED_UP:
            return gettext("The guest has received all of his data: %(volume)s.") % {
                "volume": volume(case.terms.quota_down or 0)
            }
        case Reason.QUOTA_UP_USED_UP:
            return gettext("The guest has sent all of his data: %(volume)s.") % {
                "volume": volume(case.terms.quota_up or 0)
            }
        case Reason.PERIOD_LIMIT_REACHED:
            return gettext("The guest has used the time of this period: %(duration)s. It opens again: %(moment)s.") % {
                "duration": duration_in_words(case.terms.period_limit or 0),
                "moment": _moment(case, case.ticket.period_reopens_at),
            }
        case Reason.TOO_MANY_DEVICES:
            most = case.terms.max_devices
            return ngettext(
                "The offer allows %(most)s device at a time and one is on: that one goes on, another is refused.",
                "The offer allows %(most)s devices at a time and as many are on: they go on, another is refused.",
                most,
            ) % {"most": most}


def _advice(case: Case, reason: Reason) -> str:
    match reason:
        case Reason.UNKNOWN_TICKET | Reason.WRONG_PASSWORD:
            return gettext("Tell whoever looks after the server.")
        case Reason.REVOKED:
            return gettext("Was it revoked by mistake? Restore it.")
        case Reason.WRONG_ACCESS_POINT:
            return gettext("It works at: %(places)s. Else sell a ticket of an offer for this place.") % {
                "places": ", ".join(case.offered_on) or "–"
            }
        case Reason.NOT_YET_VALID:
            return gettext("Ask the guest to come back then, or a manager to move the beginning.")
        case Reason.VALIDITY_ENDED:
            return gettext("Sell another ticket, or ask a manager to extend the offer.")
        case Reason.PERIOD_LIMIT_REACHED:
            return gettext("Does he want to go on now? Sell him another ticket.")
        case Reason.TOO_MANY_DEVICES:
            return gettext(
                "Disconnect the other device on this page, and try again at once; or sell a ticket for the second one."
            )
        case _:
            return gettext("Sell another ticket.")


_Line: TypeAlias = Callable[[Case], str | None]


def _checked(case: Case, failed: Reason | None) -> Iterator[Checked]:
    """In the order in which the rule looks; what it did not come to any more is left out."""
    yield Checked(
        failed not in {Reason.UNKNOWN_TICKET, Reason.WRONG_PASSWORD}, gettext("The ticket exists, its code is readable")
    )
    if failed in {Reason.UNKNOWN_TICKET, Reason.WRONG_PASSWORD}:
        return
    for reasons, line in _LINES:
        said = line(case)
        holds = failed not in reasons
        if said is not None:
            yield Checked(holds, said)
        if not holds:
            return


def _revoked(case: Case) -> str:
    return gettext("It is revoked") if case.ticket.state == "revoked" else gettext("It is not revoked")


def _place(case: Case) -> str:
    values = {"access_point": case.access_point}
    if isinstance(case.decision, Reject) and case.decision.reason is Reason.WRONG_ACCESS_POINT:
        return gettext("%(access_point)s is not among the places of its offer") % values
    return gettext("%(access_point)s is among the places of its offer") % values


def _validity(case: Case) -> str | None:
    first, until = case.terms.valid_from, case.terms.valid_until
    if first is not None and case.now < first:
        return gettext("Its offer begins: %(moment)s") % {"moment": _moment(case, first)}
    if until is None:
        return None if first is None else gettext("Its offer has begun")
    if case.now >= until:
        return gettext("Its offer ended: %(moment)s") % {"moment": _moment(case, until)}
    return gettext("Its offer holds until %(moment)s") % {"moment": _moment(case, until)}


def _lifetime(case: Case) -> str | None:
    if case.terms.lifetime is None:
        return None
    length = duration_in_words(case.terms.lifetime)
    if case.ticket.first_login_at is None:
        return gettext("Its %(duration)s begin with the first login") % {"duration": length}
    if isinstance(case.decision, Reject) and case.decision.reason is Reason.LIFETIME_ENDED:
        return gettext("It has expired: %(moment)s") % {"moment": _moment(case, case.ticket.expires_at)}
    return gettext("It has not expired: %(moment)s") % {"moment": _moment(case, case.ticket.expires_at)}


def _credit(case: Case) -> str | None:
    if case.terms.credit is None:
        return None
    return gettext("Time left: %(left)s of %(all)s") % {
        "left": duration_in_words(case.ticket.credit_left or 0),
        "all": duration_in_words(case.terms.credit),
    }


def _down(case: Case) -> str | None:
    if case.terms.quota_down is None:
        return None
    return gettext("Data left to receive: %(left)s of %(all)s") % {
        "left": volume(case.ticket.left_down or 0),
        "all": volume(case.terms.quota_down),
    }


def _up(case: Case) -> str | None:
    if case.terms.quota_up is None:
        return None
    return gettext("Data left to send: %(left)s of %(all)s") % {
        "left": volume(case.ticket.left_up or 0),
        "all": volume(case.terms.quota_up),
    }


def _period(case: Case) -> str | None:
    if case.terms.period_limit is None:
        return None
    return gettext("Time left in this period: %(left)s of %(all)s") % {
        "left": duration_in_words(case.ticket.period_left or 0),
        "all": duration_in_words(case.terms.period_limit),
    }


def _devices(case: Case) -> str:
    if not case.online:
        return gettext("No device is on")
    return ngettext("%(on)s device is on, of %(most)s", "%(on)s devices are on, of %(most)s", case.online) % {
        "on": case.online,
        "most": case.terms.max_devices,
    }


_LINES: Final[tuple[tuple[frozenset[Reason], _Line], ...]] = (
    (frozenset({Reason.REVOKED}), _revoked),
    (frozenset({Reason.WRONG_ACCESS_POINT}), _place),
    (frozenset({Reason.NOT_YET_VALID, Reason.VALIDITY_ENDED}), _validity),
    (frozenset({Reason.LIFETIME_ENDED}), _lifetime),
    (frozenset({Reason.CREDIT_USED_UP}), _credit),
    (frozenset({Reason.QUOTA_DOWN_USED_UP}), _down),
    (frozenset({Reason.QUOTA_UP_USED_UP}), _up),
    (frozenset({Reason.PERIOD_LIMIT_REACHED}), _period),
    (frozenset({Reason.TOO_MANY_DEVICES}), _devices),
)


def _moment(case: Case, at: datetime | None) -> str:
    return "" if at is None else moment(at, case.zone, now=case.now)


def refusal_at_the_desk(reason: str) -> str:
    """A refusal in a few words, for lists: `Temps du jour épuisé`."""
    match Reason(reason):
        case Reason.UNKNOWN_TICKET:
            return gettext("Refused: unknown code")
        case Reason.WRONG_PASSWORD:
            return gettext("Refused: wrong password")
        case Reason.REVOKED:
            return gettext("Refused: revoked")
        case Reason.WRONG_ACCESS_POINT:
            return gettext("Refused: not for this place")
        case Reason.NOT_YET_VALID:
            return gettext("Refused: not valid yet")
        case Reason.VALIDITY_ENDED:
            return gettext("Refused: its offer has ended")
        case Reason.LIFETIME_ENDED:
            return gettext("Refused: expired")
        case Reason.CREDIT_USED_UP:
            return gettext("Refused: time used up")
        case Reason.QUOTA_DOWN_USED_UP:
            return gettext("Refused: data to receive used up")
        case Reason.QUOTA_UP_USED_UP:
            return gettext("Refused: data to send used up")
        case Reason.PERIOD_LIMIT_REACHED:
            return gettext("Refused: time of the period used up")
        case Reason.TOO_MANY_DEVICES:
            return gettext("Refused: in use on another device")
