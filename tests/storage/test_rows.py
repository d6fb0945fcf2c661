"""Parameters as a relation: every row arrives, whatever their number."""

import pytest
from django.db import connection

from spotcoffee.storage.queries import rows
from spotcoffee.storage.queries.rows import BIGINT, TEXT, fetch

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [0, 1, 2, 16, 17, 300, 512, 40_000])
def test_every_row_arrives_once(count: int) -> None:
    sql = "WITH v(number, word) AS ({rows}) SELECT v.number, v.word FROM v"

    found = fetch(sql, (BIGINT, TEXT), [(number, f"w{number}") for number in range(count)])

    assert sorted(found) == [(number, f"w{number}") for number in range(count)]


def test_batches_of_any_size_are_few_different_statements() -> None:
    lengths = {len(part) for count in range(1, 600) for part in rows._parts([(1,)] * count, 30)}

    assert len(lengths) <= 600 if connection.vendor == "postgresql" else len(lengths) <= 22
