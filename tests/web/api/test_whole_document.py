"""Anything that the document allows, and much that it does not, at every operation: no 5xx, no undocumented answer."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.api.desk import stocked

from spotcoffee.project.wsgi import application
from spotcoffee.web.api.application import description

# A short run; SPOTCOFFEE_TEST_EXAMPLES=200 looks longer.
EXAMPLES = int(os.environ.get("SPOTCOFFEE_TEST_EXAMPLES", "8"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

schema = schemathesis.openapi.from_dict(description())
schema.app = application
schema.config.generation.update(modes=list(GenerationMode))


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Requests share the transaction of the test, as those of Django's own client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def headers(alice: Any, people: Any) -> dict[str, str]:
    """Alice's token; the first things of each kind exist."""
    from tests import factories  # noqa: PLC0415

    factories.access_point(people.parc)
    stocked(factories.offer(people.parc), 3)
    return {"Authorization": f"Bearer {alice.token}"}


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_answer_is_undocumented(case: Any, headers: dict[str, str]) -> None:
    case.call_and_validate(headers=headers, checks=CHECKS)
