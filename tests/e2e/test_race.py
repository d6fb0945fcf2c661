"""Fifty devices race for a ticket of one device: exactly one is accepted, whichever process it reached."""

import random
import selectors
import time
from collections.abc import Sequence

import pytest
from tests.e2e.house import House, Server
from tests.radius_peer import PATIENCE, REPEAT_AFTER, Peer, access_request

from spotcoffee.protocols.radius.packet import Code, Packet

DEVICES = 50
ROUNDS = 6
CAFE = "127.0.0.1"


def race(servers: Sequence[Server], code: str, *, order: random.Random) -> list[Packet]:
    """Every device asks at once, each from a socket of its own; what is not answered is asked again."""
    peers = [servers[number % len(servers)].peer(CAFE) for number in range(DEVICES)]
    asked = {
        peer.socket: (peer, access_request(1, code, code, Calling_Station_Id=f"02-00-00-00-01-{number:02X}"))
        for number, peer in enumerate(peers)
    }
    order.shuffle(peers)
    answers: list[Packet] = []
    with selectors.DefaultSelector() as selector:
        for peer in peers:
            selector.register(peer.socket, selectors.EVENT_READ)
            peer.send(asked[peer.socket][1], port=peer.auth)
        deadline = time.monotonic() + PATIENCE
        while asked and time.monotonic() < deadline:
            ready = selector.select(REPEAT_AFTER)
            for key, _ in ready:
                peer, request = asked.pop(key.fileobj)  # type: ignore[index]
                answer = peer.answer_to(request, within=0)
                assert answer is not None
                answers.append(answer)
                selector.unregister(peer.socket)
            if not ready:
                for peer, request in asked.values():
                    peer.send(request, port=peer.auth)
    _close(peers)
    return answers


def _close(peers: Sequence[Peer]) -> None:
    for peer in peers:
        peer.socket.close()


def check_race(house: House, servers: Sequence[Server]) -> None:
    offer = house.offer(house.access_point(CAFE), max_devices=1)
    for server in servers:
        with server.peer(CAFE) as peer:
            peer.status(server.auth, repeat_after=0.02)
    for number, (ticket, code) in enumerate(house.tickets(offer, ROUNDS)):
        answers = race(servers, code, order=random.Random(number))
        assert sorted(answer.code for answer in answers) == [Code.ACCESS_ACCEPT] + [Code.ACCESS_REJECT] * (DEVICES - 1)
        attempts = house.rows(
            "SELECT reason, count(*) AS count FROM hotspot_attempt WHERE ticket_id = ? GROUP BY reason ORDER BY reason",
            ticket,
        )
        assert attempts == [{"reason": "", "count": 1}, {"reason": "too_many_devices", "count": DEVICES - 1}]
        reservations = house.row("SELECT count(*) AS count FROM hotspot_session WHERE ticket_id = ?", ticket)
        assert reservations == {"count": 1}


def test_one_of_fifty_devices_wins(any_house: House) -> None:
    check_race(any_house, [any_house.start()])


@pytest.mark.parametrize("any_house", ["postgresql"], indirect=True)
def test_one_of_fifty_devices_wins_whichever_process_it_reached(any_house: House) -> None:
    servers = [any_house.start(), any_house.start()]
    check_race(any_house, servers)
    for server in servers:
        assert server.logged("database_failed") == []
        assert server.stop() == 0
        # Both took part.
        assert any_house.counters(server)["batch.requests"] == ROUNDS * DEVICES // 2
