"""Which adapter reads the visits of which equipment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import (
    aruba,
    cambium,
    cisco,
    fortinet,
    meraki,
    mikrotik,
    omada,
    opennds,
    opnsense,
    pfsense,
    ruckus,
    uam,
    unifi,
)
from spotcoffee.protocols.portals.visits import Answer, Arrival, Entry, Trust, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """An adapter's functions (protocols.portals). ask_again: how a visit with a new challenge is had, where it can be.

    knock: for a guest who came without a visit, the address at a host of the equipment that brings him one, and back.
    signs: the secret of the access point proves what a visit says.
    """

    read: Callable[[Arrival, Trust], Visit]
    log_on: Callable[[Visit, Entry, Trust], Answer]
    log_off: Callable[[Visit], Answer | None]
    ask_again: Callable[[Visit, str], Answer] | None = None
    knock: Callable[[str, str], str] | None = None
    signs: bool = False


def _uam(equipment: Equipment) -> Adapter:
    return Adapter(
        read=partial(uam.read, equipment=equipment),
        log_on=uam.log_on,
        log_off=uam.log_off,
        ask_again=uam.ask_again,
        knock=uam.knock,
        signs=True,
    )


ADAPTERS: Final[Mapping[Equipment, Adapter]] = {
    Equipment.GATEWAY: _uam(Equipment.GATEWAY),
    Equipment.COOVACHILLI: _uam(Equipment.COOVACHILLI),
    Equipment.MIKROTIK: Adapter(
        read=mikrotik.read, log_on=mikrotik.log_on, log_off=mikrotik.log_off, knock=mikrotik.knock
    ),
    Equipment.OPENNDS: Adapter(read=opennds.read, log_on=opennds.log_on, log_off=opennds.log_off),
    Equipment.UNIFI: Adapter(read=unifi.read, log_on=unifi.log_on, log_off=unifi.log_off),
    Equipment.OMADA: Adapter(read=omada.read, log_on=omada.log_on, log_off=omada.log_off),
    Equipment.PFSENSE: Adapter(read=pfsense.read, log_on=pfsense.log_on, log_off=pfsense.log_off),
    Equipment.OPNSENSE: Adapter(read=opnsense.read, log_on=opnsense.log_on, log_off=opnsense.log_off),
    Equipment.ARUBA: Adapter(read=aruba.read, log_on=aruba.log_on, log_off=aruba.log_off),
    Equipment.CISCO: Adapter(read=cisco.read, log_on=cisco.log_on, log_off=cisco.log_off),
    Equipment.RUCKUS: Adapter(read=ruckus.read, log_on=ruckus.log_on, log_off=ruckus.log_off),
    Equipment.MERAKI: Adapter(read=meraki.read, log_on=meraki.log_on, log_off=meraki.log_off),
    Equipment.FORTINET: Adapter(read=fortinet.read, log_on=fortinet.log_on, log_off=fortinet.log_off),
    Equipment.CAMBIUM: Adapter(read=cambium.read, log_on=cambium.log_on, log_off=cambium.log_off),
}
