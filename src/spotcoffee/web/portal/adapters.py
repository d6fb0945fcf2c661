"""Which adapter reads the visits of which equipment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.portals import mikrotik, opennds, uam
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
}
