"""/metrics: what the processes count, for this machine alone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from spotcoffee.services import processes

pytestmark = pytest.mark.django_db


def figures(client: Client) -> dict[tuple[str, str], float]:
    """Sample name and its `what` label, to its value."""
    text = client.get("/metrics").content.decode()
    families = text_string_to_metric_families(text)
    return {
        (sample.name, sample.labels.get("what", "")): sample.value for family in families for sample in family.samples
    }


def counting(counters: dict[str, int]) -> None:
    now = datetime.now(UTC)
    process = processes.register("radius", host="desk", pid=42, version="0.1.0", now=now)
    processes.beat(process, counters=counters, now=now)


def test_what_a_process_counts_is_shown_by_name_and_reason(client: Client) -> None:
    counting({"login.accepted": 7, "login.revoked": 2, "dropped.unknown_source": 1})

    found = figures(client)

    assert found["spotcoffee_login_total", "accepted"] == 7
    assert found["spotcoffee_login_total", "revoked"] == 2
    assert found["spotcoffee_dropped_total", "unknown_source"] == 1


def test_the_store_is_up(client: Client) -> None:
    assert figures(client)["spotcoffee_store_up", ""] == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_read_them(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("address", ["192.168.1.5", "::ffff:192.168.1.5", "2001:db8::1", "", "localhost"])
def test_nobody_else_may(client: Client, address: str) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_proxy_on_this_machine_speaks_for_others(client: Client, header: str) -> None:
    assert client.get("/metrics", headers={header: "for=192.168.1.5"}).status_code == 404


def test_an_administrators_token_may_read_them_from_anywhere(alice: Any, bob: Any) -> None:
    assert alice.client.get("/api/v1/metrics", REMOTE_ADDR="192.0.2.9").status_code == 404
    for program, status in ((alice, 200), (bob, 404)):
        headers = {"Authorization": f"Bearer {program.token}"}
        assert program.client.get("/api/v1/metrics", headers=headers, REMOTE_ADDR="192.0.2.9").status_code == status
