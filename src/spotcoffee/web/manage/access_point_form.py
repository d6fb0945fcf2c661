"""The form of an access point: a few fields that everyone fills in, and those that hardly anyone needs."""

from collections.abc import Mapping
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext, gettext_noop

from spotcoffee.domain.access_points import CAPABILITIES, Accounting, Equipment, MessageAuthenticator
from spotcoffee.domain.units import UnreadableQuantity, parse_duration
from spotcoffee.services.access_points import AccessPointView
from spotcoffee.storage.models import AccessPoint
from spotcoffee.web.manage.forms import Field, typed, whole
from spotcoffee.wording.access_points import accounting_in_words, equipment_in_words
from spotcoffee.wording.quantities import duration_to_type

FIRST: Final = ("name", "address", "equipment")
REST: Final = (
    "secret",
    "nas_identifier",
    "portal_hosts",
    "language",
    "coa_port",
    "coa_address",
    "message_authenticator",
    "interim_interval",
    "idle_timeout_own",
    "accounting",
    "reauthenticates",
    "swap_octets",
    "idle_tail_excluded",
)
# For equipment that is asked through its controller.
CONTROLLER: Final = (
    "controller_url",
    "controller_user",
    "controller_password",
    "controller_site",
    "controller_id",
    "controller_fingerprint",
)
_DURATIONS: Final = ("interim_interval", "idle_timeout_own")
_FLAGS: Final = ("reauthenticates", "swap_octets", "idle_tail_excluded")
_FLAG_WORDS: Final = {True: "yes", False: "no", None: ""}
# What an access point may have beside what every one has: left empty, nothing is said of it.
EXTRA: Final = (*CONTROLLER, "portal_hosts")
_OPTIONAL: Final = ("secret", "nas_identifier", "coa_address", "accounting", "controller_password")

# What each field is called, and what stands below it.
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "name": (gettext_noop("Name"), gettext_noop("As you call the place: Terrace, Block North, Reception.")),
    "address": (
        gettext_noop("Address"),
        gettext_noop("The IP address that its messages come from, or the whole network: 192.168.1.10, 10.0.5.0/24."),
    ),
    "equipment": (gettext_noop("Equipment"), ""),
    "secret": (
        gettext_noop("Shared secret"),
        gettext_noop("Left empty, it stays as it is. It is never shown here."),
    ),
    "nas_identifier": (
        gettext_noop("Identifier"),
        gettext_noop("What it calls itself, where several stand behind one address."),
    ),
    "language": (gettext_noop("Language of its messages to guests"), ""),
    "portal_hosts": (
        gettext_noop("Hosts of its login page"),
        gettext_noop("Names or addresses where it takes logins, apart by blanks. A scanned ticket leads to the first."),
    ),
    "coa_port": (
        gettext_noop("Port for orders"),
        gettext_noop("Where it takes the order to disconnect a guest, usually 3799. Empty: it takes none."),
    ),
    "coa_address": (
        gettext_noop("Address for orders"),
        gettext_noop("Empty: the address that its messages come from."),
    ),
    "message_authenticator": (gettext_noop("Signature of its requests"), ""),
    "interim_interval": (
        gettext_noop("Time between two reports"),
        gettext_noop("For example 5 min. Empty: the usual."),
    ),
    "idle_timeout_own": (
        gettext_noop("Its own idle time"),
        gettext_noop("Where it cuts off idle guests by its own clock, whatever the offer says."),
    ),
    "accounting": (gettext_noop("What it reports"), ""),
    "reauthenticates": (gettext_noop("Asks again during a session"), ""),
    "swap_octets": (gettext_noop("Counts download and upload the other way round"), ""),
    "idle_tail_excluded": (gettext_noop("Leaves the idle time out of what it reports"), ""),
    "controller_url": (gettext_noop("Address of the controller"), "https://192.168.1.5:8443"),
    "controller_user": (
        gettext_noop("Account"),
        gettext_noop("Of an operator of its hotspot, made for SpotCoffee alone."),
    ),
    "controller_password": (
        gettext_noop("Password"),
        gettext_noop("Left empty, it stays as it is. It is never shown here."),
    ),
    "controller_site": (gettext_noop("Site"), gettext_noop("Where its redirects don't name it.")),
    "controller_id": (gettext_noop("Identifier of the controller"), gettext_noop("Omada alone needs it.")),
    "controller_fingerprint": (
        gettext_noop("Fingerprint of its certificate"),
        gettext_noop("SHA-256, where the certificate is its own. Empty: it must be one that everybody trusts."),
    ),
}
# What stands there while the access point is being added.
_HINTS_OF_NEW: Final[Mapping[str, str]] = {
    "secret": gettext_noop("Left empty, one is made and shown to you."),
    "coa_port": gettext_noop("Where it takes the order to disconnect a guest. Empty: its equipment's usual port."),
}


