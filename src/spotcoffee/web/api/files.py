"""Files as answers; sent piece by piece, so that a million tickets take no memory."""

from typing import Any, Final

from django.http import HttpRequest
from django.http.response import StreamingHttpResponse

from spotcoffee.services import ticket_lists
from spotcoffee.services.callers import Caller
from spotcoffee.storage.models import Handout
from spotcoffee.web.surroundings import keys, site
from spotcoffee.wording.documents import MEDIA_TYPES, MadeFile, handout_file

_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
# For the description of what answers a file.
CONTENT: Final[dict[str, Any]] = {
    media_type.partition(";")[0]: {"schema": {"type": "string"}} if media_type.startswith("text/") else _BINARY
    for media_type in MEDIA_TYPES.values()
}


def has_file(record: Handout) -> bool:
    """Whether a hand-out can be read: no sale, and not undone."""
    return record.format in MEDIA_TYPES and record.undone_at is None


def file_of(caller: Caller, record: Handout) -> StreamingHttpResponse:
    """The file of a hand-out. Raises NotFound when its list is out of reach, Conflict when nothing of it is left."""
    source = ticket_lists.get(caller, record.list_id or 0)
    return streamed(handout_file(record, source, keys=keys(), site=site(source.organisation)))


def streamed(file: MadeFile) -> StreamingHttpResponse:
    """A file to be saved."""
    answer = StreamingHttpResponse(file.pieces, content_type=file.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


def wants_file(request: HttpRequest, format: str) -> bool:
    """Whether a program names the kind of file itself; one that takes anything gets JSON."""
    wanted = MEDIA_TYPES[format].partition(";")[0]
    accepted = request.headers.get("Accept", "").lower().split(",")
    return any(one.partition(";")[0].strip() == wanted for one in accepted)
