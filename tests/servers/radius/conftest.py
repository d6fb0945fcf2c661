"""The ticket that most tests here are about. Django is not set up yet when this file is read: its imports come late."""

from typing import Any

import pytest


@pytest.fixture
def ticket(request: pytest.FixtureRequest) -> Any:
    """The ticket GUESTTICKT, of an offer like OFFER at an access point like POINT: constants of the test's file."""
    from tests import factories  # noqa: PLC0415

    parc = factories.organisation()
    factories.access_point(parc, **getattr(request.module, "POINT", {}))
    offer = factories.offer(parc, **getattr(request.module, "OFFER", {}))
    return factories.ticket(factories.ticket_list(offer), "GUESTTICKT")
