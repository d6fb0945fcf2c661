"""What stands in the address of a page with filters: numbers, searches, where the page begins. Nonsense is nothing."""

from typing import Final
from urllib.parse import urlencode

from spotcoffee.web.manage.visitors import Visit

_LONGEST_NUMBER: Final = 18
LONGEST_SEARCH: Final = 100


def number_of(text: str) -> int | None:
    """The number of a record; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def after_of(visit: Visit) -> int | None:
    """What the page comes after; None: the first page."""
    return number_of(visit.GET.get("after", ""))


def search_of(visit: Visit) -> str:
    """What is looked for; empty where nothing is."""
    return "".join(one for one in visit.GET.get("q", "") if one.isprintable()).strip()[:LONGEST_SEARCH]


def flag_of(visit: Visit, name: str) -> bool:
    """A box that is ticked."""
    return visit.GET.get(name, "") == "1"


def choice_of(visit: Visit, name: str, choices: tuple[str, ...]) -> str:
    """One of some words; empty where it is none of them."""
    word = visit.GET.get(name, "")
    return word if word in choices else ""


def address(path: str, **filters: object) -> str:
    """A path with those filters that say something."""
    said = {
        name: ("1" if value is True else value) for name, value in filters.items() if value not in (None, "", False)
    }
    return f"{path}?{urlencode(said)}" if said else path
