"""Settings that don't fit the machine are refused with their mend, before anything of its network is touched."""

import sys
from dataclasses import replace
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path

import pytest
from tests.lab.conftest import NETWORK
from tests.lab.namespaces import Lab
from tests.lab.state import state_of

from spotcoffee.servers.gateway.enforcement import Network
from spotcoffee.servers.gateway.errors import NetworkRefused
from spotcoffee.servers.gateway.kernel import Kernel

REFUSALS: dict[str, tuple[Network, str]] = {
    "no such interface": (
        replace(NETWORK, guest_interface="br7"),
        "the guests' interface br7 does not exist; this machine has: br0, p1, p2, wan",
    ),
    "no such uplink": (replace(NETWORK, uplink_interface="eth9"), "the uplink interface eth9 does not exist; "),
    "a port of the bridge": (replace(NETWORK, guest_interface="p1"), "p1 is a port of a bridge; name the bridge"),
    "one interface for both": (
        replace(NETWORK, uplink_interface="br0"),
        "guests and uplink can't share br0; connect the guests to another interface",
    ),
    "overlapping networks": (
        replace(NETWORK, guest4=IPv4Interface("203.0.113.129/25")),
        "the guests' network 203.0.113.128/25 overlaps 203.0.113.0/24 on wan; choose another for the guests",
    ),
    "overlapping IPv6 networks": (
        replace(NETWORK, guest6=IPv6Interface("2001:db8:113::7/64")),
        "the guests' network 2001:db8:113::/64 overlaps 2001:db8:113::/64 on wan; choose another for the guests",
    ),
    "no address of the box": (
        replace(NETWORK, guest4=IPv4Interface("10.77.0.0/24")),
        "10.77.0.0/24 is no address for the box in its guests' network; write it like 10.77.0.1/16",
    ),
    "an IPv6 network of another size": (
        replace(NETWORK, guest6=IPv6Interface("fd00:77::1/48")),
        "fd00:77::1/48: guests choose IPv6 addresses in networks of /64 alone; write it like fd00:77::1/64",
    ),
    "no port": (replace(NETWORK, portal_port=0), "0 is no TCP port; choose one from 1 to 65535"),
}


@pytest.mark.parametrize("wrong", REFUSALS)
def test_a_wrong_setting_is_refused_and_nothing_touched(lab: Lab, tmp_path: Path, wrong: str) -> None:
    network, says = REFUSALS[wrong]
    with lab.box.entered():
        before = state_of(lab)
        kernel = Kernel(kept=tmp_path / "kept")
        with pytest.raises(NetworkRefused) as refused:
            kernel.install(network)
        kernel.close()
        assert any(says in fault for fault in refused.value.faults), refused.value.faults
        assert state_of(lab) == before
        assert not (tmp_path / "kept").exists()


def test_somebody_elses_rate_limits_are_not_taken_away(lab: Lab) -> None:
    with lab.box.entered():
        lab.box.run("tc", "qdisc", "add", "dev", "wan", "root", "handle", "7:", "htb")
        kernel = Kernel()
        with pytest.raises(NetworkRefused, match="remove it with: tc qdisc del dev wan root"):
            kernel.install(NETWORK)
        kernel.close()
        assert "htb 7:" in lab.box.out("tc", "qdisc", "show", "dev", "wan")
        lab.box.run("tc", "qdisc", "del", "dev", "wan", "root")


def test_all_faults_are_said_at_once(lab: Lab) -> None:
    with lab.box.entered():
        kernel = Kernel()
        with pytest.raises(NetworkRefused) as refused:
            kernel.install(replace(NETWORK, guest_interface="br7", uplink_interface="eth9", portal_port=70_000))
        kernel.close()
        assert len(refused.value.faults) == 3


def test_who_may_not_change_the_network_is_told_so(lab: Lab) -> None:
    tried = "from tests.lab.conftest import NETWORK\nfrom spotcoffee.servers.gateway.kernel import Kernel\n"
    tried += "Kernel().install(NETWORK)"
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all")
    done = lab.box.run(*nobody, sys.executable, "-c", tried, check=False)
    assert "KernelMissing: only root, or CAP_NET_ADMIN, may change the network" in done.stderr
