"""The audit log in words: what was done, to what, and each value before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from spotcoffee.domain.staff import Role
from spotcoffee.storage.models import AuditEntry
from spotcoffee.wording.access_points import accounting_in_words, equipment_in_words
from spotcoffee.wording.offers import LABELS, Names, value_in_words
from spotcoffee.wording.quantities import duration_in_words, number
from spotcoffee.wording.staff import role_in_words

NOUNS: Final[Mapping[str, str]] = {
    "ticket": gettext_noop("Tickets"),
    "offer": gettext_noop("Offers"),
    "ticket_list": gettext_noop("Lists"),
    "handout": gettext_noop("Prints and exports"),
    "session": gettext_noop("Sessions"),
    "access_point": gettext_noop("Access points"),
    "staff": gettext_noop("Accounts"),
    "token": gettext_noop("API tokens"),
    "organisation": gettext_noop("Settings"),
    "portal_look": gettext_noop("Look of the portal"),
    "audit": gettext_noop("Log"),
    "statistics": gettext_noop("Statistics"),
    "backup": gettext_noop("Backups"),
}
_ACTS: Final[Mapping[tuple[str, str], str]] = {
    ("add", "offer"): gettext_noop("Offer made"),
    ("change", "offer"): gettext_noop("Offer changed"),
    ("delete", "offer"): gettext_noop("Offer deleted"),
    ("add", "ticket_list"): gettext_noop("List made"),
    ("change", "ticket_list"): gettext_noop("List changed"),
    ("delete", "ticket_list"): gettext_noop("List deleted"),
    ("generate", "ticket_list"): gettext_noop("Tickets generated"),
    ("add", "access_point"): gettext_noop("Access point added"),
    ("change", "access_point"): gettext_noop("Access point changed"),
    ("delete", "access_point"): gettext_noop("Access point deleted"),
    ("read_setup", "access_point"): gettext_noop("Configuration to copy read"),
    ("sell", "ticket"): gettext_noop("Ticket sold"),
    ("cancel_sale", "ticket"): gettext_noop("Sale cancelled"),
    ("revoke", "ticket"): gettext_noop("Ticket revoked"),
    ("restore", "ticket"): gettext_noop("Ticket restored"),
    ("change", "ticket"): gettext_noop("Ticket's note changed"),
    ("read", "ticket"): gettext_noop("Codes read"),
    ("take", "handout"): gettext_noop("Tickets printed or exported"),
    ("undo", "handout"): gettext_noop("Print or export undone"),
    ("read", "handout"): gettext_noop("File of a print or export read"),
    ("disconnect", "session"): gettext_noop("Guest disconnected"),
    ("add", "staff"): gettext_noop("Account added"),
    ("invite", "staff"): gettext_noop("Colleague invited"),
    ("change", "staff"): gettext_noop("Account changed"),
    ("make_link", "staff"): gettext_noop("Link made to choose a password"),
    ("choose_password", "staff"): gettext_noop("Password chosen"),
    ("remove_second_factor", "staff"): gettext_noop("Second factor removed"),
    ("add", "token"): gettext_noop("API token made"),
    ("revoke", "token"): gettext_noop("API token revoked"),
    ("change", "organisation"): gettext_noop("Settings changed"),
    ("change", "portal_look"): gettext_noop("Look of the portal changed"),
    ("export", "audit"): gettext_noop("Log exported"),
    ("export", "statistics"): gettext_noop("Statistics exported"),
    ("make", "backup"): gettext_noop("Backup downloaded"),
}
_ACTIONS: Final[Mapping[str, str]] = {
    "refused": gettext_noop("Refused: the role does not allow it"),
    "add": gettext_noop("Added"),
    "change": gettext_noop("Changed"),
    "delete": gettext_noop("Deleted"),
    "read": gettext_noop("Read"),
    "export": gettext_noop("Exported"),
}
_LABELS: Final[Mapping[str, str]] = {
    **LABELS,
    "address": gettext_noop("Address"),
    "nas_identifier": gettext_noop("Identifier"),
    "secret": gettext_noop("Shared secret"),
    "equipment": gettext_noop("Equipment"),
    "language": gettext_noop("Language"),
    "portal_hosts": gettext_noop("Hosts of its login page"),
    "coa_port": gettext_noop("Port for orders"),
    "coa_address": gettext_noop("Address for orders"),
    "message_authenticator": gettext_noop("Signature of its requests"),
    "interim_interval": gettext_noop("Time between two reports"),
    "idle_timeout_own": gettext_noop("Its own idle time"),
    "accounting": gettext_noop("What it reports"),
    "reauthenticates": gettext_noop("Asks again during a session"),
    "swap_octets": gettext_noop("Counts download and upload the other way round"),
    "idle_tail_excluded": gettext_noop("Leaves the idle time out of what it reports"),
    "controller_url": gettext_noop("Address of the controller"),
    "controller_user": gettext_noop("Account of the controller"),
    "controller_password": gettext_noop("Password of the controller"),
    "email": gettext_noop("E-mail address"),
    "role": gettext_noop("Role"),
    "needs_second_factor": gettext_noop("Second factor required"),
    "is_active": gettext_noop("Account open"),
    "list": gettext_noop("List"),
    "note": gettext_noop("Note"),
    "count": gettext_noop("How many"),
    "logo": gettext_noop("Logo"),
    "action": gettext_noop("What was tried"),
    "format": gettext_noop("Format"),
    "reason": gettext_noop("Reason"),
    "title": gettext_noop("Title"),
    "welcome": gettext_noop("Welcome"),
    "conditions": gettext_noop("Conditions"),
    "size": gettext_noop("Size"),
}
# Numbers that lead nowhere.
_UNSAID: Final = frozenset({"handout", "tickets", "bound"})
_SECONDS: Final = frozenset({"interim_interval", "idle_timeout_own"})
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One value. before, after: empty where it had, or has, none."""

    label: str
    before: str
    after: str


