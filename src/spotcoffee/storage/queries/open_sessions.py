"""Who is online: counts and tickets of open sessions, through the one index of those."""

from spotcoffee.storage.queries.rows import query

_BY_ACCESS_POINT = """SELECT access_point_id, COUNT(*) FROM hotspot_session
    WHERE ended_at IS NULL AND acct_session_id IS NOT NULL AND organisation_id = %s GROUP BY access_point_id"""
_EVER = "SELECT 1 FROM hotspot_session WHERE access_point_id = %s AND organisation_id = %s LIMIT 1"
_TICKETS_OF_OFFER = """SELECT DISTINCT s.ticket_id FROM hotspot_session s
    JOIN hotspot_ticket t ON t.id = s.ticket_id
    JOIN hotspot_ticketlist l ON l.id = t.ticket_list_id
    WHERE s.ended_at IS NULL AND s.acct_session_id IS NOT NULL AND l.offer_id = %s AND s.ticket_id > %s
    ORDER BY s.ticket_id LIMIT %s"""
_TICKETS_OF_LIST = """SELECT DISTINCT s.ticket_id FROM hotspot_session s
    JOIN hotspot_ticket t ON t.id = s.ticket_id
    WHERE s.ended_at IS NULL AND s.acct_session_id IS NOT NULL AND t.ticket_list_id = %s AND s.ticket_id > %s
    ORDER BY s.ticket_id LIMIT %s"""


def count_by_access_point(organisation_id: int) -> dict[int, int]:
    """How many sessions are open on each access point of an organisation; those with none are left out."""
    return {row[0]: row[1] for row in query(_BY_ACCESS_POINT, organisation_id)}


def has_sessions(organisation_id: int, access_point_id: int) -> bool:
    """Whether an access point ever had a session or a reservation. Reads all of them where it had none."""
    return bool(query(_EVER, access_point_id, organisation_id))


def tickets_of_offer(offer_id: int, *, after: int, limit: int) -> list[int]:
    """The next tickets of an offer that are online, in order of their ids."""
    return [row[0] for row in query(_TICKETS_OF_OFFER, offer_id, after, limit)]


def tickets_of_list(list_id: int, *, after: int, limit: int) -> list[int]:
    """The next tickets of a list that are online, in order of their ids."""
    return [row[0] for row in query(_TICKETS_OF_LIST, list_id, after, limit)]
