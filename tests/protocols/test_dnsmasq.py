"""dnsmasq's configuration; dnsmasq itself has the last word on whether it is one."""

import os
import shutil
import subprocess
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path

import pytest

from spotcoffee.protocols.dnsmasq import Plan, configuration


def plan(**more: object) -> Plan:
    values: dict[str, object] = {
        "interface": "br0",
        "own4": IPv4Interface("10.77.0.1/22"),
        "lease": 3600,
        "leases": "/tmp/leases",  # noqa: S108 - never opened
        "table": "spotcoffee",
    }
    return Plan(**{**values, **more})  # type: ignore[arg-type]


def everything() -> Plan:
    return plan(
        own6=IPv6Interface("fd00:77::1/64"),
        resolvers=("192.0.2.53", "2001:db8::53"),
        api_url="https://wifi.example:4990/captive-portal",
        own_name="wifi.example",
        walled_names=("portal.example",),
    )


def test_guests_get_addresses_of_their_network_and_ask_the_box() -> None:
    lines = configuration(plan()).splitlines()
    assert "dhcp-range=10.77.0.1,10.77.3.254,255.255.252.0,3600" in lines
    assert {"dhcp-option=option:router,10.77.0.1", "dhcp-option=option:dns-server,10.77.0.1"} <= set(lines)
    assert not any("114" in line or "v6" in line or line == "no-resolv" for line in lines)


def test_phones_are_told_of_the_captive_portal() -> None:
    lines = configuration(everything()).splitlines()
    assert "dhcp-option-force=114,https://wifi.example:4990/captive-portal" in lines
    assert "dhcp-option=option6:103,https://wifi.example:4990/captive-portal" in lines
    assert "host-record=wifi.example,10.77.0.1,fd00:77::1" in lines


def test_addresses_of_walled_names_go_to_the_rules() -> None:
    sets = "4#inet#spotcoffee#walled4,6#inet#spotcoffee#walled6"
    assert f"nftset=/portal.example/{sets}" in configuration(everything()).splitlines()


def test_dnsmasq_takes_it(tmp_path: Path) -> None:
    program = shutil.which("dnsmasq", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("dnsmasq is missing: run tools/debian-packages as root")
        pytest.skip("dnsmasq is missing")
    path = tmp_path / "dnsmasq.conf"
    path.write_text(configuration(everything()))
    tried = subprocess.run([program, "--test", f"--conf-file={path}"], capture_output=True, text=True, check=False)
    assert (tried.returncode, tried.stderr) == (0, "dnsmasq: syntax check OK.\n")
