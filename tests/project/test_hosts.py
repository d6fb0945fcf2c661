"""The Host headers that are answered."""

from spotcoffee.project.hosts import allowed_hosts, host_of


def test_the_names_of_the_settings_and_of_this_machine_are_answered() -> None:
    hosts = allowed_hosts(["wifi.example", "fd00::2"])

    assert {"localhost", "127.0.0.1", "[::1]", "wifi.example", "[fd00::2]"} <= set(hosts)


def test_no_name_stands_for_all() -> None:
    assert "*" not in allowed_hosts([])


def test_where_guests_are_sent_is_answered() -> None:
    assert host_of("https://wifi.example:8443/") == ["wifi.example"]
    assert host_of("http://[fd00::2]:8080") == ["fd00::2"]
    assert host_of("") == []
