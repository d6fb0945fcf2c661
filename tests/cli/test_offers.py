"""`spotcoffee offer add|show|set|ls`."""

from tests.cli.desk import asked, refused, said, with_offer
from tests.cli.terminal import Terminal


def test_values_are_read_as_people_write_them(terminal: Terminal) -> None:
    with_offer(terminal)

    made = asked(
        terminal,
        *("offer", "add", "Semaine", "--access-points", "Salle", "--lifetime", "1 semaine", "--credit", "1j 2h"),
        *("--rate-down", "2M", "--rate-up", "512k", "--quota-down", "1,5 Go", "--price", "3.50"),
        *("--valid-until", "2026-12-31 18:00", "--period", "day", "--period-limit", "90min", "--idle-timeout", "10"),
    )

    assert (made["lifetime"], made["credit"], made["period_limit"]) == (604_800, 93_600, 5400)
    assert (made["rate_down"], made["rate_up"], made["quota_down"]) == (2_000_000, 512_000, 1_500_000_000)
    assert (made["valid_until"], made["price"], made["currency"]) == ("2026-12-31T17:00:00Z", "3.5", "EUR")
    assert (made["idle_timeout"], made["quota_up"]) == (10, None)


def test_the_only_access_point_is_taken_where_none_is_named(terminal: Terminal) -> None:
    with_offer(terminal)
    salle = asked(terminal, "access-point", "show", "Salle")["id"]

    assert asked(terminal, "offer", "show", "2 h")["access_points"] == [salle]
    said(terminal, "access-point", "add", "Bar", "--address", "192.0.2.1")
    assert "access_points: required" in refused(terminal, "offer", "add", "Deux")
    both = asked(terminal, "offer", "add", "Deux", "--access-points", "Salle,Bar")
    assert len(both["access_points"]) == 2


def test_set_changes_what_is_given_and_nothing_else(terminal: Terminal) -> None:
    with_offer(terminal)

    changed = asked(terminal, "offer", "set", "2 h", "--credit", "none", "--lifetime", "1d")

    assert (changed["credit"], changed["lifetime"], changed["max_devices"]) == (None, 86_400, 2)


def test_all_unreadable_values_are_one_line_and_nothing_is_changed(terminal: Terminal) -> None:
    with_offer(terminal)

    line = refused(terminal, "offer", "set", "2 h", "--credit", "soon", "--rate-up", "fast", "--archived", "perhaps")

    assert all(field in line for field in ("credit", "rate_up", "archived"))
    assert asked(terminal, "offer", "show", "2 h")["credit"] == 7200


def test_people_see_a_table(terminal: Terminal) -> None:
    table = said(with_offer(terminal), "offer", "ls")

    assert "2 h" in table
    assert "max_devices" in table
