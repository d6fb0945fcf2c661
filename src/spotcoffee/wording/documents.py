"""Files of hand-outs, with their words: where services meet sentences, for every face and the command line alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, override

from spotcoffee.documents.layout import Field
from spotcoffee.documents.receipt import SaleLine
from spotcoffee.documents.tables import Profile
from spotcoffee.services import handouts, ticket_lists
from spotcoffee.services.exports import Sheet, csv_export, file_name, xlsx_export
from spotcoffee.services.handouts import HandedOut
from spotcoffee.services.print_options import RECEIPT, PrintOptions, recalled, remembered
from spotcoffee.services.printed import printed_terms
from spotcoffee.services.printing import NO_SITE, Site, print_tickets, shown_fields
from spotcoffee.storage.keys import KeyRing
from spotcoffee.storage.models import Handout, TicketList
from spotcoffee.wording.columns import export_headers
from spotcoffee.wording.printed import PREVIEW, Occasion, sale_line, words_on_tickets

MEDIA_TYPES: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    RECEIPT: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file on its way out. pieces: its bytes, which come as they are made."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A file to be made, of a hand-out or of none. number: the hand-out's; None: a preview."""

    source: TicketList
    format: str
    profile: str
    options: PrintOptions
    terms: Mapping[str, object]
    at: datetime
    number: int | None
    site: Site

    @property
    def zone(self) -> ZoneInfo:
        """Where the place is."""
        return ZoneInfo(self.source.organisation.time_zone)


def handout_file(handout: Handout, source: TicketList, *, keys: KeyRing, site: Site = NO_SITE) -> MadeFile:
    """The file of a hand-out whose format is in MEDIA_TYPES; source: its list. The same whenever it is read.

    Raises Conflict when nothing of it is left to print.
    """
    return _made(_of_handout(handout, source, handout.format, site), handouts.tickets_of(handout, keys=keys))


def reprint(
    handout: Handout,
    source: TicketList,
    tickets: Iterable[HandedOut],
    *,
    format: str,  # noqa: A002 - the API's word
    options: Mapping[str, object] = handouts.NO_OPTIONS,
    site: Site = NO_SITE,
) -> MadeFile:
    """Some tickets of a hand-out, of a sale too, on paper once more. format: `pdf` or `receipt`.

    options: without faults (print_options.faults), instead of those that stood on the hand-out. Raises Conflict when
    there are no tickets.
    """
    asked = _of_handout(handout, source, format, site)
    return _made(replace(asked, options=recalled({**handout.options, **options}, source)), tickets)


def preview_file(
    source: TicketList,
    tickets: Iterable[HandedOut],
    *,
    format: str,  # noqa: A002
    now: datetime,
    profile: str = "",
    options: Mapping[str, object] = handouts.NO_OPTIONS,
    site: Site = NO_SITE,
) -> MadeFile:
    """How a hand-out's file would look, marked as a preview. tickets: handouts.blanks, or handouts.preview.

    options: without faults (handouts.check). Raises Conflict when there is nothing to print.
    """
    asked = _Asked(
        source=source,
        format=format,
        profile=profile,
        options=recalled(remembered(format, options, source), source),
        terms=printed_terms(source.offer),
        at=now,
        number=None,
        site=site,
    )
    made = _made(asked, tickets)
    return replace(made, name=f"apercu_{made.name}")


def _of_handout(handout: Handout, source: TicketList, format: str, site: Site) -> _Asked:  # noqa: A002
    return _Asked(
        source=source,
        format=format,
        profile=handout.profile,
        options=recalled(handout.options, source),
        terms=handout.terms,
        at=handout.at,
        number=handout.pk,
        site=site,
    )


def _made(asked: _Asked, tickets: Iterable[HandedOut]) -> MadeFile:
    extension = "pdf" if asked.format == RECEIPT else asked.format
    name = file_name(asked.options.list_name, extension=extension, on=asked.at.astimezone(asked.zone))
    return MadeFile(name, MEDIA_TYPES[asked.format], _MAKERS[asked.format](asked, tickets))


def _csv(asked: _Asked, tickets: Iterable[HandedOut]) -> Iterator[bytes]:
    profile = Profile(asked.profile or Profile.RFC4180.value)
    headers = export_headers(profile, language=asked.source.organisation.language)
    return csv_export(_sheet(asked), tickets, profile=profile, headers=headers)


def _xlsx(asked: _Asked, tickets: Iterable[HandedOut]) -> Iterator[bytes]:
    language = asked.source.organisation.language
    headers = export_headers(Profile.EXCEL, language=language)
    with override(language):
        name = gettext("Tickets") if asked.number is not None else PREVIEW
    return xlsx_export(_sheet(asked), tickets, headers=headers, name=name, made_at=asked.at)


def _sheet(asked: _Asked) -> Sheet:
    return Sheet(
        list_name=asked.options.list_name,
        terms=asked.terms,
        handed_out_at=None if asked.number is None else asked.at,
        zone=asked.zone,
    )


def _print(asked: _Asked, tickets: Iterable[HandedOut]) -> Iterator[bytes]:
    options = asked.options
    fields = shown_fields(options, asked.site)
    occasion = Occasion(
        terms=asked.terms,
        languages=options.languages,
        fields=fields,
        has_password=asked.source.password_format != ticket_lists.NO_PASSWORD,
        network=asked.site.network,
    )
    words = replace(words_on_tickets(occasion), preview=PREVIEW if asked.number is None else "")
    if asked.format == RECEIPT and asked.number is not None:
        price = words.price if Field.PRICE in fields else ""
        words = replace(words, sale=_sale(asked, asked.number, price))
    return print_tickets(tickets, words, options, format=asked.format, site=asked.site)


def _sale(asked: _Asked, number: int, price: str) -> tuple[SaleLine, ...]:
    offer, language = str(asked.terms["offer"]), asked.options.languages[0]
    return ((offer, price), sale_line(asked.at.astimezone(asked.zone), number=number, language=language))


_MAKERS: Final[Mapping[str, Callable[[_Asked, Iterable[HandedOut]], Iterator[bytes]]]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "pdf": _print,
    RECEIPT: _print,
}
