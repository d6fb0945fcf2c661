"""dnsmasq's configuration: addresses, names, and where the captive portal API is (RFC 8910). A text, and nothing else.

What comes in was checked before: no value holds a line end or a comma.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface
from typing import Final

CAPTIVE_PORTAL_4: Final = 114
CAPTIVE_PORTAL_6: Final = 103
_CACHED_NAMES: Final = 2_000
_MOST_QUESTIONS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What dnsmasq is to do.

    interface: the guests'; own4, own6: the box's addresses there. lease: seconds. leases: path of the file that
    outlives it. resolvers: whom to ask, ADDRESS or ADDRESS#PORT; empty: the machine's own. api_url: of the captive
    portal API; None: there is none. own_name: that URL's host, which is the box. walled_names: names whose addresses
    need no login, put into the sets walled4 and walled6 of table inet `table`.
    """

    interface: str
    own4: IPv4Interface
    own6: IPv6Interface | None = None
    lease: int
    leases: str
    resolvers: tuple[str, ...] = ()
    api_url: str | None = None
    own_name: str = ""
    walled_names: tuple[str, ...] = ()
    table: str


def configuration(plan: Plan) -> str:
    """The text of the configuration file."""
    return "".join(f"{line}\n" for lines in (_common(plan), _names(plan), _addresses(plan)) for line in lines)


def _common(plan: Plan) -> Iterable[str]:
    yield "keep-in-foreground"
    yield "log-facility=-"
    yield "pid-file="
    yield f"interface={plan.interface}"
    yield "except-interface=lo"
    yield "bind-dynamic"


def _names(plan: Plan) -> Iterable[str]:
    yield "no-hosts"
    yield "domain-needed"
    yield "bogus-priv"
    yield f"cache-size={_CACHED_NAMES}"
    yield f"dns-forward-max={_MOST_QUESTIONS}"
    if plan.resolvers:
        yield "no-resolv"
        yield from (f"server={resolver}" for resolver in plan.resolvers)
    if plan.own_name:
        addresses = [str(own.ip) for own in (plan.own4, plan.own6) if own is not None]
        yield f"host-record={plan.own_name},{','.join(addresses)}"
    sets = ",".join(f"{version}#inet#{plan.table}#walled{version}" for version in (4, 6))
    yield from (f"nftset=/{name}/{sets}" for name in plan.walled_names)


def _addresses(plan: Plan) -> Iterable[str]:
    hosts = plan.own4.network
    first, last = hosts.network_address + 1, hosts.broadcast_address - 1
    yield "dhcp-authoritative"
    yield f"dhcp-leasefile={plan.leases}"
    yield f"dhcp-lease-max={min(65_536, hosts.num_addresses)}"
    yield f"dhcp-range={first},{last},{hosts.netmask},{plan.lease}"
    yield f"dhcp-option=option:router,{plan.own4.ip}"
    yield f"dhcp-option=option:dns-server,{plan.own4.ip}"
    if plan.api_url is not None:
        # Forced: some phones take it without asking for it.
        yield f"dhcp-option-force={CAPTIVE_PORTAL_4},{plan.api_url}"
    if plan.own6 is not None:
        # Guests choose their own addresses, as the router (advertisement.py) tells them; here they ask for the rest.
        yield f"dhcp-range={plan.own6.network.network_address},static,{plan.own6.network.prefixlen}"
        yield f"dhcp-option=option6:dns-server,[{plan.own6.ip}]"
        if plan.api_url is not None:
            yield f"dhcp-option=option6:{CAPTIVE_PORTAL_6},{plan.api_url}"
