"""Tickets of a hand-out on paper: what stands on them, which QR they carry, on sheets, cards or rolls.

Sentences come in finished; what they say is the offer as it stood on the hand-out, not as it is today.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from spotcoffee.documents.errors import DocumentError, Fault
from spotcoffee.documents.layout import Field, PrintedTicket, TicketFace, Wording
from spotcoffee.documents.logo import Logo
from spotcoffee.documents.qr import LONGEST_TEXT, wifi_join
from spotcoffee.documents.receipt import Paper, SaleLine, receipt
from spotcoffee.documents.ticket_sheet import SheetLayout, ticket_sheet
from spotcoffee.domain.codes import printed
from spotcoffee.services.errors import Conflict
from spotcoffee.services.handouts import HandedOut
from spotcoffee.services.print_options import ONE, RECEIPT, PrintOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a place is known by. network: its Wi-Fi's name; empty: it is not said.

    portal_address: where guests log in, such as `https://wifi.example`; None: no QR leads there.
    """

    portal_address: str | None = None
    network: str = ""
    logo: Logo | None = None


NO_SITE: Final = Site()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Finished sentences. sale: what was sold, on a receipt. preview: across tickets that are none."""

    wordings: tuple[Wording, ...]
    price: str = ""
    sale: tuple[SaleLine, ...] = ()
    preview: str = ""


def shown_fields(options: PrintOptions, site: Site) -> frozenset[Field]:
    """What stands on the tickets: what was asked for, without a QR that would lead nowhere."""
    missing = set()
    if not site.portal_address:
        missing.add(Field.LOGIN_QR)
    if not _join_text(site.network):
        missing.add(Field.JOIN_QR)
    return options.fields - missing


def login_address(portal_address: str, login: str, password: str | None) -> str:
    """Where a ticket's QR leads: the portal's page for this code, `https://wifi.example/t/7KMP2RT9XW`."""
    address = f"{portal_address.rstrip('/')}/t/{quote(login, safe='')}"
    return address if password is None else f"{address}?{urlencode({'password': password})}"


def print_tickets(
    tickets: Iterable[HandedOut],
    words: Words,
    options: PrintOptions,
    *,
    format: str,  # noqa: A002 - the API's word
    site: Site,
) -> Iterator[bytes]:
    """The PDF of some tickets, page by page. format: RECEIPT, a roll; else PDF. Raises Conflict when there are none."""
    fields = shown_fields(options, site)
    face = TicketFace(
        wordings=words.wordings,
        place=options.place,
        network=site.network,
        price=words.price,
        join_qr=_join_text(site.network),
        logo=site.logo,
        fields=fields,
        preview=words.preview,
    )
    address = site.portal_address if Field.LOGIN_QR in fields else None
    shown = (_printed(ticket, address, is_preview=bool(words.preview)) for ticket in tickets)
    try:
        return _drawn(shown, face, options, words.sale if format == RECEIPT else None)
    except DocumentError as fault:
        if fault.code is Fault.NOTHING_TO_PRINT:
            raise Conflict("nothing_to_print") from fault
        raise


def _drawn(
    tickets: Iterator[PrintedTicket], face: TicketFace, options: PrintOptions, sale: tuple[SaleLine, ...] | None
) -> Iterator[bytes]:
    if sale is not None:
        return receipt(tickets, face, Paper(options.paper), sale=sale, title=options.title)
    if options.layout == ONE:
        return receipt(tickets, face, Paper.CARD, title=options.title)
    return ticket_sheet(
        tickets,
        face,
        SheetLayout(options.layout),
        start_at=options.start_at,
        cut_marks=options.cut_marks,
        title=options.title,
    )


def _printed(ticket: HandedOut, portal_address: str | None, *, is_preview: bool) -> PrintedTicket:
    """A ticket as it is typed, with its QR; the QR of a preview leads to the portal's door alone."""
    qr = ""
    if portal_address is not None:
        qr = portal_address if is_preview else login_address(portal_address, ticket.login, ticket.password)
    return PrintedTicket(
        ticket.login if ticket.exact else printed(ticket.login),
        # An empty one is nothing to be typed.
        (ticket.password if ticket.exact else printed(ticket.password)) if ticket.password else None,
        # A code that was imported may be longer than any QR: it is typed.
        qr if len(qr.encode()) <= LONGEST_TEXT else "",
    )


def _join_text(network: str) -> str:
    """What the Wi-Fi's QR says; empty where no network can be called so."""
    try:
        return wifi_join(network)
    except DocumentError:
        return ""
