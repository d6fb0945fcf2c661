"""What is wrong with a field of an offer, in words that name the mend; and who keeps its limits at an access point."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import get_language, gettext, ngettext

from spotcoffee.domain.enforcement import Keeper, Limit
from spotcoffee.wording.problems import fault_in_words
from spotcoffee.wording.quantities import duration

# What a fault of reading says, by its code.
NOT_A_DURATION = "not_a_duration"
NOT_A_VOLUME = "not_a_volume"
NOT_A_RATE = "not_a_rate"
NOT_A_DATE = "not_a_date"
NOT_A_TIME = "not_a_time"
NOT_A_NUMBER = "not_a_number"


def offer_fault(code: str, typed: str, *, uncounted: Sequence[str] = ()) -> str:
    """Why a field can't be taken. typed: what stood in it. uncounted: access points that count no data."""
    values = {"typed": typed if len(typed) <= 40 else f"{typed[:40]}…"}
    match code:
        case "not_a_duration":
            return gettext("“%(typed)s” is no duration. Write for example 2 h, 90 min, 1 d or 1 week.") % values
        case "not_a_volume":
            return gettext("“%(typed)s” is no amount of data. Write for example 500 MB or 5 GB.") % values
        case "not_a_rate":
            return gettext("“%(typed)s” is no rate. Write for example 2 Mbit/s or 512 kbit/s.") % values
        case "not_a_date":
            return gettext("“%(typed)s” is no date. Write for example 30/09/2026.") % values
        case "not_a_time":
            return gettext("“%(typed)s” is no time of the day. Write for example 18:30.") % values
        case "not_a_number":
            return gettext("“%(typed)s” is no number. Write for example 2.") % values
        case "not_a_price":
            return gettext("“%(typed)s” is no price. Write for example 3.50.") % values
        case "quota_not_counted" if uncounted:
            said = ngettext(
                "%(names)s counts no data. Leave this empty, or take this access point off.",
                "%(names)s count no data. Leave this empty, or take these access points off.",
                len(uncounted),
            )
            return said % {"names": ", ".join(uncounted)}
        case _:
            return fault_in_words(code, language=get_language() or "fr")


def enforcement(kept: Mapping[Limit, Keeper], *, own_idle: int | None) -> list[tuple[Keeper, str]]:
    """Who keeps which limit, a sentence each. own_idle: seconds after which the equipment cuts off by itself."""
    return [(keeper, said) for limit, keeper in kept.items() for said in _enforced(limit, keeper, own_idle)]


def _enforced(limit: Limit, keeper: Keeper, own_idle: int | None) -> Iterable[str]:
    match limit, keeper:
        case Limit.TIME, _:
            yield gettext("Time: the equipment ends the session by itself, to the second.")
        case Limit.IDLE, Keeper.EQUIPMENT:
            yield gettext("Idle time: the equipment sees to it.")
        case Limit.IDLE, Keeper.SERVER:
            yield gettext("Idle time: this server watches the traffic, and disconnects.")
        case Limit.IDLE, Keeper.NOBODY:
            yield gettext("Idle time: nothing is told of guests' traffic there, nobody is cut off for it.")
        case Limit.IDLE, _ if own_idle is not None:
            said = gettext("Idle time: the equipment cuts off after %(duration)s of its own, whatever the offer says.")
            yield said % {"duration": duration(own_idle)}
        case Limit.IDLE, _:
            yield gettext("Idle time: the equipment cuts off by a setting of its own, whatever the offer says.")
        case Limit.RATES, Keeper.EQUIPMENT:
            yield gettext("Rates: the equipment sees to them.")
        case Limit.RATES, _:
            yield gettext("Rates: the equipment does not know how, they hold nowhere there.")
        case Limit.QUOTAS, Keeper.EQUIPMENT:
            yield gettext("Data: the equipment sees to it.")
        case Limit.QUOTAS, Keeper.SERVER:
            yield gettext("Data: this server counts, and disconnects.")
        case Limit.QUOTAS, _:
            yield gettext("Data: this server counts, and lets on for 15 minutes at a time.")
        case Limit.CHANGES, Keeper.EQUIPMENT:
            yield gettext("Changes reach guests online at once.")
        case Limit.CHANGES, Keeper.SERVER:
            yield gettext("Guests online can be disconnected, but get other limits at their next login only.")
        case Limit.CHANGES, _:
            yield gettext("Guests online notice changes at their next login only.")
