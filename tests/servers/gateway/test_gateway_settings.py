"""The gateway's own settings: what is read, and what is refused with which words."""

from ipaddress import IPv4Network, ip_network
from pathlib import Path

import pytest

from spotcoffee.servers.gateway.settings import (
    GatewaySettings,
    GatewaySettingsError,
    load_gateway_settings,
    read_secret,
    without,
)

NEEDED = {
    "guest_interface": "br0",
    "uplink_interface": "eth0",
    "server": "192.0.2.1",
    "secret": "shared",
    "portal": "https://wifi.example/portal/3",
}


def load(**more: str) -> GatewaySettings:
    environ = {f"SPOTCOFFEE_GATEWAY_{name.upper()}": value for name, value in {**NEEDED, **more}.items()}
    return load_gateway_settings({}, environ)


def faults(**more: str) -> tuple[str, ...]:
    with pytest.raises(GatewaySettingsError) as refused:
        load(**more)
    return refused.value.faults


def test_a_few_settings_are_enough() -> None:
    settings = load()
    assert settings.servers == [("192.0.2.1", 1812)]
    assert settings.orders == ("0.0.0.0", 3799)  # noqa: S104
    assert settings.api_url is None
    assert settings.walled_names == ["wifi.example"]


def test_variables_win_over_the_file() -> None:
    table = {**NEEDED, "name": "from the file", "port": 3991}
    settings = load_gateway_settings(table, {"SPOTCOFFEE_GATEWAY_NAME": "from outside", "HOME": "/"})
    assert (settings.name, settings.port) == ("from outside", 3991)


def test_all_faults_are_said_at_once_each_with_its_mend() -> None:
    said = faults(server="radius.example", portal="wifi", guest_address="10.77.0.1/40", port="0", unknown="1")
    assert len(said) == 5
    assert {line.partition(":")[0] for line in said} == {
        "SPOTCOFFEE_GATEWAY_UNKNOWN", "server", "portal", "guest_address", "port",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"secret": ""}, "set one of them"),
        ({"host": "wifi.example"}, "set all three or none"),
        ({"uplink_interface": "br0"}, "can't share br0"),
        ({"open_ports": "3990"}, "port 3990 is taken twice"),
        ({"walled_garden": "192.0.2.0/33"}, "no network"),
        ({"walled_garden": "bad_name!"}, "no host name"),
        ({"server": "192.0.2.1:65535"}, "the next port takes the reports"),
        ({"secret": "", "secret_file": "/no/such/file"}, "can be read"),
    ],
)
def test_what_does_not_fit_together_is_refused(more: dict[str, str], words: str) -> None:
    assert any(words in line for line in faults(**more))


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    assert read_secret(load(secret="", secret_file=str(tmp_path / "secret"))) == b"from a file"


def test_no_secret_shows() -> None:
    assert "shared" not in repr(load(portal_secret="shared too"))


def test_guests_reach_no_private_network_but_the_portal_and_their_own() -> None:
    network = load().network([ip_network("192.168.1.5/32")])
    assert ip_network("192.168.1.5/32") in network.walled_garden
    for address, forbidden in (
        ("192.168.1.5", False),
        ("192.168.1.6", True),
        ("10.77.1.9", False),
        ("10.78.0.1", True),
    ):
        inside = any(ip_network(address).subnet_of(net) for net in network.forbidden if isinstance(net, IPv4Network))
        assert inside is forbidden, address


def test_holes_are_cut_out_of_networks() -> None:
    whole, hole = ip_network("10.0.0.0/30"), ip_network("10.0.0.1/32")
    assert set(without([whole], [hole])) == {ip_network("10.0.0.0/32"), ip_network("10.0.0.2/31")}
    assert without([whole], [ip_network("10.0.0.0/8")]) == ()
    assert without([whole], [ip_network("2001:db8::/32")]) == (whole,)
