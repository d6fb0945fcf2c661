"""`spotcoffee list …` and `spotcoffee tickets generate|export|show|revoke|restore`."""

import csv
from pathlib import Path

from tests.cli.commands import Site
from tests.cli.desk import asked, refused, said, with_offer


def test_tickets_are_generated_and_handed_out_once(ready_site: Site, tmp_path: Path) -> None:
    site = with_offer(ready_site)
    said(site, "tickets", "generate", "Nuit", "25")

    exported = list(csv.DictReader(said(site, "tickets", "export", "Nuit").splitlines()))

    assert len({row["login"] for row in exported}) == 25
    assert {(row["list"], row["offer"]) for row in exported} == {("Nuit", "2 h")}
    assert "nothing to hand out" in refused(site, "tickets", "export", "Nuit")
    assert asked(site, "list", "show", "Nuit")["not_handed_out"] == 0
    said(site, "tickets", "generate", "Nuit", "5")
    assert len(said(site, "tickets", "export", "Nuit").splitlines()) == 6


def test_a_file_is_closed_to_others_and_whole(ready_site: Site, tmp_path: Path) -> None:
    site = with_offer(ready_site)
    said(site, "tickets", "generate", "Nuit", "3")
    file = tmp_path / "tickets.csv"

    said(site, "tickets", "export", "Nuit", "--profile", "excel", "-o", str(file))

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().startswith(b'\xef\xbb\xbf"Identifiant";"Mot de passe";"Liste";')
    assert [path.name for path in tmp_path.iterdir() if "tickets" in path.name] == ["tickets.csv"]


def test_a_file_that_can_not_be_written_takes_no_ticket(ready_site: Site, tmp_path: Path) -> None:
    site = with_offer(ready_site)
    said(site, "tickets", "generate", "Nuit", "3")

    refused(site, "tickets", "export", "Nuit", "-o", str(tmp_path / "missing" / "tickets.csv"))
    refused(site, "tickets", "export", "Nuit", "-o", "/dev/full/x")

    assert asked(site, "list", "show", "Nuit")["not_handed_out"] == 3


def test_a_preview_takes_no_ticket_and_shows_no_code(ready_site: Site) -> None:
    site = with_offer(ready_site)
    said(site, "tickets", "generate", "Nuit", "3")

    preview = said(site, "tickets", "export", "Nuit", "--preview")

    assert preview.count("…") == 3
    assert asked(site, "list", "show", "Nuit")["not_handed_out"] == 3


def test_a_ticket_is_shown_revoked_and_restored_by_its_code(ready_site: Site) -> None:
    site = with_offer(ready_site)
    said(site, "tickets", "generate", "Nuit", "1")
    code = said(site, "tickets", "export", "Nuit").splitlines()[1].split(",")[0]

    assert asked(site, "tickets", "show", code)["state"] == "virgin"
    assert asked(site, "tickets", "revoke", code[-4:])["refusal"] == "revoked"
    assert site.do("login", "Salle", code, code).returncode == 1
    assert asked(site, "tickets", "restore", code.lower())["state"] == "virgin"
    assert site.do("login", "Salle", code, code).returncode == 0


def test_what_can_not_be_generated_is_one_line(ready_site: Site) -> None:
    site = with_offer(ready_site)

    assert "count: out of range" in refused(site, "tickets", "generate", "Nuit", "0")
    assert "no such list" in refused(site, "tickets", "generate", "Jour", "5")
    assert "no such ticket" in refused(site, "tickets", "show", "AAAA")
    assert site.do("tickets", "generate", "Nuit", "many").returncode == 2
    assert asked(site, "list", "show", "Nuit")["tickets"] == 0


def test_a_list_is_bound_to_another_offer(ready_site: Site) -> None:
    site = with_offer(ready_site)
    other = asked(site, "offer", "add", "Semaine", "--lifetime", "1 sem")["id"]

    bound = asked(site, "list", "set", "Nuit", "--offer", "Semaine", "--name", "Jour")

    assert (bound["offer"], bound["name"]) == (other, "Jour")
    assert [one["name"] for one in asked(site, "list", "ls")["items"]] == ["Jour"]
    assert "no such offer" in refused(site, "list", "set", "Jour", "--offer", "Mois")
