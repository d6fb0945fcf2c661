"""`spotcoffee list …` and `spotcoffee tickets generate|export|show|revoke|restore`."""

import csv
from pathlib import Path

import pytest
from tests.cli.desk import asked, refused, said, with_offer
from tests.cli.terminal import Terminal


def test_tickets_are_generated_and_handed_out_once(terminal: Terminal, tmp_path: Path) -> None:
    with_offer(terminal)
    said(terminal, "tickets", "generate", "Nuit", "25")

    exported = list(csv.DictReader(said(terminal, "tickets", "export", "Nuit").splitlines()))

    assert len({row["login"] for row in exported}) == 25
    assert {(row["list"], row["offer"]) for row in exported} == {("Nuit", "2 h")}
    assert "nothing to hand out" in refused(terminal, "tickets", "export", "Nuit")
    assert asked(terminal, "list", "show", "Nuit")["not_handed_out"] == 0
    said(terminal, "tickets", "generate", "Nuit", "5")
    assert len(said(terminal, "tickets", "export", "Nuit").splitlines()) == 6


def test_a_file_is_closed_to_others_and_whole(terminal: Terminal, tmp_path: Path) -> None:
    with_offer(terminal)
    said(terminal, "tickets", "generate", "Nuit", "3")
    file = tmp_path / "tickets.csv"

    said(terminal, "tickets", "export", "Nuit", "--profile", "excel", "-o", str(file))

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().startswith(b'\xef\xbb\xbf"Identifiant";"Mot de passe";"Liste";')
    assert [path.name for path in tmp_path.iterdir() if "tickets" in path.name] == ["tickets.csv"]


def test_a_file_that_can_not_be_written_takes_no_ticket(terminal: Terminal, tmp_path: Path) -> None:
    with_offer(terminal)
    said(terminal, "tickets", "generate", "Nuit", "3")

    refused(terminal, "tickets", "export", "Nuit", "-o", str(tmp_path / "missing" / "tickets.csv"))
    refused(terminal, "tickets", "export", "Nuit", "-o", "/dev/full/x")

    assert asked(terminal, "list", "show", "Nuit")["not_handed_out"] == 3


def test_a_preview_takes_no_ticket_and_shows_no_code(terminal: Terminal) -> None:
    with_offer(terminal)
    said(terminal, "tickets", "generate", "Nuit", "3")

    preview = said(terminal, "tickets", "export", "Nuit", "--preview")

    assert preview.count("…") == 3
    assert asked(terminal, "list", "show", "Nuit")["not_handed_out"] == 3


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF"), ("receipt", b"%PDF"), ("xlsx", b"PK")])
def test_tickets_are_printed_and_previewed_from_a_terminal(
    terminal: Terminal, tmp_path: Path, kind: str, start: bytes
) -> None:
    with_offer(terminal)
    said(terminal, "tickets", "generate", "Nuit", "3")
    file = tmp_path / "tickets"

    said(terminal, "tickets", "export", "Nuit", "--format", kind, "--preview", "-o", str(file))
    assert file.read_bytes().startswith(start)
    assert asked(terminal, "list", "show", "Nuit")["not_handed_out"] == 3

    said(terminal, "tickets", "export", "Nuit", "--format", kind, "-o", str(file))
    assert file.read_bytes().startswith(start)
    assert asked(terminal, "list", "show", "Nuit")["not_handed_out"] == 0


def test_a_ticket_is_shown_revoked_and_restored_by_its_code(terminal: Terminal) -> None:
    with_offer(terminal)
    said(terminal, "tickets", "generate", "Nuit", "1")
    code = said(terminal, "tickets", "export", "Nuit").splitlines()[1].split(",")[0]

    assert asked(terminal, "tickets", "show", code)["state"] == "virgin"
    assert asked(terminal, "tickets", "revoke", code[-4:])["refusal"] == "revoked"
    assert terminal.do("login", "Salle", code, code).returncode == 1
    assert asked(terminal, "tickets", "restore", code.lower())["state"] == "virgin"
    assert terminal.do("login", "Salle", code, code).returncode == 0


def test_what_can_not_be_generated_is_one_line(terminal: Terminal) -> None:
    with_offer(terminal)

    assert "count: out of range" in refused(terminal, "tickets", "generate", "Nuit", "0")
    assert "no such list" in refused(terminal, "tickets", "generate", "Jour", "5")
    assert "no such ticket" in refused(terminal, "tickets", "show", "AAAA")
    assert terminal.do("tickets", "generate", "Nuit", "many").returncode == 2
    assert asked(terminal, "list", "show", "Nuit")["tickets"] == 0


def test_a_list_is_bound_to_another_offer(terminal: Terminal) -> None:
    with_offer(terminal)
    other = asked(terminal, "offer", "add", "Semaine", "--lifetime", "1 sem")["id"]

    bound = asked(terminal, "list", "set", "Nuit", "--offer", "Semaine", "--name", "Jour")

    assert (bound["offer"], bound["name"]) == (other, "Jour")
    assert [one["name"] for one in asked(terminal, "list", "ls")["items"]] == ["Jour"]
    assert "no such offer" in refused(terminal, "list", "set", "Jour", "--offer", "Mois")
