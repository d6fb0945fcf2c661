"""The gateway's tables in the kernel's nftables: replaced as a whole, changed for a guest, read, and checked."""

import struct
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final, TypeAlias

from spotcoffee.protocols.nftables import counters, elements, ruleset
from spotcoffee.protocols.nftables.counters import FAMILY_BRIDGE, FAMILY_INET, Element
from spotcoffee.protocols.nftables.elements import DIRECTIONS, Entry, LeftOver
from spotcoffee.protocols.nftables.expressions import Json
from spotcoffee.protocols.nftables.ruleset import BRIDGE, INET, TABLE, Layout
from spotcoffee.servers.gateway.enforcement import Address, Device
from spotcoffee.servers.gateway.errors import KernelMissing, KernelRefused
from spotcoffee.servers.gateway.libnftables import Nftables
from spotcoffee.servers.gateway.netlink import Channel

# Volumes still to use, bytes by direction.
Quotas: TypeAlias = Mapping[str, int]

_NUMBER: Final = struct.Struct("=I")
_UNKNOWN: Final = -1


class Tables:
    """Our tables, and what they should be."""

    def __init__(self, nftables: Nftables, channel: Channel, layout: Layout) -> None:
        self._nftables = nftables
        self._channel = channel
        self._layout = layout
        self._rules: list[bytes] = []
        # Of the last change that was ours; another number means that somebody changed something.
        self._generation = _UNKNOWN

    def try_out(self) -> None:
        """Have the kernel check the rules, and change nothing. Raises KernelMissing for what it can't do."""
        try:
            self._nftables.try_out([*ruleset.remove_tables(self._families), *ruleset.add_tables(self._layout)])
        except KernelRefused as refused:
            raise KernelMissing(f"this kernel's nftables lacks something; it says: {refused.detail}") from refused

    def left_over(self) -> list[LeftOver]:
        """Whom an earlier gateway let through, with what they moved."""
        listings = {name: self._nftables.listed(_named("map", name)) for name in DIRECTIONS}
        return elements.left_over({name: listing for name, listing in listings.items() if listing is not None})

    def homes(self) -> dict[Device, str]:
        """The port of the bridge that each device is bound to."""
        return dict(elements.place_of(element) for element in self._elements("homes", family=FAMILY_BRIDGE))

    def halt(self) -> None:
        """Let nothing more of guests pass, until the tables are replaced."""
        with suppress(KernelRefused):
            self._nftables.run(ruleset.halt())

    def replace(self, entries: Iterable[Entry], quotas: Mapping[int, Quotas]) -> None:
        """Put the rules in place with these guests and no others, in one step. quotas: by number."""
        # The other family's table goes too: an earlier gateway may have been bound to ports.
        commands = [*ruleset.remove_tables(), *ruleset.add_tables(self._layout)]
        guests = [command for entry in entries for command in elements.let_in(entry)]
        guests += [command for number, limits in quotas.items() for command in elements.set_quotas(number, limits)]
        self._nftables.run(commands + elements.together(guests))
        self._generation = self._current()
        self._rules = self._written_rules()

    def run(self, commands: list[Json]) -> None:
        """Carry out commands, all or none. Raises KernelRefused."""
        suspect = self._generation != self._current()
        self._nftables.run(commands)
        self._generation = _UNKNOWN if suspect else self._current()

    def octets(self) -> dict[str, dict[int, int]]:
        """What each number moved since its element is there, by direction."""
        return {
            name: {elements.number_of(found): found.octets for found in self._elements(name)} for name in DIRECTIONS
        }

    def octets_of(self, number: int) -> dict[str, int]:
        """The same of one number."""
        key = _NUMBER.pack(number)
        return {name: sum(found.octets for found in self._element(name, key)) for name in DIRECTIONS}

    def are_whole(self) -> bool:
        """Whether the rules are as they were put; looks closely only when something changed."""
        return self._is_untouched() or self._written_rules() == self._rules

    def hold(self, entries: Collection[Entry]) -> bool:
        """Whether these guests and no others are let through; one whose time may have run out can be missing."""
        if self._is_untouched():
            return True
        pairs = {elements.pair_of(element) for name in ("guests4", "guests6") for element in self._elements(name)}
        allowed = {(entry.device, address) for entry in entries for address in entry.addresses}
        lasting = {
            (entry.device, address) for entry in entries if entry.seconds_left is None for address in entry.addresses
        }
        numbers = {entry.number for entry in entries}
        counted = all(octets.keys() == numbers for octets in self.octets().values())
        return lasting <= pairs <= allowed and counted

    def trust(self) -> None:
        """Take the tables, having been looked at closely, as they are."""
        self._generation = self._current()

    def strange_pairs(self) -> set[tuple[Device, Address]]:
        """MAC address and address of strangers who look like a guest."""
        return {elements.pair_of(element) for name in ("strange4", "strange6") for element in self._elements(name)}

    def strays(self) -> set[tuple[Device, str]]:
        """MAC addresses of guests on ports of the bridge that aren't theirs."""
        return {elements.place_of(element) for element in self._elements("strays", family=FAMILY_BRIDGE)}

    def shut(self) -> None:
        """Shut everybody out, and leave the rules. Without them nobody passes either."""
        with suppress(KernelRefused):
            self._nftables.run(elements.flush_guests())

    def remove(self) -> None:
        """Leave nothing of ours."""
        self._nftables.run(ruleset.remove_tables())

    @property
    def _families(self) -> tuple[str, ...]:
        return (INET, BRIDGE) if self._layout.bound_to_port else (INET,)

    def _is_untouched(self) -> bool:
        return self._generation == self._current()

    def _current(self) -> int:
        return self._channel.ask_one(counters.ask_generation(), counters.generation) or 0

    def _written_rules(self) -> list[bytes]:
        families = (FAMILY_INET, FAMILY_BRIDGE) if self._layout.bound_to_port else (FAMILY_INET,)
        chain = partial(counters.chain, table=TABLE)
        return [
            written
            for family in families
            for written in (
                *self._channel.ask(counters.ask_chains(family), chain),
                *self._channel.ask(counters.ask_rules(family, TABLE), counters.rule),
            )
        ]

    def _elements(self, name: str, *, family: int = FAMILY_INET) -> Iterable[Element]:
        if family == FAMILY_BRIDGE and not self._layout.bound_to_port:
            return ()
        question = counters.ask_elements(family, TABLE, name)
        try:
            return [element for some in self._channel.ask(question, counters.elements) for element in some]
        except KernelRefused:
            # No such set: somebody removed the tables.
            return ()

    def _element(self, name: str, key: bytes) -> list[Element]:
        question = counters.ask_element(FAMILY_INET, TABLE, name, key)
        return self._channel.ask_one(question, counters.elements) or []


def _named(kind: str, name: str) -> dict[str, Json]:
    return {kind: {"family": INET, "table": TABLE, "name": name}}
