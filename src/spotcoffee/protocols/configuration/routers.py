"""Routers and gateways that take text: RouterOS, CoovaChilli, our own gateway; the fields of any other RADIUS client.

After MikroTik's manuals and CoovaChilli's sources. Not run here: RouterOS is not to be had, CoovaChilli not packaged.
[mem]: CoovaChilli's HS_RFC7710URI.
"""

from typing import Final

from spotcoffee.protocols.configuration.values import Text, Values

# RouterOS fills its variables in; the browser brings them on by a form, so that no octal escape is lost in an address.
_LOGIN_HTML: Final = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Wi-Fi</title></head>
<body onload="document.forms[0].submit()">
<form method="post" action="@URL@">
<input type="hidden" name="mac" value="$(mac)">
<input type="hidden" name="ip" value="$(ip)">
<input type="hidden" name="identity" value="$(identity)">
<input type="hidden" name="username" value="$(username)">
<input type="hidden" name="link-login-only" value="$(link-login-only)">
<input type="hidden" name="link-logout" value="$(link-logout)">
<input type="hidden" name="link-orig" value="$(link-orig)">
<input type="hidden" name="error" value="$(error)">
<input type="hidden" name="chap-id" value="$(chap-id)">
<input type="hidden" name="chap-challenge" value="$(chap-challenge)">
@RES@<button>Wi-Fi</button>
</form>
</body></html>
"""


def mikrotik(values: Values) -> list[Text]:
    """RouterOS 7: a script for its terminal, and the pages that replace those of its hotspot."""
    incoming = f"/radius incoming set accept=yes port={values.coa_port}\n" if values.coa_port else ""
    script = (
        f'/radius add service=hotspot address={values.server} secret="{values.secret}" '
        f"authentication-port={values.auth_port} accounting-port={values.acct_port} timeout=3s\n"
        f"{incoming}"
        "/ip hotspot profile add name=spotcoffee html-directory=spotcoffee use-radius=yes radius-accounting=yes "
        f"radius-interim-update={values.interim_interval}s login-by=http-chap,http-pap\n"
        "/ip hotspot set [find] profile=spotcoffee\n"
        f'/ip hotspot walled-garden ip add action=accept dst-host="{values.portal_host}" '
        f"protocol=tcp dst-port={values.portal_port}\n"
        f"{_identity(values)}"
        f"/ip dhcp-server option add name=captive-portal code=114 value=\"'{values.api_url}'\"\n"
        "/ip dhcp-server network set [find] dhcp-option=captive-portal\n"
    )
    return [
        Text("routeros_terminal", script),
        Text("mikrotik_login_html", _page(values, "")),
        Text("mikrotik_status_html", _page(values, "already")),
        Text("mikrotik_logout_html", _page(values, "logoff")),
    ]


def _identity(values: Values) -> str:
    return f'/system identity set name="{values.nas_identifier}"\n' if values.nas_identifier else ""


def _page(values: Values, res: str) -> str:
    hidden = f'<input type="hidden" name="res" value="{res}">\n' if res else ""
    return _LOGIN_HTML.replace("@URL@", values.visit_url).replace("@RES@", hidden)


def coovachilli(values: Values) -> list[Text]:
    """/etc/chilli/local.conf."""
    lines = [
        ("HS_RADIUS", values.server),
        ("HS_RADIUS2", values.server),
        ("HS_RADSECRET", values.secret),
        ("HS_RADAUTH", str(values.auth_port)),
        ("HS_RADACCT", str(values.acct_port)),
        ("HS_NASID", values.nas_identifier or f"spotcoffee-{values.number}"),
        ("HS_UAMSECRET", values.needed("portal_secret")),
        ("HS_UAMFORMAT", values.visit_url),
        ("HS_UAMALLOW", values.portal_host),
        ("HS_DEFINTERIMINTERVAL", str(values.interim_interval)),
        *((("HS_COAPORT", str(values.coa_port)),) if values.coa_port else ()),
        ("HS_RFC7710URI", values.api_url),
    ]
    return [Text("chilli_conf", "".join(f"{name}='{value}'\n" for name, value in lines))]


def gateway(values: Values) -> list[Text]:
    """The settings of `spotcoffee gateway`, as its environment file has them."""
    lines = [
        ("SPOTCOFFEE_GATEWAY_SERVER", values.server),
        ("SPOTCOFFEE_GATEWAY_SECRET", values.secret),
        ("SPOTCOFFEE_GATEWAY_PORTAL", values.visit_url.rstrip("/")),
        ("SPOTCOFFEE_GATEWAY_PORTAL_SECRET", values.needed("portal_secret")),
        *((("SPOTCOFFEE_GATEWAY_NAME", values.nas_identifier),) if values.nas_identifier else ()),
    ]
    return [Text("gateway_environment", "".join(f"{name}='{value}'\n" for name, value in lines))]


def generic(values: Values) -> list[Text]:
    """What every RADIUS client asks for."""
    return [Text("radius_fields", radius_fields(values))]


def radius_fields(values: Values) -> str:
    """The RADIUS fields of any equipment's form, one a line."""
    lines = [
        ("RADIUS server", values.server),
        ("Authentication port", str(values.auth_port)),
        ("Accounting port", str(values.acct_port)),
        ("Shared secret", values.secret),
        ("Authentication method", "PAP"),
        ("Interim interval", f"{values.interim_interval} s"),
        *((("NAS-Identifier", values.nas_identifier),) if values.nas_identifier else ()),
        *((("CoA / Disconnect port (RFC 5176)", str(values.coa_port)),) if values.coa_port else ()),
    ]
    return "".join(f"{name}: {value}\n" for name, value in lines)
