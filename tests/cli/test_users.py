"""`spotcoffee user add` and `spotcoffee token add`."""

from django.test import Client
from tests.cli.desk import ADD_ALICE, refused, said, with_offer
from tests.cli.terminal import Terminal

from spotcoffee.storage.models import Organisation, StaffAccount


def test_an_account_is_added_and_its_token_stands_alone_on_the_output(terminal: Terminal) -> None:
    said(terminal, *ADD_ALICE, "--password-stdin", typed="correct horse battery\n")

    token = said(terminal, "token", "add", "alice@example.org")

    assert len(token.strip()) >= 43
    assert token.count("\n") == 1


def test_a_refused_account_is_one_line_and_nothing_is_changed(terminal: Terminal) -> None:
    line = refused(terminal, *ADD_ALICE, "--password-stdin", typed="short\n")

    assert "password" in line
    assert "no such account" in refused(terminal, "token", "add", "alice@example.org")
    assert "no organisation yet; make the first with `spotcoffee user add" in refused(terminal, "offer", "ls")


def test_missing_words_are_a_usage_error(terminal: Terminal) -> None:
    for command in (("user",), ("user", "add"), ("token", "add"), ("offer", "burn"), ("list", "add", "--colour", "x")):
        assert terminal.do(*command).returncode == 2


def _path(address: str) -> str:
    """Where an address leads on this machine."""
    assert address.startswith("https://localhost:8443/")
    return address.strip().removeprefix("https://localhost:8443")


def test_a_link_lets_an_accounts_owner_choose_a_password(terminal: Terminal) -> None:
    said(terminal, *ADD_ALICE, "--password-stdin", typed="correct horse battery\n")

    path = _path(said(terminal, "user", "link", "Alice@Example.org"))

    words = {"password": "another fine password", "again": "another fine password"}
    assert Client(HTTP_HOST="localhost").post(path, words).status_code == 303
    assert StaffAccount.objects.get().check_password("another fine password")
    assert "no such account" in refused(terminal, "user", "link", "nobody@example.org")


def test_a_link_without_an_account_leads_to_the_first_setup_while_there_is_one(terminal: Terminal) -> None:
    path = _path(said(terminal, "user", "link"))

    assert Client(HTTP_HOST="localhost").get(path).status_code == 200
    said(terminal, *ADD_ALICE, "--password-stdin", typed="correct horse battery\n")
    assert Client(HTTP_HOST="localhost").get(path).status_code == 404
    assert "set up already" in refused(terminal, "user", "link")


def test_an_account_is_bound_to_the_access_points_that_are_named(terminal: Terminal) -> None:
    with_offer(terminal)
    add = ("user", "add", "bob@example.org", "--organisation", "Hôtel du Parc", "--role")
    typed = "correct horse battery\n"

    said(terminal, *add, "reception", "--access-point", "Salle", "--password-stdin", typed=typed)

    bob = StaffAccount.objects.get(email="bob@example.org")
    assert [point.name for point in bob.access_points.all()] == ["Salle"]
    assert bob.bound
    for role, point, says in (("reception", "Cave", "no such access point"), ("auditor", "Salle", "role sees all")):
        again = ("user", "add", "eve@example.org", "--organisation", "Hôtel du Parc", "--role", role)
        line = refused(terminal, *again, "--access-point", point, "--password-stdin", typed=typed)
        assert says in line
    assert Organisation.objects.count() == 1
