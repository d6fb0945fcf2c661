"""The legal log's source: which guest's address and port was translated to which, when flows begin and end.

Off unless somebody opens it. It tells nothing of what was said, and of whom with only if asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spotcoffee.protocols.nftables import conntrack
from spotcoffee.protocols.nftables.conntrack import Change, Endpoint, Flow
from spotcoffee.protocols.nftables.traffic_control import MOST_MINOR
from spotcoffee.servers.gateway.netlink import NETFILTER, Listener

# Some thousands of flows may begin while the gateway is busy elsewhere.
_BUFFER: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Translation:
    """A guest's flow began or ended. protocol: its number (6 TCP, 17 UDP). destination: None unless asked for."""

    change: Change
    protocol: int
    guest: Endpoint
    translated: Endpoint
    destination: Endpoint | None


class Translations:
    """Tells of guests' flows, in the network namespace in which it was made. Wait on `fileno`, then read.

    destinations: the law asks for them in years of the decree alone.
    """

    def __init__(self, *, destinations: bool = False) -> None:
        self._destinations = destinations
        groups = (conntrack.GROUP_BEGUN, conntrack.GROUP_ENDED)
        self._listener = Listener(NETFILTER, groups, buffer=_BUFFER)

    @property
    def lost(self) -> int:
        """How often the kernel had more to tell than there was room for: each time, flows are missing from the log."""
        return self._listener.lost

    def fileno(self) -> int:
        """For an event loop to wait on."""
        return self._listener.fileno()

    def read(self) -> Iterator[Translation]:
        """What has come since, as it came; never waits."""
        for message in self._listener.read():
            flow = conntrack.flow(message)
            if flow is not None and 0 < flow.mark <= MOST_MINOR:
                yield self._translation(flow)

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _translation(self, flow: Flow) -> Translation:
        destination = flow.destination if self._destinations else None
        return Translation(flow.change, flow.protocol, flow.guest, flow.translated, destination)
