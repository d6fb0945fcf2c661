"""A hand-out as a file: which columns it has, and what stands in each row."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from spotcoffee.documents.tables import Cell, Code, Profile, csv_file
from spotcoffee.services.handouts import HandedOut
from spotcoffee.storage.models import TicketList

# The columns, in order; programs see these names.
COLUMNS: Final = (
    "login",
    "password",
    "list",
    "offer",
    "valid_from",
    "valid_until",
    "price",
    "currency",
    "handed_out_at",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is said beside the codes. handed_out_at: None in a preview."""

    ticket_list: TicketList
    profile: Profile
    handed_out_at: datetime | None


def csv_export(sheet: Sheet, tickets: Iterable[HandedOut], *, headers: Sequence[str]) -> Iterator[bytes]:
    """The file piece by piece. headers: a sentence for each of COLUMNS."""
    zone = ZoneInfo(sheet.ticket_list.organisation.time_zone)
    said = _said(sheet)
    rows = (_row(ticket, said) for ticket in tickets)
    return csv_file(headers, rows, profile=sheet.profile, zone=zone)


def _said(sheet: Sheet) -> list[Cell]:
    offer = sheet.ticket_list.offer
    return [
        sheet.ticket_list.name,
        offer.name,
        offer.valid_from,
        offer.valid_until,
        _amount(offer.price),
        offer.currency,
        sheet.handed_out_at,
    ]


def _amount(price: Decimal | None) -> Decimal | None:
    """The price with cents; with a third decimal only where it has one."""
    if price is None:
        return None
    cents = price.quantize(Decimal("0.01"))
    return cents if cents == price else price


def _row(ticket: HandedOut, said: list[Cell]) -> list[Cell]:
    password = None if ticket.password is None else Code(ticket.password, ticket.exact)
    return [Code(ticket.login, ticket.exact), password, *said]


def file_name(list_name: str, *, extension: str, on: datetime) -> str:
    """`tickets_hotel-du-parc_2026-11-22.csv`. on: an instant in the zone whose date is meant."""
    plain = unicodedata.normalize("NFKD", list_name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "liste"
    return f"tickets_{words}_{on:%Y-%m-%d}.{extension}"
