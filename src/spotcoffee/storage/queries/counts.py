"""How many tickets there are, without reading them: each batch knows its own count."""

from spotcoffee.storage.queries.rows import query

_BY_OFFER = """SELECT l.offer_id, SUM(b.count) FROM hotspot_ticketbatch b
    JOIN hotspot_ticketlist l ON l.id = b.ticket_list_id
    WHERE l.organisation_id = %s AND b.ready GROUP BY l.offer_id"""
_ALL = """SELECT COALESCE(SUM(b.count), 0) FROM hotspot_ticketbatch b
    JOIN hotspot_ticketlist l ON l.id = b.ticket_list_id WHERE l.organisation_id = %s"""


def by_offer(organisation_id: int) -> dict[int, int]:
    """How many tickets each offer has; offers without any are left out."""
    return {row[0]: int(row[1]) for row in query(_BY_OFFER, organisation_id)}


def in_organisation(organisation_id: int) -> int:
    """How many tickets an organisation has, those that are being generated included."""
    return int(query(_ALL, organisation_id)[0][0])
