"""/api/v1/health: whether the product can do its work."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from spotcoffee.services import processes

pytestmark = pytest.mark.django_db


def running(kind: str, *, host: str = "desk", heart_stopped: timedelta = timedelta(0)) -> int:
    now = datetime.now(UTC)
    return processes.register(kind, host=host, pid=42, version="0.1.0", now=now - heart_stopped)


def test_all_is_well(client: Client) -> None:
    running("radius")

    answer = client.get("/api/v1/health")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["store"] == {"kind": connection.vendor, "status": "ok"}


def test_no_token_is_asked_and_no_machine_is_named(client: Client) -> None:
    running("radius", host="till-3.example")

    assert b"till-3" not in client.get("/api/v1/health").content


def test_a_process_whose_heart_stopped_is_missed(client: Client) -> None:
    running("radius", heart_stopped=timedelta(seconds=20))

    answer = client.get("/api/v1/health")

    assert answer.status_code == 503
    assert answer.json()["status"] == "degraded"
    assert answer.json()["missing"] == ["radius"]


def test_a_process_that_was_replaced_is_not_missed(client: Client) -> None:
    running("radius", heart_stopped=timedelta(minutes=5))
    running("radius")

    assert client.get("/api/v1/health").status_code == 200


def test_a_living_process_elsewhere_does_not_replace_one_that_died_here(client: Client) -> None:
    running("radius", host="here", heart_stopped=timedelta(minutes=5))
    running("radius", host="elsewhere")

    assert client.get("/api/v1/health").json()["missing"] == ["radius"]


def test_a_process_that_ended_in_order_is_not_missed(client: Client) -> None:
    now = datetime.now(UTC)
    processes.stop(running("radius", heart_stopped=timedelta(minutes=5)), now=now)

    assert client.get("/api/v1/health").status_code == 200


def test_a_machine_taken_out_of_service_is_forgotten_after_a_day(client: Client) -> None:
    running("radius", heart_stopped=timedelta(days=2))

    assert client.get("/api/v1/health").status_code == 200


def test_the_answer_is_kept_by_no_cache(client: Client) -> None:
    assert "no-store" in client.get("/api/v1/health").headers["Cache-Control"]


def test_nothing_can_be_posted(client: Client) -> None:
    assert client.post("/api/v1/health").status_code == 405
