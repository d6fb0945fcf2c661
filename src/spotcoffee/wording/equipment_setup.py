"""Setting equipment up, in words: what each text to copy is and where it goes, and what the live test found."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext, gettext_noop

from spotcoffee.services.equipment_setup import Finding, Half, Verdict

TITLES: Final[Mapping[str, str]] = {
    "opennds_conf": gettext_noop("On Debian: add to /etc/opennds/opennds.conf"),
    "opennds_uci": gettext_noop("On OpenWrt: type in its terminal"),
    "opennds_script": gettext_noop("Save as /etc/opennds/spotcoffee.sh, for root alone (mode 0700)"),
    "opennds_cron": gettext_noop("Have the script called each minute: /etc/cron.d/spotcoffee"),
    "dhcp_option_114": gettext_noop("DHCP option 114, as dnsmasq takes it"),
    "routeros_terminal": gettext_noop("Type in the router's terminal"),
    "mikrotik_login_html": gettext_noop("Save in the router as spotcoffee/login.html"),
    "mikrotik_status_html": gettext_noop("Save in the router as spotcoffee/status.html"),
    "mikrotik_logout_html": gettext_noop("Save in the router as spotcoffee/logout.html"),
    "chilli_conf": gettext_noop("Add to /etc/chilli/local.conf"),
    "gateway_environment": gettext_noop("The settings of the gateway"),
    "radius_fields": gettext_noop("The RADIUS fields of its page"),
    "pfsense_fields": gettext_noop("The fields of Services, Captive Portal"),
    "pfsense_page": gettext_noop("Upload as the portal page"),
    "pfsense_error_page": gettext_noop("Upload as the error page"),
    "opnsense_fields": gettext_noop("The fields of Services, Captive Portal"),
    "opnsense_template": gettext_noop("index.html of its template"),
    "unifi_fields": gettext_noop("The fields of the hotspot's page"),
    "omada_fields": gettext_noop("The fields of the portal's page"),
    "cisco_aireos": gettext_noop("Type in the controller's terminal"),
    "aruba_instant": gettext_noop("Type in the access point's terminal"),
    "ruckus_fields": gettext_noop("The fields of Hotspot Services"),
    "meraki_fields": gettext_noop("The fields of the splash page"),
    "fortios": gettext_noop("Type in the firewall's terminal"),
    "fortinet_fields": gettext_noop("The fields of the guest network"),
    "cambium_fields": gettext_noop("The fields of Guest Access"),
}

FINDINGS: Final[Mapping[tuple[Half, str], str]] = {
    (Half.HEARD, "packets"): gettext_noop("The server hears the equipment."),
    (Half.HEARD, "no_packet"): gettext_noop(
        "Nothing has come from the equipment yet: check the server's address in it, and the firewall between them."
    ),
    (Half.HEARD, "unknown_source"): gettext_noop(
        "Something speaks to the server from %(detail)s: if it is this equipment, write that address above."
    ),
    (Half.HEARD, "wrong_secret"): gettext_noop("The equipment has another secret: copy it once more."),
    (Half.HEARD, "unknown_nas_identifier"): gettext_noop(
        "The equipment calls itself otherwise than its identifier here."
    ),
    (Half.HEARD, "message_authenticator_missing"): gettext_noop(
        "The equipment does not sign its requests: bring its software up to date, or allow it in its settings here."
    ),
    (Half.HEARD, "no_controller"): gettext_noop("Write the address and the account of its controller."),
    (Half.HEARD, "no_password"): gettext_noop("Write the password of the controller's account."),
    (Half.HEARD, "controller"): gettext_noop("The controller answers."),
    (Half.HEARD, "controller_unreachable"): gettext_noop("The controller does not answer at this address."),
    (Half.HEARD, "controller_wrong_certificate"): gettext_noop(
        "The controller's certificate is not the one agreed upon: compare its fingerprint."
    ),
    (Half.HEARD, "controller_wrong_password"): gettext_noop("The controller refuses the account."),
    (Half.HEARD, "controller_refused"): gettext_noop(
        "The controller refuses what it is asked: has the account the right?"
    ),
    (Half.HEARD, "script"): gettext_noop("The script on the openNDS box speaks to the server."),
    (Half.HEARD, "script_missing"): gettext_noop("openNDS speaks to the server, but the script on its box does not."),
    (Half.HEARD, "script_silent"): gettext_noop("The script on the openNDS box has fallen silent."),
    (Half.LOGIN, "no_login"): gettext_noop("No guest has tried to log in yet."),
    (Half.LOGIN, "accepted"): gettext_noop("A guest's login came and was accepted."),
    (Half.LOGIN, "refused"): gettext_noop("A guest's login came and was refused: the road works, his ticket did not."),
    (Half.REPORTS, "no_session"): gettext_noop("What guests use is not reported yet: nobody was let in."),
    (Half.REPORTS, "waiting_for_report"): gettext_noop("A guest was let in; his first report is awaited."),
    (Half.REPORTS, "login_without_reports"): gettext_noop(
        "A guest was let in and nothing was reported of him: switch its usage reports on, and check their port."
    ),
    (Half.REPORTS, "by_the_clock"): gettext_noop("This equipment reports nothing: the server's clock counts."),
    (Half.REPORTS, "reports"): gettext_noop("What guests use is reported."),
    (Half.ORDERS, "takes_no_orders"): gettext_noop("Guests can't be put off here: they are let in for shorter times."),
    (Half.ORDERS, "no_order"): gettext_noop("Nobody had to be put off yet."),
    (Half.ORDERS, "acknowledged"): gettext_noop("A guest was put off when he had to be."),
    (Half.ORDERS, "gone"): gettext_noop("A guest who had to be put off was gone already."),
    (Half.ORDERS, "no_answer"): gettext_noop(
        "The equipment did not answer an order: check its port, and the firewall."
    ),
    (Half.ORDERS, "refused"): gettext_noop("The equipment refused an order."),
}
_OTHERWISE: Final[Mapping[Verdict, str]] = {
    Verdict.WORKS: gettext_noop("This part works."),
    Verdict.UNKNOWN: gettext_noop("Nothing is known of this part yet."),
    Verdict.BROKEN: gettext_noop("This part does not work (%(code)s)."),
}


def title_of(name: str) -> str:
    """What a text to copy is, and where it goes."""
    return gettext(TITLES[name]) if name in TITLES else name


def in_words(finding: Finding) -> str:
    """What the live test found of one part of the road, and the next step where there is one."""
    sentence = FINDINGS.get((finding.half, finding.code)) or _OTHERWISE[finding.verdict]
    return gettext(sentence) % {"detail": finding.detail, "code": finding.code}
