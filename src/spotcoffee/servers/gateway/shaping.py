"""Rate limits: a class for each guest on the way to him (guests' interface) and from him (uplink)."""

import errno
from collections.abc import Iterable, Mapping
from typing import Final

from spotcoffee.protocols.nftables import traffic_control
from spotcoffee.servers.gateway.errors import KernelMissing, KernelRefused
from spotcoffee.servers.gateway.netlink import ROUTE, Channel, Listener

_LEAVES: Final = ("fq_codel", "bfifo")
_GONE: Final = frozenset({errno.ENOENT, errno.EINVAL})
_BUFFER: Final = 1 << 20
# A class number for trying what the kernel has; no guest's.
_TRIAL: Final = 0xFFFF


class Shaper:
    """The classes on one interface; its own queue stays as long as no guest has a rate. Rates are bit/s."""

    def __init__(self, channel: Channel, interface: int) -> None:
        self._channel = channel
        self._interface = interface
        self._watch = Listener(ROUTE, [traffic_control.GROUP], buffer=_BUFFER)
        self._rates: dict[int, int] = {}
        self._leaf = ""
        self._was_whole = False

    def put(self, rates: Mapping[int, int]) -> None:
        """Have these classes and no others; what is there already is left alone. Raises KernelMissing without HTB."""
        if not self._leaf or (rates and not self.is_whole()):
            self._install(rates)
        for number in self._rates.keys() - rates.keys():
            self.drop(number)
        for number, rate in rates.items():
            self.set_rate(number, rate)
        if not rates:
            # Whom nobody limits, the queue would only slow down.
            self.remove()

    def set_rate(self, number: int, rate: int | None) -> None:
        """Give a guest a rate, or none."""
        if rate is None:
            self.drop(number)
        elif self._rates.get(number) != rate:
            rates = {**self._rates, number: rate}
            if not self._rates:
                self._install(rates)
                return
            self._rates = rates
            try:
                self._channel.order(self._orders(number))
            except KernelRefused:
                # Somebody took the queue away.
                self._install(rates)

    def drop(self, number: int) -> None:
        """Take a guest's class away."""
        if self._rates.pop(number, None) is not None:
            self._channel.order([traffic_control.delete_class(self._interface, number)], ignored=_GONE)

    def is_whole(self) -> bool:
        """Whether the queue and all classes are there; looks only when some queue of this machine was changed."""
        if self._watch.drain() or not self._was_whole:
            self._was_whole = not self._rates or (self._has_root() and self._has_classes())
        return self._was_whole

    def remove(self) -> None:
        """Give the interface its own queue back."""
        self._rates = {}
        self._channel.order([traffic_control.delete_root(self._interface)], ignored=_GONE)

    def close(self) -> None:
        """Watch no longer."""
        self._watch.close()

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

    def _has_root(self) -> bool:
        root = traffic_control.ask_root(self._interface)
        return bool(self._channel.ask_one(root, traffic_control.is_ours))

    def _has_classes(self) -> bool:
        classes = self._channel.ask(traffic_control.ask_classes(self._interface), traffic_control.minor)
        return self._rates.keys() <= set(classes)

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
