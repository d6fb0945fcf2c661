"""How many tickets a change of an offer or a binding touches, and what stands on those that were handed out."""

import json
from typing import Any

from spotcoffee.storage.queries.rows import query

_PRINTS = """SELECT h.id, h.terms, COUNT(*) FROM hotspot_ticket t JOIN hotspot_handout h ON h.id = t.handout_id
    JOIN hotspot_ticketbatch b ON b.id = t.batch_id AND b.ready
    JOIN hotspot_ticketlist l ON l.id = t.ticket_list_id WHERE {where} GROUP BY h.id, h.terms"""
_COUNT = """SELECT COALESCE(SUM(b.count), 0) FROM hotspot_ticketbatch b
    JOIN hotspot_ticketlist l ON l.id = b.ticket_list_id WHERE b.ready AND {where}"""
_OF_OFFER = "l.offer_id = %s"
_OF_LIST = "l.id = %s"


def prints_of_offer(offer_id: int) -> list[tuple[dict[str, Any], int]]:
    """What stands on the prints of an offer's tickets, and on how many."""
    return _prints(_OF_OFFER, offer_id)


def prints_of_list(list_id: int) -> list[tuple[dict[str, Any], int]]:
    """What stands on the prints of a list's tickets, and on how many."""
    return _prints(_OF_LIST, list_id)


def tickets_of_offer(offer_id: int) -> int:
    """How many tickets an offer has."""
    return int(query(_COUNT.format(where=_OF_OFFER), offer_id)[0][0])


def tickets_of_list(list_id: int) -> int:
    """How many tickets a list has."""
    return int(query(_COUNT.format(where=_OF_LIST), list_id)[0][0])


def _prints(where: str, key: int) -> list[tuple[dict[str, Any], int]]:
    rows = query(_PRINTS.format(where=where).replace("h.terms, COUNT", "CAST(h.terms AS text), COUNT"), key)
    return [(json.loads(terms), int(count)) for _, terms, count in rows]
