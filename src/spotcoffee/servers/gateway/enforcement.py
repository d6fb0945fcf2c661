"""The line between the gateway's brain and the kernel: what may be asked, and the values that pass.

Nothing here knows nftables. `kernel.Kernel` is the one implementation. All calls are made by one thread, and each takes
milliseconds, so that an event loop may make them itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Protocol, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
IPNetwork: TypeAlias = IPv4Network | IPv6Network
# A MAC address as the domain writes devices: 12 hexadecimal digits, lower case.
Device: TypeAlias = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Where the gateway stands. Checked against the machine by `install`.

    guest_interface, uplink_interface: names of Linux interfaces; the guests' may be a bridge.
    guest4, guest6: the box's own address there, with the guests' network (10.77.0.1/24); set if missing.
    portal_port: TCP port of the box where HTTP before login is sent.
    open_ports: other TCP ports of the box that a guest may reach without a login (a portal's HTTPS).
    walled_garden: what may be reached without a login. dnsmasq adds addresses of names to the sets `walled4` and
    `walled6` of table inet spotcoffee (`nftset=/NAME/4#inet#spotcoffee#walled4,6#inet#spotcoffee#walled6`).
    forbidden: what no guest reaches, logged in or not: the house's own network.
    masquerade: the guests' IPv4 goes out under the uplink's address.
    roaming: a device may change the port of the bridge without a new login: several access points on several ports.
    """

    guest_interface: str
    uplink_interface: str
    guest4: IPv4Interface
    guest6: IPv6Interface | None = None
    portal_port: int
    open_ports: tuple[int, ...] = ()
    walled_garden: tuple[IPNetwork, ...] = ()
    forbidden: tuple[IPNetwork, ...] = ()
    masquerade: bool = True
    roaming: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A device that has paid, and what it may do. None: no limit.

    addresses: of the device when it logged in; new IPv6 addresses of it are taken in by `alerts`.
    rate_down, rate_up: bit/s, 8,000 or more.
    quota_down, quota_up: bytes that this session may still move from this call on; the kernel stops at them by itself.
    seconds_left: after which the kernel shuts the guest out by itself, even if the gateway died: a little more than
    the session has.
    counted_down, counted_up: bytes this session moved before; counting goes on from there (or from more, if the kernel
    knows better).
    """

    device: Device
    addresses: tuple[Address, ...]
    rate_down: int | None = None
    rate_up: int | None = None
    quota_down: int | None = None
    quota_up: int | None = None
    seconds_left: int | None = None
    counted_down: int = 0
    counted_up: int = 0


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a guest moved since the login, bytes of IP packets with their headers. Never goes down within a session.

    last_seen: the `now` of the first reading of `traffic` that saw `up` as it is, None before any; what comes unasked
    keeps no session alive.
    """

    down: int
    up: int
    last_seen: float | None


class Fault(StrEnum):
    """What `verify` found missing. Each is mended by `rebuild`."""

    RULES = "rules"
    GUESTS = "guests"
    SHAPING_DOWN = "shaping_down"
    SHAPING_UP = "shaping_up"
    ROUTING = "routing"


class AlertKind(StrEnum):
    """What was seen and not let through."""

    # A guest's MAC address with an address that isn't his.
    OTHER_ADDRESS = "other_address"
    # A guest's MAC address on another port of the bridge than where it logged in.
    OTHER_PORT = "other_port"
    # A guest's address with another MAC address.
    OTHER_DEVICE = "other_device"


@dataclass(frozen=True, slots=True)
class Alert:
    """Somebody who looks like a guest and isn't let through. device: the MAC address seen; port: of the bridge."""

    kind: AlertKind
    device: Device
    address: Address | None = None
    port: str = ""


class Enforcement(Protocol):
    """Lets guests through and nobody else. `now`: seconds of a clock that never steps back.

    Raises EnforcementError (errors.py); then what was in force before the call still is, or less.
    """

    def install(self, network: Network, guests: Iterable[Guest] = ()) -> None:
        """Take over the guests' interface: rules, rate limits, forwarding.

        guests: who was logged in when the gateway last ran; they go on at once. What an earlier gateway left in the
        kernel is replaced in one step; its counters are kept for guests named here. Raises NetworkRefused,
        before anything is touched, for settings that don't fit the machine, and KernelMissing.
        """

    def admit(self, guest: Guest) -> None:
        """Let a device through, and count from its `counted_*`. If it was already, what it had ends as by `expel`."""

    def change(self, guest: Guest) -> None:
        """Give a guest other limits or addresses; flows and counters go on. One who isn't admitted is left out."""

    def expel(self, device: Device) -> Traffic | None:
        """Shut a device out and end its flows; what it moved in all, None if it wasn't admitted."""

    def traffic(self, now: float) -> Mapping[Device, Traffic]:
        """What each guest moved. One whom the kernel has shut out by itself is still listed, until `expel`."""

    def verify(self) -> tuple[Fault, ...]:
        """What of ours is no longer in the kernel; empty: all is well. Cheap enough for each second."""

    def rebuild(self, guests: Iterable[Guest]) -> None:
        """Put everything back, with these guests and no others. Counters go on; flows too."""

    def alerts(self) -> tuple[Alert, ...]:
        """Who was seen with another's address since the last call, each once a minute at most.

        Takes in new IPv6 addresses of guests on the way (privacy extensions): call it each second or so.
        """

    def device_at(self, address: Address) -> Device | None:
        """Whose MAC address the kernel has for an address of a guest who is talking to the box."""

    def addresses_of(self, device: Device) -> tuple[Address, ...]:
        """All addresses of the guests' networks that the kernel knows of a device, IPv4 first; no link-local ones."""

    def close(self, *, leave_closed: bool = True) -> None:
        """Stop. leave_closed: no guest gets through any more; else all is put back as it was."""
