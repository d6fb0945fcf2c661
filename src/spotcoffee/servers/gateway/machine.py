"""What the gateway has to know of the machine that it runs on."""

import fcntl
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

import structlog

from spotcoffee.servers.gateway.enforcement import Device, IPNetwork

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_SIOCGIFHWADDR: Final = 0x8927

log = structlog.get_logger()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a file that only one process can hold. Raises OSError where another does."""
    with path.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise OSError(f"another gateway runs with {path.parent}; stop it first") from busy
        yield


def boot_id() -> str:
    """Changes when the machine starts anew."""
    return _BOOT.read_text().strip()


def mac_of(interface: str) -> Device:
    """The MAC address of an interface. Raises OSError where there is none of that name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        answer = fcntl.ioctl(asked, _SIOCGIFHWADDR, struct.pack("16s240x", interface.encode()))
    return answer[18:24].hex()


def addresses_of(host: str) -> list[IPNetwork]:
    """The addresses of a host, as networks of one; empty where its name isn't known now."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        log.warning("name_unknown", host=host)
        return []
    return [ip_network(address) for address in {ip_address(str(entry[4][0]).partition("%")[0]) for entry in found}]
