"""What a guest reads on the portal of his ticket: what is left of it, and what to do where it was refused."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext, pgettext

from spotcoffee.domain.authorization import Reason, Reject
from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period
from spotcoffee.domain.tickets import Balance
from spotcoffee.wording.quantities import duration, moment, volume


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with its name."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a ticket. headline: what ends first in time, None without any limit of time."""

    headline: Line | None
    lines: list[Line]
    # Of the credit, for a bar: left and all; None without a credit.
    credit: tuple[int, int] | None


def left_in_words(balance: Balance, terms: Terms, *, devices: int, zone: ZoneInfo, now: datetime) -> Left:
    """What is left, in the language that is active."""
    headline = None if balance.time is None else Line(gettext("You have left"), duration(balance.time))
    lines = []
    if balance.period is not None and terms.period is not None and balance.period != balance.time:
        left = gettext("%(duration)s left") % {"duration": duration(balance.period)}
        lines.append(Line(_period(terms.period), left))
    if balance.down is not None:
        lines.append(Line(gettext("Data to receive"), volume(balance.down)))
    if balance.up is not None:
        lines.append(Line(gettext("Data to send"), volume(balance.up)))
    if balance.expires_at is not None:
        lines.append(Line(pgettext("guest", "Valid until"), moment(balance.expires_at, zone, now=now)))
    shown = gettext("%(count)s of %(most)s") % {"count": max(1, devices), "most": terms.max_devices}
    lines.append(Line(gettext("Devices"), shown))
    credit = None
    if balance.credit is not None and terms.credit is not None and balance.credit == balance.time:
        credit = (balance.credit, terms.credit)
    return Left(headline, lines, credit)


def _period(period: Period) -> str:
    match period:
        case Period.HOUR:
            return gettext("This hour")
        case Period.DAY:
            return gettext("Today")
        case Period.WEEK:
            return gettext("This week")
        case Period.MONTH:
            return gettext("This month")


def idle_note(terms: Terms) -> str:
    """What happens without traffic; empty where nothing does."""
    if terms.idle_timeout is None:
        return ""
    return gettext("Without traffic for %(duration)s you are disconnected, and get this time back.") % {
        "duration": duration(terms.idle_timeout)
    }


def next_step(reject: Reject, balance: Balance | None, terms: Terms | None, *, zone: ZoneInfo, now: datetime) -> str:
    """What a guest who was refused can know or do beside the reason; empty where the reason says it all."""
    match reject.reason:
        case Reason.UNKNOWN_TICKET | Reason.WRONG_PASSWORD:
            return gettext("The code stands on your ticket. If it does not work, please ask at the desk.")
        case Reason.VALIDITY_ENDED | Reason.LIFETIME_ENDED:
            if balance is None or balance.expires_at is None:
                return gettext("Please ask at the desk for another ticket.")
            return gettext("Ended: %(moment)s. Please ask at the desk for another ticket.") % {
                "moment": moment(balance.expires_at, zone, now=now)
            }
        case Reason.CREDIT_USED_UP | Reason.QUOTA_DOWN_USED_UP | Reason.QUOTA_UP_USED_UP:
            return gettext("Please ask at the desk for another ticket.")
        case Reason.WRONG_ACCESS_POINT:
            return gettext("Please ask at the desk where it works.")
        case Reason.TOO_MANY_DEVICES if terms is not None:
            return ngettext(
                "It allows %(count)s device at a time.", "It allows %(count)s devices at a time.", terms.max_devices
            ) % {"count": terms.max_devices}
        case _:
            return ""


def other_device(since: datetime, place: str, *, zone: ZoneInfo, now: datetime) -> str:
    """Where the device is that stands in the way."""
    told = {"moment": moment(since, zone, now=now), "place": place}
    if not place:
        return gettext("The other one has been connected since %(moment)s.") % told
    return gettext("The other one has been connected since %(moment)s, at %(place)s.") % told


def too_often(again_at: datetime, *, zone: ZoneInfo, now: datetime) -> str:
    """That devices were replaced too often."""
    return gettext("You have replaced your device three times within an hour. Next time: %(moment)s.") % {
        "moment": moment(again_at, zone, now=now)
    }
