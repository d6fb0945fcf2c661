"""What is looked at to say how the product is."""

from pathlib import Path

import pytest
from django.db import connection
from tests.factories import NOW

from spotcoffee.services.health import look

pytestmark = pytest.mark.django_db


def test_a_disk_with_room_is_no_fault(tmp_path: Path) -> None:
    found = look(tmp_path, now=NOW)

    assert found.is_well
    assert found.store_kind == connection.vendor


def test_a_data_folder_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    found = look(tmp_path / "gone", now=NOW)

    assert found.disk_fault == "unreachable"
    assert not found.is_well
