"""The lab for tests of the gateway: namespaces, made once a module, and the kernel as the gateway uses it."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from tests.e2e.house import House
from tests.lab.namespaces import BOX4, BOX6, PORTAL_PORT, Lab, NamespacesMissing, Phone, require, until

from spotcoffee.servers.gateway.enforcement import Guest, Network
from spotcoffee.servers.gateway.kernel import Kernel

NETWORK = Network(guest_interface="br0", uplink_interface="wan", guest4=BOX4, guest6=BOX6, portal_port=PORTAL_PORT)


@dataclass(slots=True)
class Gate:
    """The box with the kernel's rules in force."""

    lab: Lab
    kernel: Kernel
    kept: Path

    @property
    def phone(self) -> Phone:
        """The first phone."""
        return self.lab.phones[0]

    def restart(self, *guests: Guest, network: Network = NETWORK) -> None:
        """Another gateway takes over what is in the kernel."""
        self.kernel = Kernel(kept=self.kept)
        self.kernel.install(network, guests)

    def killed(self, *guests: Guest) -> None:
        """Have these guests let through by a gateway of another process, and kill it."""
        named = [",".join((guest.device, *map(str, guest.addresses))) for guest in guests]
        doomed = self.lab.box.start(sys.executable, "-m", "tests.lab.doomed", str(self.kept), *named)
        assert doomed.stdout is not None
        assert doomed.stdout.readline() == "ready\n"
        doomed.kill()
        doomed.wait()


def guest_of(phone: Phone, **limits: int | None) -> Guest:
    """A guest with a phone's addresses."""
    addresses = (ip_address(phone.address4), ip_address(phone.address6))
    return replace(Guest(device=phone.device, addresses=addresses), **limits)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def namespaces() -> None:
    """Network namespaces can be made here."""
    try:
        require()
    except NamespacesMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def lab(namespaces: None) -> Iterator[Lab]:
    """Two phones, the box and the Internet, with web servers; nothing is enforced yet."""
    built = Lab.built(phones=2)
    try:
        built.serve()
        yield built
    finally:
        built.close()


@pytest.fixture(scope="module")
def open_lab(namespaces: None) -> Iterator[Lab]:
    """The same with nothing on the box."""
    built = Lab.built(phones=2)
    try:
        built.internet.serve("80", "443")
        yield built
    finally:
        built.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A database for the server that a gateway asks; modules share it."""
    made = House(tmp_path_factory.mktemp("house"))
    try:
        made.furnish()
        yield made
    finally:
        made.close()


@pytest.fixture
def gate(lab: Lab, tmp_path: Path) -> Iterator[Gate]:
    """The box with the rules in force and nobody let through; the test runs inside it."""
    with lab.box.entered():
        kept = tmp_path / "network.json"
        made = Gate(lab, Kernel(kept=kept), kept)
        made.kernel.install(NETWORK)
        try:
            yield made
        finally:
            made.kernel.close(leave_closed=False)
            lab.box.run("conntrack", "-F", check=False)
            assert until(lambda: not any(_is_asking(phone) for phone in lab.phones))


def _is_asking(phone: Phone) -> bool:
    # Connections that were cut still ask for their end, and would be counted in the next test.
    return bool(phone.namespace.out("ss", "-Htn", "state", "fin-wait-1", "state", "last-ack"))
