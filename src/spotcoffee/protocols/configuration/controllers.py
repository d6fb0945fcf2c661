"""Wireless controllers and clouds: the fields of their pages, or commands where they take some.

After the makers' guides; none was at hand. [mem]: the commands of Cisco's AireOS and of Aruba Instant.
"""

from spotcoffee.protocols.configuration.routers import radius_fields
from spotcoffee.protocols.configuration.values import Text, Values


def _lines(*fields: tuple[str, str]) -> str:
    return "".join(f"{name}: {value}\n" for name, value in fields)


def unifi(values: Values) -> list[Text]:
    """Hotspot, External portal server."""
    fields = _lines(
        ("Hotspot portal", "External portal server"),
        ("External portal address", values.portal_host),
        ("Portal URL", values.visit_url),
        ("Pre-authorization access", values.portal_host),
        ("Admin for SpotCoffee", "local access only, role: Hotspot operator or Site admin"),
    )
    return [Text("unifi_fields", fields)]


def omada(values: Values) -> list[Text]:
    """Settings, Authentication, Portal; Hotspot Manager, Operators."""
    fields = _lines(
        ("Authentication type", "External portal server"),
        ("Custom portal server", values.visit_url),
        ("Pre-authentication access", values.portal_host),
        ("Hotspot operator", "an account of its own, for SpotCoffee"),
    )
    return [Text("omada_fields", fields)]


def cisco(values: Values) -> list[Text]:
    """AireOS: servers, and the external page of a guest network; N is the WLAN's number."""
    name = values.server
    commands = (
        f"config radius auth add 1 {name} {values.auth_port} ascii {values.secret}\n"
        f"config radius acct add 1 {name} {values.acct_port} ascii {values.secret}\n"
        "config radius auth rfc3576 enable 1\n"
        "config wlan security web-auth server-precedence N radius\n"
        "config wlan aaa-override enable N\n"
        f"config custom-web ext-webauth-url {values.visit_url}\n"
        "config custom-web webauth-type external\n"
    )
    return [Text("cisco_aireos", commands), Text("radius_fields", radius_fields(values))]


def aruba(values: Values) -> list[Text]:
    """Aruba Instant: a server, and an external portal."""
    coa = f"  rfc3576\n  cppm-rfc3576-port {values.coa_port}\n" if values.coa_port else ""
    name = f"  nas-id {values.nas_identifier}\n" if values.nas_identifier else ""
    commands = (
        "wlan auth-server spotcoffee\n"
        f"  ip {values.server}\n  port {values.auth_port}\n  acctport {values.acct_port}\n  key {values.secret}\n"
        f"{name}{coa}"
        "wlan external-captive-portal spotcoffee\n"
        f"  server {values.portal_host}\n  port {values.portal_port}\n"
        f"  url /portal/{values.number}/\n" + ("  https\n" if values.is_https else "  no https\n")
    )
    return [Text("aruba_instant", commands), Text("radius_fields", radius_fields(values))]


def ruckus(values: Values) -> list[Text]:
    """Services and Profiles, Hotspot Services."""
    fields = _lines(("Login page", values.visit_url), ("Walled garden", values.portal_host)) + radius_fields(values)
    return [Text("ruckus_fields", fields)]


def meraki(values: Values) -> list[Text]:
    """Wireless, Access control and Splash page: RADIUS comes from Meraki's cloud."""
    fields = _lines(
        ("Splash page", "Sign-on with my RADIUS server"),
        ("Custom splash URL", values.visit_url),
        ("Walled garden ranges", values.portal_host),
    )
    return [Text("meraki_fields", fields + radius_fields(values))]


def fortinet(values: Values) -> list[Text]:
    """FortiOS: a RADIUS server, and the external page of a guest network."""
    coa = f"    set radius-coa enable\n    set radius-port {values.auth_port}\n" if values.coa_port else ""
    commands = (
        "config user radius\n  edit spotcoffee\n"
        f"    set server {values.server}\n    set secret {values.secret}\n    set auth-type pap\n{coa}"
        f"    set acct-interim-interval {values.interim_interval}\n"
        "    config accounting-server\n      edit 1\n        set status enable\n"
        f"        set server {values.server}\n        set secret {values.secret}\n        set port {values.acct_port}\n"
        "      next\n    end\n  next\nend\n"
    )
    fields = _lines(("Authentication portal", f"External {values.visit_url}"), ("Exempt", values.portal_host))
    return [Text("fortios", commands), Text("fortinet_fields", fields)]


def cambium(values: Values) -> list[Text]:
    """Guest Access of a WLAN."""
    fields = _lines(
        ("Guest access", "External hotspot"),
        ("Access policy", "RADIUS"),
        ("External page URL", values.visit_url),
        ("Whitelist", values.portal_host),
    )
    return [Text("cambium_fields", fields + radius_fields(values))]
