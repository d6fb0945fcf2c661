"""A guest who is let through: what he may do, what the kernel was told of him, and what he moved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from spotcoffee.protocols.nftables.elements import Entry, LeftOver
from spotcoffee.servers.gateway.enforcement import Address, Guest, Traffic

NOTHING: Final = Traffic(0, 0, None)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a guest before he is let through, or again. traffic: of his session so far."""

    number: int
    port: str
    traffic: Traffic = NOTHING
    learned: tuple[Address, ...] = ()

    def with_more(self, left: LeftOver | None) -> "Past":
        """With what the kernel had counted, if that is more."""
        if left is None:
            return self
        traffic = Traffic(max(self.traffic.down, left.down), max(self.traffic.up, left.up), self.traffic.last_seen)
        return replace(self, traffic=traffic)


@dataclass(slots=True)
class Admitted:
    """A guest. entry: what the kernel was told; learned: addresses that were taken in since.

    quotas_from: what he had moved when his quotas were set.
    """

    guest: Guest
    entry: Entry
    traffic: Traffic
    learned: list[Address]
    quotas_from: Traffic

    def count(self, octets: Mapping[str, int], now: float | None) -> None:
        """Take in what the kernel counted since the entry was made. now: None: the time isn't looked at."""
        before_down, before_up = self.entry.counted
        # Counters that are gone, with all rules, were read before.
        down = max(self.traffic.down, before_down + octets["down"])
        up = max(self.traffic.up, before_up + octets["up"])
        seen = self.traffic.last_seen
        if now is not None and (seen is None or up > self.traffic.up):
            seen = now
        self.traffic = Traffic(down, up, seen)

    def change(self, guest: Guest) -> None:
        """Give him other limits and addresses."""
        self.learned = [address for address in self.learned if address not in guest.addresses]
        self.guest = guest
        self.quotas_from = self.traffic
        self.entry = replace(self.entry, addresses=(*guest.addresses, *self.learned), seconds_left=guest.seconds_left)

    def learn(self, address: Address, *, most: int) -> list[Address]:
        """Take in an address of his; those that had to go for it."""
        dropped = self.learned[: max(0, len(self.learned) + 1 - most)]
        self.learned = [*self.learned[len(dropped) :], address]
        self.entry = replace(self.entry, addresses=(*self.guest.addresses, *self.learned))
        return dropped

    def left(self) -> Guest:
        """The guest with what is left of his quotas."""
        used_down = self.traffic.down - self.quotas_from.down
        used_up = self.traffic.up - self.quotas_from.up
        down, up = self.guest.quota_down, self.guest.quota_up
        return replace(
            self.guest,
            quota_down=None if down is None else max(0, down - used_down),
            quota_up=None if up is None else max(0, up - used_up),
        )


def admitted(guest: Guest, past: Past) -> Admitted:
    """A guest as he is let through."""
    down = max(guest.counted_down, past.traffic.down)
    up = max(guest.counted_up, past.traffic.up)
    traffic = Traffic(down, up, past.traffic.last_seen)
    learned = [address for address in past.learned if address not in guest.addresses]
    entry = Entry(
        number=past.number,
        device=guest.device,
        addresses=(*guest.addresses, *learned),
        port=past.port,
        counted=(down, up),
        seconds_left=guest.seconds_left,
    )
    return Admitted(guest, entry, traffic, learned, traffic)


def quotas(guest: Guest) -> dict[str, int]:
    """His quotas by direction."""
    limits = {"down": guest.quota_down, "up": guest.quota_up}
    return {direction: limit for direction, limit in limits.items() if limit is not None}