def read(sent: QueryDict) -> dict[str, str]:
    """What was typed; a field that a shorter form did not show is left out."""
    return {name: text for name, text in typed(sent, (*FIRST, *REST, *CONTROLLER)).items() if name in sent}


def values(texts: Mapping[str, str]) -> dict[str, object]:
    """What services check. What can't be read stays a text, which they refuse at its field."""
    found: dict[str, object] = {}
    for name, text in texts.items():
        if name in _DURATIONS:
            found[name] = _duration(text)
        elif name == "coa_port":
            found[name] = whole(text)
        elif name in _FLAGS:
            found[name] = {"yes": True, "no": False}.get(text)
        elif name in _OPTIONAL and not text.strip():
            found[name] = None
        else:
            found[name] = text
    return found


def _duration(text: str) -> object:
    if not text.strip():
        return None
    try:
        return parse_duration(text)
    except UnreadableQuantity:
        return text


def usual_port(equipment: str) -> int | None:
    """Where this kind of equipment takes orders; None where it takes none, or there is no such kind."""
    known = equipment in {kind.value for kind in Equipment}
    return CAPABILITIES[Equipment(equipment)].disconnect_port if known else None


def texts_of(view: AccessPointView, record: AccessPoint) -> dict[str, str]:
    """The form of an access point as it is; its secret and its controller's password are never shown there."""
    found = {name: "" if (value := getattr(view, name, None)) is None else str(value) for name in (*FIRST, *REST)}
    for name in _DURATIONS:
        seconds = getattr(view, name)
        found[name] = "" if seconds is None else duration_to_type(seconds)
    for name in _FLAGS:
        found[name] = _FLAG_WORDS[getattr(view, name)]
    controller = {name: str(getattr(record, name, "")) for name in EXTRA}
    return found | controller | {"secret": ""}


def fields(texts: Mapping[str, str], faults: Mapping[str, str], *, is_new: bool) -> dict[str, list[Field]]:
    """The fields by group."""
    groups = {"first": FIRST, "rest": REST, "controller": CONTROLLER}
    return {group: [_field(name, texts, faults, is_new=is_new) for name in names] for group, names in groups.items()}


def _field(name: str, texts: Mapping[str, str], faults: Mapping[str, str], *, is_new: bool) -> Field:
    label, hint = _words(name, is_new=is_new)
    choices = _choices(name)
    return Field(
        name=name,
        label=label,
        hint=hint,
        text="" if name == "controller_password" else texts.get(name, ""),
        fault=faults.get(name, ""),
        kind="select" if choices else "password" if name == "controller_password" else "text",
        choices=choices,
        required=name in ("name", "address"),
        most={"nas_identifier": 253, "portal_hosts": 500, "controller_url": 300, "controller_password": 256}.get(
            name, 200
        ),
        autocomplete="new-password" if name == "controller_password" else "off",
    )


def _choices(name: str) -> list[tuple[str, str]]:
    match name:
        case "equipment":
            # What is known comes first; the rest, whose hotspot does the same, is last.
            known = [kind for kind in Equipment if kind is not Equipment.GENERIC]
            return [(kind.value, equipment_in_words(kind.value)) for kind in (*known, Equipment.GENERIC)]
        case "language":
            return [("fr", "Français"), ("en", "English")]
        case "message_authenticator":
            return [
                (MessageAuthenticator.AUTO.value, gettext("Required once it was seen")),
                (MessageAuthenticator.REQUIRED.value, gettext("Always required")),
                (MessageAuthenticator.OFF.value, gettext("Not required (old equipment)")),
            ]
        case "accounting":
            return [("", _usual()), *((kind.value, accounting_in_words(kind.value)) for kind in Accounting)]
        case "reauthenticates" | "swap_octets" | "idle_tail_excluded":
            return [("", _usual()), ("yes", gettext("Yes")), ("no", gettext("No"))]
        case _:
            return []


def _usual() -> str:
    return gettext("As this equipment usually does")


def _words(name: str, *, is_new: bool) -> tuple[str, str]:
    """A field's label and hint; no hint is empty."""
    label, hint = _WORDS[name]
    hint = _HINTS_OF_NEW.get(name, hint) if is_new else hint
    return gettext(label), gettext(hint) if hint else ""
