"""`spotcoffee user add` and `spotcoffee token add`."""

from tests.cli.desk import ADD_ALICE, refused, said
from tests.cli.terminal import Terminal


def test_an_account_is_added_and_its_token_stands_alone_on_the_output(terminal: Terminal) -> None:
    said(terminal, *ADD_ALICE, "--password-stdin", typed="correct horse battery\n")

    token = said(terminal, "token", "add", "alice@example.org")

    assert len(token.strip()) >= 43
    assert token.count("\n") == 1


def test_a_refused_account_is_one_line_and_nothing_is_changed(terminal: Terminal) -> None:
    line = refused(terminal, *ADD_ALICE, "--password-stdin", typed="short\n")

    assert "password" in line
    assert "no such account" in refused(terminal, "token", "add", "alice@example.org")
    assert "no organisation yet" in refused(terminal, "offer", "ls")


def test_missing_words_are_a_usage_error(terminal: Terminal) -> None:
    for command in (("user",), ("user", "add"), ("token", "add"), ("offer", "burn"), ("list", "add", "--colour", "x")):
        assert terminal.do(*command).returncode == 2
