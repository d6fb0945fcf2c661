"""Who gets through, and what becomes of the others: a real kernel between a phone and an Internet."""

from dataclasses import replace
from ipaddress import ip_network
from time import monotonic

from tests.lab.conftest import NETWORK, Gate, guest_of
from tests.lab.namespaces import BOX4, INTERNET4, INTERNET6, WALLED4, Namespace, until

from spotcoffee.protocols.nftables.ruleset import DNS_BURST, DNS_PER_SECOND


def test_http_before_login_is_sent_to_the_portal(gate: Gate) -> None:
    for host in (INTERNET4, f"[{INTERNET6}]"):
        assert gate.phone.fetch(f"http://{host}/generate_204") == (0, "302 http://portal.example/")


def test_https_before_login_is_refused_at_once(gate: Gate) -> None:
    for host in (INTERNET4, f"[{INTERNET6}]"):
        asked_at = monotonic()
        exit_code, _status = gate.phone.fetch(f"http://{host}:443/")
        assert exit_code == 7
        assert monotonic() - asked_at < 0.5


def test_a_ping_before_login_is_refused_and_not_lost(gate: Gate) -> None:
    pinged = gate.phone.namespace.run("ping", "-c1", "-W2", INTERNET4, check=False)
    assert "+1 errors" in pinged.stdout


def test_a_guest_gets_through_on_both_protocols(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    assert gate.phone.is_through(to=INTERNET4)
    assert gate.phone.is_through(to=INTERNET6)
    assert not gate.lab.phones[1].is_through()


def test_counters_are_exact_in_both_directions(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    for host in (INTERNET4, INTERNET6):
        gate.phone.namespace.run("ping", "-c5", "-i0.01", "-s1000", host)
    traffic = gate.kernel.traffic(1.0)[gate.phone.device]
    assert (traffic.down, traffic.up) == (5 * 1028 + 5 * 1048, 5 * 1028 + 5 * 1048)


def test_only_what_the_guest_sends_shows_that_he_is_there(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    gate.phone.namespace.run("ping", "-c1", INTERNET4)
    first = gate.kernel.traffic(10.0)[gate.phone.device]
    idle = gate.kernel.traffic(20.0)[gate.phone.device]
    gate.phone.namespace.run("ping", "-c1", INTERNET4)
    busy = gate.kernel.traffic(30.0)[gate.phone.device]
    assert (first.last_seen, idle.last_seen, busy.last_seen) == (10.0, 10.0, 30.0)


def test_dns_before_login_goes_to_the_box_alone_and_slowly(gate: Gate) -> None:
    before = _udp_to_closed_ports(gate.lab.internet), _udp_to_closed_ports(gate.lab.box)
    flood = "import socket,sys\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    flood += "for n in range(1000): s.sendto(b'x', (sys.argv[1], 53))"
    started = monotonic()
    gate.phone.namespace.run("python3", "-c", flood, INTERNET4)
    most = DNS_BURST + DNS_PER_SECOND * (monotonic() - started)
    assert _udp_to_closed_ports(gate.lab.internet) == before[0]
    assert DNS_BURST <= _udp_to_closed_ports(gate.lab.box) - before[1] <= most + 1


def test_a_guest_asks_which_resolver_he_likes(gate: Gate) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    before = _udp_to_closed_ports(gate.lab.internet)
    ask = "import socket,sys\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', (sys.argv[1], 53))"
    gate.phone.namespace.run("python3", "-c", ask, INTERNET4)
    assert until(lambda: _udp_to_closed_ports(gate.lab.internet) == before + 1)


def test_what_is_in_the_walled_garden_needs_no_login(gate: Gate) -> None:
    assert not gate.phone.is_through(to=WALLED4)
    gate.kernel.close(leave_closed=False)
    gate.restart(network=replace(NETWORK, walled_garden=(ip_network(f"{WALLED4}/32"),)))
    assert gate.phone.is_through(to=WALLED4)
    assert gate.phone.fetch(f"http://{WALLED4}:443/")[1].startswith("200")
    assert not gate.phone.is_through(to=INTERNET4)


def test_an_address_that_dnsmasq_adds_is_in_the_walled_garden(gate: Gate) -> None:
    gate.lab.box.run("nft", "add", "element", "inet", "spotcoffee", "walled4", f"{{ {WALLED4} }}")
    assert gate.phone.is_through(to=WALLED4)
    assert gate.kernel.verify() == ()


def test_a_guest_does_not_reach_the_houses_own_network(gate: Gate) -> None:
    gate.kernel.close(leave_closed=False)
    gate.restart(network=replace(NETWORK, forbidden=(ip_network(f"{WALLED4}/32"),)))
    gate.kernel.admit(guest_of(gate.phone))
    assert gate.phone.is_through(to=INTERNET4)
    assert gate.phone.fetch(f"http://{WALLED4}/")[0] == 7


def test_only_the_ports_that_were_named_are_open_on_the_box(gate: Gate) -> None:
    gate.lab.box.serve("8443", "8444")
    gate.kernel.close(leave_closed=False)
    gate.restart(network=replace(NETWORK, open_ports=(8443,)))
    assert gate.phone.fetch(f"http://{BOX4.ip}:8443/")[1].startswith("200")
    assert gate.phone.fetch(f"http://{BOX4.ip}:8444/")[0] == 7
    gate.kernel.admit(guest_of(gate.phone))
    assert gate.phone.fetch(f"http://{BOX4.ip}:8444/")[0] == 7


def test_the_box_knows_who_talks_to_it(gate: Gate) -> None:
    guest = guest_of(gate.phone)
    gate.phone.fetch(f"http://{INTERNET4}/")
    gate.phone.fetch(f"http://[{INTERNET6}]/")
    assert gate.kernel.device_at(guest.addresses[0]) == gate.phone.device
    assert gate.kernel.device_at(ip_network("10.77.0.99").network_address) is None
    assert gate.kernel.addresses_of(gate.phone.device) == guest.addresses


def _udp_to_closed_ports(namespace: Namespace) -> int:
    names, values = [line.split() for line in namespace.out("cat", "/proc/net/snmp").splitlines() if "Udp:" in line][:2]
    return int(dict(zip(names, values, strict=True))["NoPorts"])
