"""A PostgreSQL that can be away for a while, and comes back as it was."""

import signal
from typing import Final

from tests.postgres import Cluster

_PATIENCE: Final = 30.0


class InterruptibleCluster(Cluster):
    """A cluster that keeps its port when it is started again."""

    _kept_port = 0

    @property
    def _port(self) -> int:
        return self._kept_port

    @_port.setter
    def _port(self, port: int) -> None:
        self._kept_port = self._kept_port or port

    def interrupt(self) -> None:
        """Stop the server; all connections break."""
        assert self._server is not None
        # PostgreSQL's "fast" shutdown: SIGTERM would wait until everyone has hung up.
        self._server.send_signal(signal.SIGINT)
        self._server.wait(_PATIENCE)

    def resume(self) -> None:
        """Start it again on what it has, and wait until it answers."""
        assert self._folder is not None
        self._serve(self._folder)