def act_in_words(entry: AuditEntry) -> str:
    """What was done."""
    sentence = _ACTS.get((entry.action, entry.noun)) or _ACTIONS.get(entry.action)
    return gettext(sentence) if sentence else f"{entry.action} {entry.noun}"


def noun_in_words(noun: str) -> str:
    """What kind of thing."""
    return gettext(NOUNS[noun]) if noun in NOUNS else noun


def changes_in_words(entry: AuditEntry, names: Names) -> list[Change]:
    """Value by value: those that the entry tells, and that differ."""
    before, after = _values(entry.before), _values(entry.after)
    found = []
    for field in dict.fromkeys([*before, *after]):
        if field in _UNSAID:
            continue
        old = _in_words(field, before[field], names) if field in before else ""
        new = _in_words(field, after[field], names) if field in after else ""
        if old != new:
            found.append(Change(_label(field), old, new))
    return found


def _values(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _label(field: str) -> str:
    return gettext(_LABELS[field]) if field in _LABELS else field


def _in_words(field: str, value: Any, names: Names) -> str:
    try:
        return _known(field, value, names)[:_MOST]
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        # An entry of another release: as it stands.
        return str(value)[:_MOST]


def _known(field: str, value: Any, names: Names) -> str:
    if field in LABELS and not isinstance(value, dict):
        return "" if value is None and field == "price" else value_in_words(field, value, names)
    match value:
        case None:
            return "–"
        case bool():
            return gettext("yes") if value else gettext("no")
        case dict():
            return ", ".join(f"{key}: {one}" for key, one in value.items())
        case list():
            return ", ".join(str(one) for one in value)
    match field:
        case "role":
            return role_in_words(Role(value))
        case "equipment":
            return equipment_in_words(value)
        case "accounting":
            return accounting_in_words(value)
        case "secret" | "controller_password":
            return gettext("a new one")
        case "language":
            return {"fr": "Français", "en": "English"}.get(value, str(value))
        case _ if field in _SECONDS:
            return duration_in_words(value)
    return number(value) if isinstance(value, int) else str(value)


def export_headers() -> list[str]:
    """The columns of the log as a file."""
    return [
        gettext("When"),
        gettext("Who"),
        gettext("What"),
        gettext("Kind"),
        gettext("Number"),
        gettext("Before"),
        gettext("After"),
        gettext("Seal"),
    ]
