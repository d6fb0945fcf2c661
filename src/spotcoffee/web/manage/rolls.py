"""The width of the roll in a counter's printer: chosen once, then kept in the browser's session."""

from typing import Any

from spotcoffee.services.print_options import PAPERS
from spotcoffee.web.manage.visitors import Visit

_NAME = "roll"


def chosen(visit: Visit) -> str:
    """The width in mm that was asked for, now or before; empty: none ever was."""
    asked = visit.GET.get("paper", "")
    if asked in PAPERS:
        visit.session[_NAME] = asked
    return str(visit.session.get(_NAME, ""))


def other(visit: Visit) -> dict[str, Any]:
    """What a page that prints offers beside the usual width."""
    usual = chosen(visit) or PAPERS[0]
    return {"other_roll": next(width for width in PAPERS if width != usual)}
