"""Jobs: one worker at a time, another when it died, and never half a result twice."""

from datetime import timedelta

import pytest
from tests import factories
from tests.factories import KEYS, NOW, Cast, cast, pace, tools

from spotcoffee.services import job_kinds, jobs
from spotcoffee.services.errors import Conflict, NotFound
from spotcoffee.services.job_kinds import Tools, add_generation, run_next, run_now
from spotcoffee.services.jobs import LEASE, MOST_TRIES, cancel, claim, finish, report, show
from spotcoffee.storage.models import Job, Ticket, TicketBatch, TicketList

pytestmark = pytest.mark.django_db
LATER = NOW + LEASE + timedelta(seconds=1)


def place() -> tuple[Cast, TicketList]:
    here = cast()
    factories.access_point(here.parc)
    return here, factories.ticket_list(factories.offer(here.parc))


def waiting(here: Cast, of: TicketList, count: int = 1500) -> Job:
    return add_generation(here.at_parc, of.pk, count, now=NOW)


def test_a_job_is_done_and_says_so() -> None:
    here, of = place()
    job = waiting(here, of)

    assert run_next(tools(), worker_id=7)

    view = show(here.at_parc, job.pk)
    assert (view.state, view.done, view.total, view.error) == ("done", 1500, 1500, "")
    assert Ticket.objects.filter(batch__ready=True).count() == 1500
    assert not run_next(tools(), worker_id=7)


def test_a_claimed_job_is_not_claimed_again_before_its_lease_ends() -> None:
    here, of = place()
    job = waiting(here, of)

    assert claim(worker_id=1, now=NOW) == job
    assert claim(worker_id=2, now=NOW + LEASE) is None
    again = claim(worker_id=2, now=LATER)
    assert again == job


def test_a_worker_that_lost_its_job_can_neither_report_nor_finish_it() -> None:
    here, of = place()
    waiting(here, of)
    first = claim(worker_id=1, now=NOW)
    second = claim(worker_id=1, now=LATER)
    assert first is not None
    assert second is not None

    assert not report(first, done=1, now=LATER)
    assert not finish(first, done=1, result=None, now=LATER)
    assert report(second, done=1, now=LATER)
    assert finish(second, done=1, result=None, now=LATER)


def test_of_two_workers_that_generate_the_same_job_one_shows_its_tickets() -> None:
    here, of = place()
    waiting(here, of)
    slow = claim(worker_id=1, now=NOW)
    assert slow is not None
    assert run_next(tools(LATER), worker_id=2)

    job_kinds._run(slow, tools(LATER))

    assert TicketBatch.objects.filter(ready=True).count() == 1
    assert Ticket.objects.count() == 1500
    slow.refresh_from_db()
    assert slow.state == "done"


def test_work_that_kills_its_workers_is_given_up() -> None:
    here, of = place()
    job = waiting(here, of)
    now = NOW
    for _ in range(MOST_TRIES):
        assert claim(worker_id=1, now=now) is not None
        now += LEASE + timedelta(seconds=1)

    assert claim(worker_id=1, now=now) is None
    assert (show(here.at_parc, job.pk).state, show(here.at_parc, job.pk).error) == ("failed", "its_worker_died")


def test_a_cancelled_job_leaves_nothing() -> None:
    here, of = place()
    job = waiting(here, of)
    claimed = claim(worker_id=1, now=NOW)
    assert claimed is not None
    cancel(here.at_parc, job.pk, now=NOW)

    job_kinds._run(claimed, tools())

    assert show(here.at_parc, job.pk).state == "cancelled"
    assert not Ticket.objects.exists()
    with pytest.raises(Conflict):
        cancel(here.at_parc, job.pk, now=NOW)


def test_a_worker_that_ends_leaves_its_job_to_another() -> None:
    here, of = place()
    job = waiting(here, of)
    ending = Tools(keys=KEYS, pace=pace(), interim_interval=300, ending=lambda: True)

    run_next(ending, worker_id=1)

    assert show(here.at_parc, job.pk).state == "waiting"
    assert not Ticket.objects.exists()
    assert run_next(tools(), worker_id=2)
    assert Ticket.objects.count() == 1500


def test_a_refusal_is_the_job_s_error() -> None:
    here, of = place()
    job = waiting(here, of, count=0)

    with pytest.raises(Conflict):
        run_now(job, tools())

    assert (show(here.at_parc, job.pk).state, show(here.at_parc, job.pk).error) == ("failed", "invalid")


def test_a_bug_of_ours_is_the_job_s_error_too() -> None:
    here, _ = place()
    job = jobs.add(here.at_parc, "no_such_kind", {}, total=0, now=NOW)

    with pytest.raises(KeyError):
        run_next(tools(), worker_id=1)

    assert show(here.at_parc, job.pk).state == "failed"


def test_a_stranger_s_job_does_not_exist() -> None:
    here, of = place()
    job = waiting(here, of)

    with pytest.raises(NotFound):
        show(here.stranger, job.pk)
    with pytest.raises(NotFound):
        cancel(here.stranger, job.pk, now=NOW)


def test_old_jobs_are_forgotten() -> None:
    here, of = place()
    waiting(here, of)
    run_next(tools(), worker_id=1)

    assert jobs.forget_old(now=NOW + timedelta(days=29)) == 0
    assert jobs.forget_old(now=NOW + timedelta(days=31)) == 1
