"""The texts to copy for one access point, by the kind of its equipment."""

from collections.abc import Callable, Mapping
from typing import Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.configuration import opennds
from spotcoffee.protocols.configuration.values import Text, Values

_TEXTS: Final[Mapping[Equipment, Callable[[Values], list[Text]]]] = {
    Equipment.OPENNDS: opennds.texts,
}


def configuration(equipment: Equipment, values: Values) -> list[Text]:
    """The texts to copy, in the order in which they are used. Raises Unwritable."""
    return _TEXTS[equipment](values)
