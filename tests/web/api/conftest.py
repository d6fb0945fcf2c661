"""The cast, each with a program. Django is not set up yet when this file is read, so that its imports come late."""

from typing import Any

import pytest


@pytest.fixture
def people(db: None) -> Any:
    """Alice and Bob at the Hôtel du Parc, Charlie elsewhere."""
    from tests.factories import cast  # noqa: PLC0415

    return cast()


def _program(account: Any) -> Any:
    from tests.web.api.desk import Program  # noqa: PLC0415

    return Program(account)


@pytest.fixture
def alice(people: Any) -> Any:
    """What an administrator's program can do."""
    return _program(people.alice)


@pytest.fixture
def bob(people: Any) -> Any:
    """What a receptionist's program can do."""
    return _program(people.bob)


@pytest.fixture
def charlie(people: Any) -> Any:
    """A stranger's program."""
    return _program(people.charlie)
