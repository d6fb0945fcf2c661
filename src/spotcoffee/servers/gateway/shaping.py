"""Rate limits: a class for each guest on the way to him (guests' interface) and from him (uplink)."""

import errno
from collections.abc import Iterable, Mapping
from typing import Final

from spotcoffee.protocols.nftables import traffic_control
from spotcoffee.servers.gateway.errors import KernelMissing, KernelRefused
from spotcoffee.servers.gateway.netlink import Channel

_LEAVES: Final = ("fq_codel", "bfifo")
_GONE: Final = frozenset({errno.ENOENT, errno.EINVAL})
# A class number for trying what the kernel has; no guest's.
_TRIAL: Final = 0xFFFF


class Shaper:
    """The classes on one interface. rates: bit/s by the guest's number, as they should be."""

    def __init__(self, channel: Channel, interface: int) -> None:
        self._channel = channel
        self._interface = interface
        self._rates: dict[int, int] = {}
        self._leaf = ""

    def put(self, rates: Mapping[int, int]) -> None:
        """Have these classes and no others; what is there already is left alone. Raises KernelMissing without HTB."""
        if self._leaf and self.is_whole():
            for number in self._rates.keys() - rates.keys():
                self.drop(number)
            changed = [number for number, rate in rates.items() if self._rates.get(number) != rate]
            self._rates = dict(rates)
            self._channel.order(order for number in changed for order in self._orders(number))
        else:
            self._install(rates)

    def _install(self, rates: Mapping[int, int]) -> None:
        self._channel.order([traffic_control.delete_root(self._interface)], ignored=_GONE)
        try:
            self._channel.order([traffic_control.add_root(self._interface)])
        except KernelRefused as refused:
            if refused.errno not in (errno.ENOENT, errno.EOPNOTSUPP):
                raise
            raise KernelMissing("this kernel has no HTB; load it with: modprobe sch_htb") from refused
        self._leaf = self._leaf or self._choose_leaf()
        self._rates = dict(rates)
        self._channel.order(order for number in rates for order in self._orders(number))

    def set_rate(self, number: int, rate: int | None) -> None:
        """Give a guest a rate, or none."""
        if rate is None:
            self.drop(number)
        elif self._rates.get(number) != rate:
            self._rates[number] = rate
            self._channel.order(self._orders(number))

    def drop(self, number: int) -> None:
        """Take a guest's class away."""
        if self._rates.pop(number, None) is not None:
            self._channel.order([traffic_control.delete_class(self._interface, number)], ignored=_GONE)

    def is_whole(self) -> bool:
        """Whether the queue and all classes are there."""
        root = traffic_control.ask_root(self._interface)
        if not self._channel.ask_one(root, traffic_control.is_ours):
            return False
        classes = self._channel.ask(traffic_control.ask_classes(self._interface), traffic_control.minor)
        return self._rates.keys() <= set(classes)

    def remove(self) -> None:
        """Give the interface its own queue back."""
        self._rates = {}
        self._channel.order([traffic_control.delete_root(self._interface)], ignored=_GONE)

    def _orders(self, number: int) -> Iterable[bytes]:
        rate = self._rates[number]
        yield traffic_control.set_class(self._interface, number, rate=rate)
        yield traffic_control.set_leaf(self._interface, number, rate=rate, kind=self._leaf)

    def _choose_leaf(self) -> str:
        rate = traffic_control.LEAST_RATE
        self._channel.order([traffic_control.set_class(self._interface, _TRIAL, rate=rate)])
        try:
            for leaf in _LEAVES:
                try:
                    self._channel.order([traffic_control.set_leaf(self._interface, _TRIAL, rate=rate, kind=leaf)])
                except KernelRefused:
                    continue
                return leaf
        finally:
            self._channel.order([traffic_control.delete_class(self._interface, _TRIAL)])
        raise KernelMissing("this kernel has neither fq_codel nor bfifo; load one with: modprobe sch_fq_codel")
