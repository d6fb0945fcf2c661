"""The files of hand-outs, one maker for each format; sent piece by piece, so that a million tickets take no memory."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final
from zoneinfo import ZoneInfo

from django.http.response import StreamingHttpResponse

from spotcoffee.documents.tables import Profile
from spotcoffee.services import handouts, ticket_lists
from spotcoffee.services.callers import Caller
from spotcoffee.services.exports import Sheet, csv_export, file_name
from spotcoffee.storage.models import Handout, TicketList
from spotcoffee.web.surroundings import keys
from spotcoffee.wording.columns import export_headers


def _csv(record: Handout, source: TicketList) -> Iterator[bytes]:
    profile = Profile(record.profile or Profile.RFC4180.value)
    headers = export_headers(profile, language=source.organisation.language)
    tickets = handouts.tickets_of(record, keys=keys())
    return csv_export(Sheet(source, profile, record.at), tickets, headers=headers)


# Format to its maker and its media type.
FILES: Final[Mapping[str, tuple[Callable[[Handout, TicketList], Iterator[bytes]], str]]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
}


def handout_file(caller: Caller, record: Handout) -> StreamingHttpResponse:
    """The file of a hand-out whose format is in FILES. Raises NotFound when its list is out of reach."""
    make, media_type = FILES[record.format]
    source = ticket_lists.get(caller, record.list_id or 0)
    name = file_name(
        source.name, extension=record.format, on=record.at.astimezone(ZoneInfo(source.organisation.time_zone))
    )
    answer = StreamingHttpResponse(make(record, source), content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
