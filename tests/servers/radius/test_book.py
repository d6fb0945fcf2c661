"""What the server keeps in memory of access points, and what it noticed of them."""

from tests.servers.radius.desk import directory, listed, neighbours, point

from spotcoffee.domain.access_points import MessageAuthenticator
from spotcoffee.servers.radius.book import MOST_NOTES, Book


def test_a_secret_is_made_ready_once() -> None:
    group = neighbours()
    book = Book(directory(group))

    assert book.secret_of(group) is book.secret_of(group)


def test_a_changed_secret_is_another_one() -> None:
    book = Book(directory())

    assert book.secret_of(neighbours(secret="old")).raw == b"old"
    assert book.secret_of(neighbours(secret="new")).raw == b"new"


def test_no_text_of_the_book_shows_a_secret() -> None:
    group = neighbours(secret="sesame-open")
    book = Book(directory(group))
    book.secret_of(group)

    assert "sesame" not in repr(group) + repr(book.secret_of(group)) + repr(book.directory)


def test_a_proof_is_noted_again_until_the_directory_shows_it() -> None:
    book = Book(directory())
    book.note_proof(listed())

    assert book.take_notes().proven == {1}
    assert book.take_notes().proven == {1}
    book.directory = directory(neighbours(listed(message_authenticator_seen=True)))

    assert book.take_notes().proven == set()


def test_a_proof_of_an_access_point_that_is_gone_is_forgotten() -> None:
    book = Book(directory())
    book.note_proof(listed())
    book.directory = directory(neighbours(listed(point(2))))

    assert book.take_notes().proven == set()


def test_only_auto_learns() -> None:
    for policy in (MessageAuthenticator.OFF, MessageAuthenticator.REQUIRED):
        book = Book(directory(neighbours(listed(message_authenticator=policy))))
        book.note_proof(listed(message_authenticator=policy))
        assert book.take_notes().proven == set()


def test_notes_are_taken_once() -> None:
    book = Book(directory())
    book.note_heard(listed(), "127.0.0.1")
    book.note_source("192.0.2.1", "too_short")
    book.note_fault(1, 1, "own_idle_timer")
    book.note_fault(1, 1, "own_idle_timer")

    notes = book.take_notes()

    assert notes.heard == {1: "127.0.0.1"}
    assert notes.sources == {("192.0.2.1", "too_short"): 1}
    assert notes.faults == {(1, 1, "own_idle_timer"): 2}
    assert book.take_notes().heard == {}


def test_a_flood_of_invented_sources_does_not_fill_the_memory() -> None:
    book = Book(directory())

    for number in range(10 * MOST_NOTES):
        book.note_source(f"192.0.2.{number}", "unknown_source")
    book.note_source("192.0.2.0", "unknown_source")

    sources = book.take_notes().sources
    assert len(sources) == MOST_NOTES
    assert sources["192.0.2.0", "unknown_source"] == 2
