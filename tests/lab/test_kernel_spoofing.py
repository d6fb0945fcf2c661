"""A MAC address seen with another address, or on another port, is not let through on its owner's ticket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address

from tests.lab.conftest import NETWORK, Gate, guest_of
from tests.lab.namespaces import BOX4, INTERNET4, INTERNET6, join

from spotcoffee.servers.gateway.enforcement import Alert, AlertKind
from spotcoffee.servers.gateway.kernel import MOST_ADDRESSES


def test_a_guests_mac_address_with_another_address_is_not_let_through(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    with _other_address(gate, "10.77.0.99"):
        assert not gate.phone.is_through()
        stranger = Alert(AlertKind.OTHER_ADDRESS, gate.phone.device, ip_address("10.77.0.99"))
        assert gate.kernel.alerts() == (stranger,)
        gate.phone.is_through()
        assert gate.kernel.alerts() == ()
    assert gate.phone.is_through()


def test_a_guests_addresses_under_another_mac_address_are_not_let_through(gate: Gate) -> None:
    guest, thief = gate.phone, gate.lab.phones[1]
    gate.kernel.admit(guest_of(guest))
    with _gone(gate), _disguised(gate, device=thief.device, address4=guest.address4, address6=guest.address6):
        assert not thief.is_through()
        assert not thief.is_through(to=INTERNET6)
        assert set(gate.kernel.alerts()) == {
            Alert(AlertKind.OTHER_DEVICE, thief.device, ip_address(address))
            for address in (guest.address4, guest.address6)
        }


def test_a_perfect_copy_on_another_port_is_not_let_through(gate: Gate) -> None:
    guest, thief = gate.phone, gate.lab.phones[1]
    gate.phone.is_through()
    gate.kernel.admit(guest_of(guest))
    with _gone(gate), _disguised(gate, device=guest.device, address4=guest.address4, address6=guest.address6):
        assert not thief.is_through()
        assert not thief.is_through(to=INTERNET6)
        assert gate.kernel.alerts() == (Alert(AlertKind.OTHER_PORT, guest.device, port=thief.port),)
        assert thief.fetch(f"http://{INTERNET4}/") == (0, "302 http://portal.example/")
    assert guest.is_through()


def test_a_new_login_on_another_port_moves_the_guest_there(gate: Gate) -> None:
    guest, moved = gate.phone, gate.lab.phones[1]
    gate.phone.is_through()
    gate.kernel.admit(guest_of(guest))
    with _gone(gate), _disguised(gate, device=guest.device, address4=guest.address4, address6=guest.address6):
        moved.is_through()
        gate.kernel.admit(guest_of(guest))
        assert moved.is_through()


def test_where_guests_may_roam_the_port_does_not_matter(gate: Gate) -> None:
    guest, moved = gate.phone, gate.lab.phones[1]
    gate.kernel.close()
    gate.restart(guest_of(guest), network=replace(NETWORK, roaming=True))
    with _gone(gate), _disguised(gate, device=guest.device, address4=guest.address4, address6=guest.address6):
        assert moved.is_through()
        assert gate.kernel.alerts() == ()


def test_the_port_is_kept_over_a_killed_process(gate: Gate) -> None:
    guest, thief = gate.phone, gate.lab.phones[1]
    gate.kernel.close()
    gate.phone.is_through()
    gate.killed(guest_of(guest))
    with _gone(gate), _disguised(gate, device=guest.device, address4=guest.address4, address6=guest.address6):
        assert not thief.is_through()
        gate.restart(guest_of(guest))
        assert not thief.is_through()


def test_an_address_that_is_not_of_the_guests_network_gets_no_answer(gate: Gate) -> None:
    with _other_address(gate, "192.0.2.7"):
        gate.phone.namespace.run("ip", "route", "add", str(BOX4.ip), "dev", "eth0")
        gate.phone.namespace.run("ip", "route", "replace", "default", "via", str(BOX4.ip))
        assert gate.phone.fetch(f"http://{INTERNET4}/", seconds=1)[0] == 28


def test_a_guests_new_ipv6_address_needs_no_new_login(gate: Gate) -> None:
    phone = gate.phone
    gate.kernel.admit(guest_of(phone))
    # Whom it does not know, the phone asks: the box must answer him already under the new address.
    phone.namespace.run("ip", "-6", "neigh", "flush", "dev", "eth0")
    with _another6(gate, "fd00:77::aaaa"):
        assert not _pings_from(gate, "fd00:77::aaaa")
        assert gate.kernel.alerts() == ()
        assert _pings_from(gate, "fd00:77::aaaa")
        assert gate.kernel.verify() == ()
        gate.kernel.change(guest_of(phone, rate_down=1_000_000))
        assert _pings_from(gate, "fd00:77::aaaa")
        gate.kernel.rebuild([guest_of(phone)])
        assert _pings_from(gate, "fd00:77::aaaa")
        gate.kernel.expel(phone.device)
        assert not _pings_from(gate, "fd00:77::aaaa")


def test_a_device_has_only_so_many_addresses(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    addresses = [f"fd00:77::b:{number:x}" for number in range(1, MOST_ADDRESSES + 2)]
    for address in addresses:
        with _another6(gate, address):
            gate.phone.namespace.run("ping", "-c1", "-W0.1", "-I", address, INTERNET6, check=False)
            gate.kernel.alerts()
    listed = gate.lab.box.out("nft", "list", "map", "inet", "spotcoffee", "guests6")
    assert [address for address in addresses if f" {address} " in listed] == addresses[1:]


def _pings_from(gate: Gate, address: str) -> bool:
    command = ("ping", "-c1", "-W1", "-I", address, INTERNET6)
    return gate.phone.namespace.run(*command, check=False).returncode == 0


@contextmanager
def _another6(gate: Gate, address: str) -> Iterator[None]:
    run, placed = gate.phone.namespace.run, (f"{address}/64", "dev", "eth0", "nodad")
    run("ip", "addr", "add", *placed)
    try:
        yield
    finally:
        run("ip", "addr", "del", *placed)


@contextmanager
def _other_address(gate: Gate, address4: str) -> Iterator[None]:
    phone = gate.phone
    phone.namespace.run("ip", "addr", "flush", "dev", "eth0", "scope", "global")
    phone.namespace.run("ip", "addr", "add", f"{address4}/24", "dev", "eth0")
    phone.namespace.run("ip", "route", "replace", "default", "via", str(BOX4.ip), "onlink", "dev", "eth0")
    try:
        yield
    finally:
        join(phone, device=phone.device)


@contextmanager
def _disguised(gate: Gate, *, device: str, address4: str, address6: str) -> Iterator[None]:
    thief = gate.lab.phones[1]
    join(thief, device=device, address4=address4, address6=address6)
    # What the box had learned of the address goes with the next packet, on a real network as here.
    gate.lab.box.run("ip", "neigh", "flush", "dev", "br0")
    try:
        yield
    finally:
        join(thief, device=thief.device)
        gate.lab.box.run("ip", "neigh", "flush", "dev", "br0")


@contextmanager
def _gone(gate: Gate) -> Iterator[None]:
    join(gate.phone, device="0200000000ee", address4="10.77.0.250", address6="fd00:77::ee")
    try:
        yield
    finally:
        join(gate.phone, device=gate.phone.device)
