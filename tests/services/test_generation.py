"""Generation: the count asked for, or nothing; codes that nobody guesses."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests import factories
from tests.factories import KEYS, NOW, Cast, cast, pace

from spotcoffee.domain.codes import ALPHABET
from spotcoffee.services import generation
from spotcoffee.services.errors import Conflict, Invalid, NotFound
from spotcoffee.services.generation import Stopped, generate, remove_abandoned
from spotcoffee.storage.models import AuditEntry, Ticket, TicketBatch, TicketList

pytestmark = pytest.mark.django_db


def place(**columns: object) -> tuple[Cast, TicketList]:
    here = cast()
    factories.access_point(here.parc)
    return here, factories.ticket_list(factories.offer(here.parc), **columns)


def made(here: Cast, of: TicketList, count: int, progress: Callable[[int], bool] = lambda _done: True) -> TicketBatch:
    return generate(here.at_parc, of.pk, count, keys=KEYS, pace=pace(), progress=progress)


def logins(of: TicketList) -> list[str]:
    return [KEYS.unseal(bytes(ticket.login_sealed)) for ticket in Ticket.objects.filter(ticket_list=of)]


def test_so_many_tickets_are_there_as_were_asked_for() -> None:
    here, of = place()

    batch = made(here, of, 1234)

    assert batch.ready
    codes = logins(of)
    assert len(set(codes)) == len(codes) == 1234
    assert {len(code) for code in codes} == {10}
    assert set("".join(codes)) <= set(ALPHABET)


def test_a_ticket_is_found_by_the_code_that_it_has() -> None:
    here, of = place()
    made(here, of, 3)

    for ticket in Ticket.objects.all():
        assert ticket.login_key == KEYS.login_key(here.parc.pk, KEYS.unseal(bytes(ticket.login_sealed)))
        assert ticket.password_sealed is None


def test_a_list_with_passwords_gives_each_ticket_its_own() -> None:
    here, of = place(password_format="digits8")
    made(here, of, 50)

    passwords = {KEYS.unseal(bytes(ticket.password_sealed or b"")) for ticket in Ticket.objects.all()}
    assert len(passwords) == 50
    assert all(len(password) == 8 and password.isdigit() for password in passwords)


def test_codes_grow_longer_before_they_grow_easy_to_guess() -> None:
    here, of = place(login_format="code8")

    made(here, of, 700)

    assert {len(code) for code in logins(of)} == {9}


def test_a_code_that_exists_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    here, of = place()
    factories.ticket(of, "AAAAAAAAAA")
    rounds = iter([["AAAAAAAAAA", "BBBBBBBBBB", "BBBBBBBBBB"], ["BBBBBBBBBB", "CCCCCCCCCC"], ["DDDDDDDDDD"]])
    monkeypatch.setattr(generation, "draw_codes", lambda _count, _format: next(rounds))

    made(here, of, 3)

    assert sorted(logins(of)) == ["AAAAAAAAAA", "BBBBBBBBBB", "CCCCCCCCCC", "DDDDDDDDDD"]


@pytest.mark.parametrize("count", [0, -1, 1_000_001, 10**30, "5", None, 1.5])
def test_a_count_out_of_range_is_refused(count: object) -> None:
    here, of = place()

    with pytest.raises(Invalid) as refused:
        generate(here.at_parc, of.pk, count, keys=KEYS, pace=pace())  # type: ignore[arg-type]

    assert refused.value.faults == [("count", "out_of_range")]
    assert not TicketBatch.objects.exists()


def test_a_stranger_s_list_does_not_exist() -> None:
    here, of = place()

    with pytest.raises(NotFound):
        generate(here.stranger, of.pk, 1, keys=KEYS, pace=pace())


def test_an_archived_list_takes_no_tickets() -> None:
    here, of = place(archived=True)

    with pytest.raises(Conflict):
        made(here, of, 1)


def test_nobody_sees_a_ticket_before_all_are_there() -> None:
    here, of = place()
    seen: list[int] = []

    def look(_done: int) -> bool:
        seen.append(Ticket.objects.filter(batch__ready=True).count())
        return True

    made(here, of, 1500, look)

    assert len(seen) > 1
    assert set(seen) == {0}


def test_what_was_stopped_leaves_nothing() -> None:
    here, of = place()

    with pytest.raises(Stopped):
        made(here, of, 5000, lambda done: done < 1000)

    assert not Ticket.objects.exists()
    assert not TicketBatch.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_failure_leaves_nothing() -> None:
    here, of = place()

    def break_down(_done: int) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made(here, of, 5000, break_down)

    assert not Ticket.objects.exists()


def abandoned(of: TicketList) -> TicketBatch:
    """What a process leaves that was killed half way."""
    factories.tickets(of, 3)
    half = Ticket.objects.filter(ticket_list=of).first()
    assert half is not None
    TicketBatch.objects.filter(pk=half.batch_id).update(ready=False, count=5)
    return half.batch


def test_what_a_killed_process_left_is_swept_away_after_ten_minutes() -> None:
    _, of = place()
    abandoned(of)

    assert remove_abandoned(pace=pace(NOW + timedelta(minutes=9))) == 0
    assert remove_abandoned(pace=pace(NOW + timedelta(minutes=11))) == 1

    assert Ticket.objects.count() == 2
    assert TicketBatch.objects.filter(ready=False).count() == 0


def test_a_maker_that_slept_too_long_finds_its_batch_given_up() -> None:
    here, of = place()

    def sleep_long(done: int) -> bool:
        if done < 2000:
            remove_abandoned(pace=pace(NOW + timedelta(hours=1)))
        return True

    with pytest.raises(Stopped):
        made(here, of, 5000, sleep_long)

    assert not Ticket.objects.exists()


def test_generation_is_audited_without_codes() -> None:
    here, of = place()
    made(here, of, 2)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after["count"], entry.by) == ("generate", 2, "alice@example.org")
    assert not any(code in str(entry.after) for code in logins(of))
