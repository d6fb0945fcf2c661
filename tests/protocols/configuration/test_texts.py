"""Configuration to copy: everything of the access point stands in it, and nothing can break out of its quotes."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from spotcoffee.domain.access_points import Equipment
from spotcoffee.protocols.configuration.texts import configuration
from spotcoffee.protocols.configuration.values import Unwritable, Values

VALUES: Final = Values(
    server="192.0.2.10",
    portal="https://wifi.example:8443",
    number=7,
    secret="ABCDEFGHJKLMNPQRSTUVWXYZ",
    portal_secret="ZYXWVUTSRQPNMLKJHGFEDCBA",
    coa_port=3799,
    nas_identifier="lobby",
    interim_interval=300,
)
# These are told by their controllers, not by RADIUS.
CONTROLLED: Final = {Equipment.UNIFI, Equipment.OMADA, Equipment.OPENNDS}


def whole(equipment: Equipment, values: Values = VALUES) -> str:
    return "\n".join(text for _, text in configuration(equipment, values))


@pytest.mark.parametrize("equipment", list(Equipment))
def test_every_kind_of_equipment_has_texts_with_stable_names(equipment: Equipment) -> None:
    names = [name for name, _ in configuration(equipment, VALUES)]

    assert names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("equipment", [kind for kind in Equipment if kind not in CONTROLLED])
def test_the_server_and_the_secret_stand_in_it(equipment: Equipment) -> None:
    text = whole(equipment)

    assert VALUES.server in text
    assert VALUES.secret in text


@pytest.mark.parametrize("equipment", [kind for kind in Equipment if kind is not Equipment.GENERIC])
def test_the_portal_of_this_access_point_stands_in_it(equipment: Equipment) -> None:
    assert "wifi.example" in whole(equipment)
    assert "/portal/7" in whole(equipment) or "/portal/opennds/7/" in whole(equipment)


@pytest.mark.parametrize(
    "equipment", [kind for kind in Equipment if kind not in (Equipment.GATEWAY, Equipment.GENERIC)]
)
def test_option_114_leads_to_the_captive_portal_api(equipment: Equipment) -> None:
    text = whole(equipment)

    assert "https://wifi.example:8443/portal/api/7" in text
    assert "114" in text or equipment is Equipment.COOVACHILLI


def test_phones_are_not_sent_to_a_portal_that_knows_nothing_of_their_equipment() -> None:
    assert "114" not in whole(Equipment.GENERIC)


def test_routeros_gets_commands_for_its_terminal() -> None:
    text = dict(configuration(Equipment.MIKROTIK, VALUES))["routeros_terminal"]

    assert text.splitlines()[:2] == [
        '/radius add service=hotspot address=192.0.2.10 secret="ABCDEFGHJKLMNPQRSTUVWXYZ" authentication-port=1812 '
        "accounting-port=1813 timeout=3s",
        "/radius incoming set accept=yes port=3799",
    ]
    assert '/system identity set name="lobby"' in text


def test_without_orders_routeros_opens_no_port() -> None:
    assert "incoming" not in whole(Equipment.MIKROTIK, replace(VALUES, coa_port=None))


def test_chilli_is_given_what_a_shell_reads_as_it_stands(tmp_path: Path) -> None:
    text = dict(configuration(Equipment.COOVACHILLI, VALUES))["chilli_conf"]
    (tmp_path / "local.conf").write_text(text)

    read = subprocess.run(
        ["sh", "-c", f'. {tmp_path}/local.conf; echo "$HS_RADSECRET $HS_UAMSECRET $HS_UAMFORMAT $HS_COAPORT"'],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert read.stdout.split() == [VALUES.secret, VALUES.portal_secret, "https://wifi.example:8443/portal/7/", "3799"]


def test_the_script_for_opennds_is_one_that_shells_read(tmp_path: Path) -> None:
    script = tmp_path / "spotcoffee.sh"
    script.write_text(dict(configuration(Equipment.OPENNDS, VALUES))["opennds_script"])

    for shell in ("sh", "bash"):
        assert subprocess.run([shell, "-n", str(script)], check=False).returncode == 0
    assert "@" not in script.read_text().replace("@-", "")


@pytest.mark.parametrize(("portal", "level"), [("https://wifi.example:8443", "3"), ("http://10.0.0.2:8080", "1")])
def test_opennds_fetches_logins_itself_where_the_portal_has_tls(portal: str, level: str) -> None:
    text = dict(configuration(Equipment.OPENNDS, replace(VALUES, portal=portal)))["opennds_conf"]

    assert f"fas_secure_enabled {level}" in text


def test_the_idle_time_of_opennds_is_in_minutes_rounded_up() -> None:
    assert "authidletimeout 11\n" in whole(Equipment.OPENNDS, replace(VALUES, idle_timeout=601))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("secret", "a'b"),
        ("secret", 'a"b'),
        ("secret", "a$(b)"),
        ("secret", "a`b"),
        ("secret", "a\\b"),
        ("secret", "a b"),
        ("secret", "a;b"),
        ("secret", "a\nb"),
        ("secret", "é"),
        ("secret", ""),
        ("portal_secret", "a'b"),
        ("nas_identifier", "a]b"),
        ("network", "<script>"),
        ("server", "192.0.2.10; reboot"),
        ("server", ""),
        ("portal", "https://wifi.example/portal"),
        ("portal", "https://wifi.example'"),
        ("portal", "ftp://wifi.example"),
        ("portal", "https://user@wifi.example"),
    ],
)
def test_what_could_break_out_of_a_text_is_refused(field: str, value: str) -> None:
    with pytest.raises(Unwritable) as refused:
        replace(VALUES, **{field: value})

    assert refused.value.field == field


@pytest.mark.parametrize("equipment", [Equipment.OPENNDS, Equipment.COOVACHILLI, Equipment.GATEWAY])
def test_what_needs_a_secret_of_the_portal_says_so(equipment: Equipment) -> None:
    with pytest.raises(Unwritable) as refused:
        configuration(equipment, replace(VALUES, portal_secret=None))

    assert refused.value.field == "portal_secret"


def test_a_faskey_that_opennds_does_not_take_is_refused() -> None:
    with pytest.raises(Unwritable):
        configuration(Equipment.OPENNDS, replace(VALUES, portal_secret="with-a-hyphen"))


def test_secrets_are_not_shown_where_values_are() -> None:
    assert VALUES.secret not in repr(VALUES)
