"""Sockets that hear every address of a machine: what arrives is named, and answered from where it was sent to."""

import asyncio
import socket

import pytest

from spotcoffee.protocols.radius.packet import Code
from spotcoffee.servers.radius.counters import Counters
from spotcoffee.servers.radius.listener import Listener
from spotcoffee.servers.radius.reception import Port, Send, Source

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - what is tried


class Echo:
    """Stands where the reception does: answers what it hears with the address that it was told."""

    def receive(self, datagram: bytes, source: Source, *, port: Port, send: Send) -> None:
        send(datagram + source[0].encode(), source)


def answer_to(datagram: bytes, *, bound_to: str, asked: str, port: int, more: int = 0) -> tuple[bytes, str]:
    """What a client hears that takes answers from the asked address alone, and from which address it came."""

    async def ask() -> tuple[bytes, str]:
        loop = asyncio.get_running_loop()
        listener = Listener(
            (bound_to, port),
            reception=Echo(),  # type: ignore[arg-type]
            port=Port(Code.ACCESS_REQUEST, port),
            counters=Counters(),
            closed=lambda: False,
        )
        listener.open(loop)
        family = socket.AF_INET6 if ":" in asked else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            client.connect((asked, port))
            for _ in range(more):
                await loop.sock_sendall(client, b"more ")
            await loop.sock_sendall(client, datagram)
            try:
                async with asyncio.timeout(5):
                    heard = [await loop.sock_recvfrom(client, 9000) for _ in range(more + 1)]
            finally:
                listener.close(loop)
        return heard[-1][0], heard[-1][1][0]

    return asyncio.run(ask())


@pytest.fixture
def port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_answer_leaves_from_the_address_that_was_asked(port: int) -> None:
    said, came_from = answer_to(b"from ", bound_to=EVERY_ADDRESS, asked="127.0.0.9", port=port)
    assert came_from == "127.0.0.9"
    assert said.startswith(b"from 127.")


def test_so_it_does_where_one_address_is_bound(port: int) -> None:
    assert answer_to(b"from ", bound_to="127.0.0.7", asked="127.0.0.7", port=port)[1] == "127.0.0.7"


def test_bound_to_all_of_ipv6_it_hears_ipv4_and_names_it_so(port: int) -> None:
    said, came_from = answer_to(b"from ", bound_to="::", asked="127.0.0.9", port=port)
    assert came_from == "127.0.0.9"
    assert said.startswith(b"from 127.")


def test_ipv6_keeps_its_name(port: int) -> None:
    assert answer_to(b"from ", bound_to="::", asked="::1", port=port) == (b"from ::1", "::1")


def test_more_than_it_takes_at_once_is_taken_too(port: int) -> None:
    assert answer_to(b"the last ", bound_to="127.0.0.1", asked="127.0.0.1", port=port, more=200)[0].startswith(
        b"the last"
    )


def test_what_is_longer_than_any_packet_is_cut_off_and_nothing_breaks(port: int) -> None:
    said, _ = answer_to(bytes(60_000), bound_to="127.0.0.1", asked="127.0.0.1", port=port)
    assert len(said) == 8192 + len("127.0.0.1")


def test_an_address_of_another_machine_is_refused_at_once(port: int) -> None:
    with pytest.raises(OSError, match="assign"):
        answer_to(b"", bound_to="192.0.2.1", asked="127.0.0.1", port=port)
