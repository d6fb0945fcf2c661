"""What is left to a ticket, each limit with its bar."""

from dataclasses import dataclass

from django.utils.translation import gettext

from spotcoffee.domain.offers import Terms
from spotcoffee.domain.periods import Period
from spotcoffee.services.tickets import TicketView
from spotcoffee.wording.quantities import duration_in_words, volume


@dataclass(frozen=True, slots=True)
class Remainder:
    """One limit. left and whole: seconds or octets, for the bar."""

    name: str
    said: str
    of: str
    left: int
    whole: int

    @property
    def little(self) -> int:
        """What counts as little."""
        return self.whole // 5


def remains_of(view: TicketView, terms: Terms) -> list[Remainder]:
    """What is left of each limit that the offer has; how long it holds is said beside them."""
    found = []
    if terms.credit is not None and view.credit_left is not None:
        found.append(_time(gettext("Time"), view.credit_left, terms.credit))
    if terms.period_limit is not None and terms.period is not None and view.period_left is not None:
        found.append(_time(_period(terms.period), view.period_left, terms.period_limit))
    if terms.quota_down is not None and view.left_down is not None:
        found.append(_data(gettext("Data to receive"), view.left_down, terms.quota_down))
    if terms.quota_up is not None and view.left_up is not None:
        found.append(_data(gettext("Data to send"), view.left_up, terms.quota_up))
    return found


def _time(name: str, left: int, whole: int) -> Remainder:
    return Remainder(name, duration_in_words(left), _of(duration_in_words(whole)), left, whole)


def _data(name: str, left: int, whole: int) -> Remainder:
    return Remainder(name, volume(left), _of(volume(whole)), left, whole)


def _of(whole: str) -> str:
    return gettext("of %(whole)s") % {"whole": whole}


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
