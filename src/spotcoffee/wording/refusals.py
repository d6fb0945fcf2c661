"""Why a login was refused, in the guest's words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_time
from django.utils.translation import gettext, override

from spotcoffee.domain.authorization import Reason, Reject
from spotcoffee.wording.quantities import day


def refusal(reject: Reject, *, language: str, zone: ZoneInfo, now: datetime) -> str:
    """The sentence for a refusal. An unknown ticket and a wrong password read the same."""
    with override(language):
        sentence = _sentence(reject.reason)
        if reject.reopens_at is None:
            return sentence
        first = reject.reason is Reason.NOT_YET_VALID
        return sentence + " " + _opening(reject.reopens_at, first=first, language=language, zone=zone, now=now)


def _sentence(reason: Reason) -> str:
    match reason:
        case Reason.UNKNOWN_TICKET | Reason.WRONG_PASSWORD:
            return gettext("This code is not right. Check it and type it again.")
        case Reason.REVOKED:
            return gettext("This ticket has been cancelled. Please ask at the desk.")
        case Reason.WRONG_ACCESS_POINT:
            return gettext("This ticket is for another place.")
        case Reason.NOT_YET_VALID:
            return gettext("This ticket is not valid yet.")
        case Reason.VALIDITY_ENDED:
            return gettext("The validity of this ticket has ended.")
        case Reason.LIFETIME_ENDED:
            return gettext("This ticket has expired: its time since the first login is over.")
        case Reason.CREDIT_USED_UP:
            return gettext("The connection time of this ticket is used up.")
        case Reason.QUOTA_DOWN_USED_UP:
            return gettext("The download volume of this ticket is used up.")
        case Reason.QUOTA_UP_USED_UP:
            return gettext("The upload volume of this ticket is used up.")
        case Reason.PERIOD_LIMIT_REACHED:
            return gettext("The time allowed for this period is used up.")
        case Reason.TOO_MANY_DEVICES:
            return gettext("This ticket is in use on another device.")


def _opening(at: datetime, *, first: bool, language: str, zone: ZoneInfo, now: datetime) -> str:
    """When the ticket opens. first: it never did before."""
    local = at.astimezone(zone)
    time = format_time(local, "HH:mm", locale=language)
    if local.date() == now.astimezone(zone).date():
        today = gettext("It is valid from %(time)s.") if first else gettext("It opens again at %(time)s.")
        return today % {"time": time}
    date = day(at, zone, now=now)
    if first:
        return gettext("It is valid from %(date)s at %(time)s.") % {"date": date, "time": time}
    return gettext("It opens again on %(date)s at %(time)s.") % {"date": date, "time": time}
