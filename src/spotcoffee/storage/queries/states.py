"""The state of tickets in SQL, to count and filter. The rule is domain.tickets.state; tests/twins holds them equal."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from spotcoffee.domain.tickets import State
from spotcoffee.storage.instants import to_micros
from spotcoffee.storage.queries.rows import BIGINT, fetch, query

# Of a ticket t and its offer o, at the instant of two parameters.
STATE: Final = """CASE
    WHEN t.revoked_at IS NOT NULL THEN 'revoked'
    WHEN t.first_login_at + o.lifetime * 1000000 <= %s OR o.valid_until <= %s THEN 'expired'
    WHEN t.used_time >= o.credit OR t.used_down >= o.quota_down OR t.used_up >= o.quota_up THEN 'consumed'
    WHEN t.first_login_at IS NOT NULL THEN 'started'
    ELSE 'virgin' END"""
# Tickets that everyone sees, with their offers.
SEEN: Final = """hotspot_ticket t JOIN hotspot_ticketbatch b ON b.id = t.batch_id AND b.ready
    JOIN hotspot_ticketlist l ON l.id = t.ticket_list_id JOIN hotspot_offer o ON o.id = l.offer_id"""

_COUNT = f"""WITH v(list_id) AS ({{rows}})
    SELECT t.ticket_list_id, {STATE} AS state, COUNT(*), COUNT(t.handed_out_at)
    FROM {SEEN} WHERE t.ticket_list_id IN (SELECT list_id FROM v) GROUP BY t.ticket_list_id, state"""
_OF_TICKETS = f"""WITH v(id) AS ({{rows}}) SELECT t.id, {STATE} FROM {SEEN} WHERE t.id IN (SELECT id FROM v)"""
_PAGE = f"SELECT t.id FROM {SEEN} WHERE t.ticket_list_id = %s AND t.id > %s AND {STATE} = %s ORDER BY t.id LIMIT %s"


def count(list_ids: Collection[int], *, now: datetime) -> dict[int, dict[State, tuple[int, int]]]:
    """For each list, each state that occurs: how many tickets, and how many of these were handed out."""
    at = to_micros(now)
    counted: dict[int, dict[State, tuple[int, int]]] = {key: {} for key in list_ids}
    for list_id, state, tickets, handed_out in fetch(_COUNT, (BIGINT,), [(key,) for key in list_ids], at, at):
        counted[list_id][State(state)] = (tickets, handed_out)
    return counted


def of_tickets(ticket_ids: Collection[int], *, now: datetime) -> dict[int, State]:
    """The state of each of these tickets."""
    at = to_micros(now)
    rows = fetch(_OF_TICKETS, (BIGINT,), [(key,) for key in ticket_ids], at, at)
    return {row[0]: State(row[1]) for row in rows}


def page(list_id: int, state: State, *, now: datetime, after: int, limit: int) -> list[int]:
    """The next tickets of a list that are in this state, in order of their ids."""
    at = to_micros(now)
    return [row[0] for row in query(_PAGE, list_id, after, at, at, state.value, limit)]
