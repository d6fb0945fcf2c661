"""Connections of clients that take no octet are given up by the kernel."""

import asyncio
import socket
import time
from typing import Any

import pytest

from spotcoffee.project import impatience
from spotcoffee.project.impatience import Impatient


def test_who_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def application(*_: Any) -> None:
        return None

    monkeypatch.setattr(impatience, "GIVEN_UP_AFTER", 1_000)
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as client:
        asyncio.run(Impatient(application)({}, None, None))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(listening.getsockname())
        accepted, _ = listening.accept()
        began = time.monotonic()
        with accepted:
            accepted.settimeout(20)
            # Which fault it is the kernel chooses.
            with pytest.raises(OSError):  # noqa: PT011
                accepted.sendall(b"x" * 50_000_000)

        assert time.monotonic() - began < 10
