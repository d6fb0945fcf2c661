"""`spotcoffee access-point add|show|set|ls`."""

from tests.cli.desk import asked, refused, said, with_offer
from tests.cli.terminal import Terminal


def test_an_access_point_is_added_shown_changed_and_listed(terminal: Terminal) -> None:
    with_offer(terminal)

    made = asked(terminal, "access-point", "add", "Bar", "--address", "2001:DB8::1", "--equipment", "mikrotik")
    changed = asked(terminal, "access-point", "set", "Bar", "--coa-port", "3799", "--interim-interval", "10min")

    assert len(made["secret"]) >= 24
    assert (made["address"], made["coa_port"]) == ("2001:db8::1", None)
    assert (changed["coa_port"], changed["interim_interval"]) == (3799, 600)
    assert "secret" not in changed
    assert asked(terminal, "access-point", "show", str(made["id"]))["name"] == "Bar"
    assert [one["name"] for one in asked(terminal, "access-point", "ls")["items"]] == ["Bar", "Salle"]
    assert "mikrotik" in said(terminal, "access-point", "ls")


def test_a_secret_can_come_from_standard_input_and_none_takes_a_value_away(terminal: Terminal) -> None:
    with_offer(terminal)

    said(
        terminal,
        *(
            "access-point",
            "add",
            "--name",
            "Bar",
            "--address",
            "192.0.2.1",
            "--nas-identifier",
            "bar",
            "--secret-stdin",
        ),
        typed="s3cret\n",
    )

    assert asked(terminal, "access-point", "set", "Bar", "--nas-identifier", "none")["nas_identifier"] is None


def test_all_faults_are_one_line(terminal: Terminal) -> None:
    with_offer(terminal)

    line = refused(terminal, "access-point", "add", "Salle", "--address", "nowhere", "--equipment", "toaster")

    assert all(word in line for word in ("name: taken", "address: not an address", "equipment: unknown choice"))


def test_where_there_are_several_organisations_one_must_be_named(terminal: Terminal) -> None:
    with_offer(terminal)
    other = ("user", "add", "charlie@example.org", "--organisation", "Camping", "--role", "manager")
    said(terminal, *other, "--password-stdin", typed="correct horse battery\n")

    assert "several organisations" in refused(terminal, "access-point", "ls")
    assert asked(terminal, "access-point", "ls", "--organisation", "Camping")["items"] == []
    assert "no such access point" in refused(terminal, "access-point", "show", "Salle", "--organisation", "Camping")
