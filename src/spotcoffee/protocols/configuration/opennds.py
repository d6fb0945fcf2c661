"""openNDS: its settings for Debian and for OpenWrt, and our script on its box. Run against openNDS 9.10 in tests/lab.

The script does what openNDS can't: it applies the limits of levels 1 and 2, tells who is on and who is off, and puts
off whom the server wants off. It needs a shell, sha256sum, and curl or wget. The level is 3 where the portal has TLS
(openNDS fetches logins itself, and needs PHP), else 1.
"""

import re
from typing import Final

from spotcoffee.protocols.configuration.values import Text, Unwritable, Values

SCRIPT_PATH: Final = "/etc/opennds/spotcoffee.sh"
# What openNDS takes as a faskey.
_FASKEY: Final = re.compile(r"[A-Za-z0-9]{8,32}")

_SCRIPT: Final = r"""#!/bin/sh
# SpotCoffee on the openNDS box: openNDS calls it (binauth), and cron calls it each minute with "minute".
url='@URL@'
key='@KEY@'

digest() { sha256sum | cut -d' ' -f1; }
encode() { if command -v base64 >/dev/null; then base64 | tr -d '\n'; else ndsctl b64encode "$(cat)"; fi; }
decode() { if command -v base64 >/dev/null; then printf '%s' "$1" | base64 -d; else ndsctl b64decode "$1"; fi; }
post() {
	payload=$(printf '%s' "$2" | encode | sed 's/+/%2B/g;s/=/%3D/g')
	proof=$(printf '%s%s' "$2" "$key" | digest)
	form="auth_get=$1&gatewayhash=$(printf '%s' "$url" | digest)&proof=$proof&payload=$payload"
	if command -v curl >/dev/null; then printf '%s' "$form" | curl -s -f -m 5 --data-binary @- "$url"
	else wget -q -T 5 -O - --post-data "$form" "$url"; fi
}

case "$1" in
minute)
	end=$(($(date +%s) + 57))
	while [ "$(date +%s)" -lt "$end" ]; do
		clients=$(ndsctl json 2>/dev/null)
		case "$clients" in
		'{'*)
			post custom "$(date +%s)
$clients" | while read -r verb mac; do
				case "$verb $mac" in
				"deauth "[0-9a-f][0-9a-f]:*) ndsctl deauth "$mac" >/dev/null ;;
				esac
			done
			;;
		esac
		sleep 3
	done
	;;
auth_client)
	set -- "$6" $(decode "$(/usr/lib/opennds/unescape.sh -url "$7")")
	hid=$(printf '%s' "$1" | digest)
	proof=$(printf '%s %s %s %s %s %s%s' "$2" "$3" "$4" "$5" "$6" "$hid" "$key" | digest)
	[ "$proof" = "$7" ] || { echo "0 0 0 0 0"; exit 1; }
	echo "$2 $3 $4 $5 $6"
	;;
*_deauth)
	report="method=$1, clientmac=$2, bytes_incoming=$3, bytes_outgoing=$4"
	report="$report, session_start=$5, session_end=$6, token=$7"
	(for try in 1 2 3 4 5 6; do post deauthed "$report" && break; sleep 5; done) >/dev/null 2>&1 &
	echo "0 0 0 0 0"
	;;
*) echo "0 0 0 0 0" ;;
esac
exit 0
"""


def texts(values: Values) -> list[Text]:
    """The settings, the script, and what calls it. Raises Unwritable."""
    faskey = values.needed("portal_secret")
    if not _FASKEY.fullmatch(faskey):
        raise Unwritable("portal_secret")
    script = _SCRIPT.replace("@URL@", _url(values)).replace("@KEY@", faskey)
    return [
        Text("opennds_conf", _conf(values, faskey)),
        Text("opennds_uci", _uci(values, faskey)),
        Text("opennds_script", script),
        Text("opennds_cron", f"* * * * * root {SCRIPT_PATH} minute\n"),
        Text("dhcp_option_114", f"dhcp-option-force=114,{values.api_url}\n"),
    ]


def _url(values: Values) -> str:
    return f"{values.portal}/portal/opennds/{values.number}/"


def _settings(values: Values, faskey: str) -> list[tuple[str, str]]:
    """Names as OpenWrt's; idle times are minutes."""
    is_name = not re.fullmatch(r"[0-9.]+", values.portal_host)
    idle = -(-(values.idle_timeout or 1_800) // 60)
    return [
        ("fasport", str(values.portal_port)),
        ("fasremotefqdn" if is_name else "fasremoteip", values.portal_host),
        ("faspath", f"/portal/opennds/{values.number}/"),
        ("fas_secure_enabled", "3" if values.is_https else "1"),
        ("faskey", faskey),
        ("binauth", SCRIPT_PATH),
        ("checkinterval", "5"),
        ("sessiontimeout", "1440"),
        ("authidletimeout", str(idle)),
        ("preauthidletimeout", "30"),
    ]


def _conf(values: Values, faskey: str) -> str:
    lines = [f"{name} {value}" for name, value in _settings(values, faskey)]
    rules = "FirewallRuleSet authenticated-users {\nFirewallRule allow all\n}\n"
    to_router = "".join(f"FirewallRule allow {port}\n" for port in ("udp port 53", "tcp port 53", "udp port 67"))
    return "\n".join([*lines, f"{rules}FirewallRuleSet users-to-router {{\n{to_router}}}\n"])


def _uci(values: Values, faskey: str) -> str:
    lines = [f"uci set opennds.@opennds[0].{name}='{value}'" for name, value in _settings(values, faskey)]
    host = f"uci add_list opennds.@opennds[0].walledgarden_fqdn_list='{values.portal_host}'"
    return "\n".join([*lines, host, "uci commit opennds", "service opennds restart", ""])
