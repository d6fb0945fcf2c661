"""The texts to copy for one access point, by the kind of its equipment."""

from collections.abc import Callable, Mapping
from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.configuration import controllers, firewalls, opennds, routers
from spotcoffee.protocols.configuration.values import Text, Values

_TEXTS: Final[Mapping[Equipment, Callable[[Values], list[Text]]]] = {
    Equipment.GENERIC: routers.generic,
    Equipment.GATEWAY: routers.gateway,
    Equipment.COOVACHILLI: routers.coovachilli,
    Equipment.MIKROTIK: routers.mikrotik,
    Equipment.OPENNDS: opennds.texts,
    Equipment.PFSENSE: firewalls.pfsense,
    Equipment.OPNSENSE: firewalls.opnsense,
    Equipment.UNIFI: controllers.unifi,
    Equipment.OMADA: controllers.omada,
    Equipment.CISCO: controllers.cisco,
    Equipment.ARUBA: controllers.aruba,
    Equipment.RUCKUS: controllers.ruckus,
    Equipment.MERAKI: controllers.meraki,
    Equipment.FORTINET: controllers.fortinet,
    Equipment.CAMBIUM: controllers.cambium,
}
# dnsmasq gives these guests their addresses, or whatever does takes the option's number and text. Of unknown equipment
# no visit can be read: its own login page is the portal.
_WITHOUT_OPTION_114: Final = frozenset(
    {Equipment.GENERIC, Equipment.MIKROTIK, Equipment.COOVACHILLI, Equipment.GATEWAY, Equipment.OPENNDS}
)


def configuration(equipment: Equipment, values: Values) -> list[Text]:
    """The texts to copy, in the order in which they are used. Raises Unwritable."""
    texts = _TEXTS[equipment](values)
    if equipment in _WITHOUT_OPTION_114:
        return texts
    return [*texts, Text("dhcp_option_114", f"dhcp-option-force=114,{values.api_url}\n")]
