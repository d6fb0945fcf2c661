"""Access points in words: how they fare, what was wrong with their packets, what their equipment is called."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.utils.translation import gettext, gettext_noop

from spotcoffee.domain.access_points import Accounting, Equipment
from spotcoffee.services.access_point_health import Health, State
from spotcoffee.wording.quantities import ago

_TROUBLES: Final[Mapping[str, str]] = {
    "request_authenticator_wrong": gettext_noop("The shared secret does not match: copy it into the equipment again."),
    "message_authenticator_wrong": gettext_noop("The shared secret does not match: copy it into the equipment again."),
    "message_authenticator_missing": gettext_noop(
        "The equipment does not sign its requests: bring its software up to date, or allow it below."
    ),
    "proxy_state_without_message_authenticator": gettext_noop(
        "Its requests come through a relay that does not sign them."
    ),
    "eap_without_message_authenticator": gettext_noop("The equipment does not sign its requests."),
    "unknown_nas_identifier": gettext_noop("It calls itself otherwise than its identifier here says."),
    "wrong_port": gettext_noop("It sends its reports to the port of the logins, or the other way round: swap them."),
    "own_idle_timer": gettext_noop("It cuts off idle guests in its own way."),
    "more_time_than_passed": gettext_noop("It reported more time than has passed: is its clock right?"),
    "contradicts_setting": gettext_noop("It reports otherwise than its setting here says."),
    "many_wrong_codes": gettext_noop("Someone tries many wrong codes there."),
    "controller.unreachable": gettext_noop("Its controller can't be reached."),
    "controller.wrong_certificate": gettext_noop("Its controller's certificate is not the one agreed upon."),
    "controller.wrong_password": gettext_noop("Its controller refuses the account that is set here."),
    "controller.refused": gettext_noop("Its controller refuses what it is asked: has the account the right?"),
}
_NAMES: Final[Mapping[Equipment, str]] = {
    Equipment.MIKROTIK: "MikroTik (hotspot)",
    Equipment.COOVACHILLI: "CoovaChilli",
    Equipment.PFSENSE: "pfSense",
    Equipment.OPNSENSE: "OPNsense",
    Equipment.OPENNDS: "openNDS (OpenWrt)",
    Equipment.UNIFI: "Ubiquiti UniFi",
    Equipment.OMADA: "TP-Link Omada",
    Equipment.CISCO: "Cisco",
    Equipment.ARUBA: "Aruba",
    Equipment.RUCKUS: "Ruckus",
    Equipment.FORTINET: "Fortinet",
    Equipment.MERAKI: "Cisco Meraki",
    Equipment.CAMBIUM: "Cambium",
}


def equipment_in_words(kind: str) -> str:
    """What people call this kind of equipment."""
    equipment = Equipment(kind)
    match equipment:
        case Equipment.GENERIC:
            return gettext("Another make, or I don't know")
        case Equipment.GATEWAY:
            return gettext("SpotCoffee's own gateway (a Linux box)")
        case _:
            return _NAMES[equipment]


def accounting_in_words(kind: str) -> str:
    """What an access point reports."""
    match Accounting(kind):
        case Accounting.FULL:
            return gettext("Everything, as it goes on")
        case Accounting.NO_INTERIM:
            return gettext("Only the beginning and the end of a session")
        case Accounting.NONE:
            return gettext("Nothing")


def trouble_in_words(code: str) -> str:
    """What is wrong, and what to do about it."""
    if code in _TROUBLES:
        return gettext(_TROUBLES[code])
    if code.startswith("controller."):
        return gettext("Its controller does not do what it is asked.")
    return gettext("It sends messages that can't be read.")


def health_in_words(health: Health, *, now: datetime) -> str:
    """How it fares, in a sentence."""
    if health.troubles:
        return trouble_in_words(health.troubles[0].code)
    heard = "" if health.heard_at is None else ago(health.heard_at, now=now)
    match health.state:
        case State.NEVER_HEARD:
            return gettext("Never heard yet: waiting for its first message.")
        case State.SILENT:
            return gettext("Silent, though guests were online there: power or link cut? Heard %(ago)s.") % {
                "ago": heard
            }
        case State.QUIET:
            return gettext("Nobody is online; heard %(ago)s.") % {"ago": heard}
        case State.WELL | State.FAILING:
            said = gettext("All is well, heard %(ago)s.") % {"ago": heard}
            return " ".join([said, *(trouble_in_words(odd.code) for odd in health.oddities[:1])])
