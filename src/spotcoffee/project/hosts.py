"""Under which names the pages are reached: those of the settings, and this machine's own."""

import socket
from collections.abc import Iterable
from urllib.parse import urlsplit


def own_names() -> list[str]:
    """The name and the addresses of this machine, as far as it knows them itself."""
    found = [socket.gethostname()]
    # No packet is sent: connecting a UDP socket only chooses the address it would be sent from.
    for family, somewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((somewhere, 9))
                found.append(str(probe.getsockname()[0]))
        except OSError:
            continue
    return list(dict.fromkeys(found))


def host_of(address: str) -> list[str]:
    """The host of a web address; none where there is no address. Where we send guests we must answer them."""
    host = urlsplit(address).hostname
    return [host] if host else []


def allowed_hosts(names: Iterable[str]) -> list[str]:
    """The Host headers that are answered."""
    every = dict.fromkeys(["localhost", "127.0.0.1", "::1", *names, *own_names()])
    return [f"[{name}]" if ":" in name else name for name in every]
