"""How many tickets of an offer can still be sold from stock, as far as anyone wants to know."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries.rows import BIGINT, fetch
from spotcoffee.storage.queries.states import SEEN, STATE

# Counting stops at the most: nobody at a desk needs to know that there are 99,812.
_LEFT: Final = f"""WITH v(offer_id) AS ({{rows}})
    SELECT v.offer_id, (SELECT COUNT(*) FROM (
        SELECT t.id FROM {SEEN} WHERE l.offer_id = v.offer_id AND NOT l.archived
        AND t.handed_out_at IS NULL AND t.handout_id IS NULL AND {STATE} = 'virgin' LIMIT %s) AS s) FROM v"""


def left(offer_ids: Collection[int], *, most: int, now: datetime) -> dict[int, int]:
    """For each offer: how many virgin tickets that were never handed out its lists hold; `most` for any more."""
    at = to_micros(now)
    return dict(fetch(_LEFT, (BIGINT,), [(key,) for key in offer_ids], at, at, most))
