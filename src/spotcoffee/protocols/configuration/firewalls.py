"""pfSense and OPNsense: the fields of their pages, and the portal page that each takes as a file.

After their sources. Not checked on a running one; see `spotcoffee.protocols.portals.pfsense` for what is [mem].
"""

from typing import Final

from spotcoffee.protocols.configuration.routers import radius_fields
from spotcoffee.protocols.configuration.values import Text, Values

_PFSENSE_PAGE: Final = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Wi-Fi</title></head>
<body onload="document.forms[0].submit()">
<form method="get" action="@URL@">
<input type="hidden" name="action" value="$PORTAL_ACTION$">
<input type="hidden" name="zone" value="#PORTAL_ZONE#">
<input type="hidden" name="mac" value="#CLIENT_MAC#">
<input type="hidden" name="ip" value="#CLIENT_IP#">
<input type="hidden" name="redirurl" value="$PORTAL_REDIRURL$">
@MESSAGE@<button>Wi-Fi</button>
</form>
</body></html>
"""
_OPNSENSE_PAGE: Final = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Wi-Fi</title></head>
<body>
<form method="get" action="@URL@">
<input type="hidden" name="gateway" value="">
<input type="hidden" name="zone" value="0">
<input type="hidden" name="redirurl" value="">
<button>Wi-Fi</button>
</form>
<script>
var form = document.forms[0];
form.gateway.value = location.protocol + '//' + location.host + '/';
form.redirurl.value = new URLSearchParams(location.search).get('redirurl') || '';
if (form.redirurl.value && !/^https?:/.test(form.redirurl.value)) form.redirurl.value = 'http://' + form.redirurl.value;
form.submit();
</script>
</body></html>
"""


def pfsense(values: Values) -> list[Text]:
    """Services, Captive Portal: its fields, the portal page and the error page."""
    fields = (
        radius_fields(values)
        + "Accounting updates: Interim\nUse RADIUS Session-Timeout: yes\nReauthenticate users: yes\n"
        + f"Allowed hostname: {values.portal_host}\n"
    )
    message = '<input type="hidden" name="message" value="$PORTAL_MESSAGE$">\n'
    return [
        Text("pfsense_fields", fields),
        Text("pfsense_page", _page(_PFSENSE_PAGE, values, "")),
        Text("pfsense_error_page", _page(_PFSENSE_PAGE, values, message)),
    ]


def opnsense(values: Values) -> list[Text]:
    """Services, Captive Portal: its fields, and index.html of its template."""
    fields = radius_fields(values) + f"Allowed addresses: {values.portal_host}\n"
    return [Text("opnsense_fields", fields), Text("opnsense_template", _page(_OPNSENSE_PAGE, values, ""))]


def _page(page: str, values: Values, message: str) -> str:
    return page.replace("@URL@", values.visit_url).replace("@MESSAGE@", message)
