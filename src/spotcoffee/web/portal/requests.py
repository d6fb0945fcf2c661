"""What comes with a request: its fields, strictly, and who sent it."""

from django.http import HttpRequest

from spotcoffee.protocols.portals.visits import MOST_OCTETS, Arrival, Fault, VisitError, read_query

_FORM = "application/x-www-form-urlencoded"


def fields_of(request: HttpRequest) -> dict[str, str]:
    """The fields of a form, or else of the query. Raises VisitError."""
    if request.method != "POST":
        return query_of(request)
    if request.content_type != _FORM:
        raise VisitError(Fault.UNREADABLE)
    length = request.headers.get("Content-Length", "")
    if not length.isdigit() or int(length) > MOST_OCTETS:
        raise VisitError(Fault.TOO_LONG)
    return read_query(request.body.decode("ascii", "replace"))


def query_of(request: HttpRequest) -> dict[str, str]:
    """The fields of the query. Raises VisitError."""
    return read_query(_raw_query(request))


def arrival_of(request: HttpRequest, fields: dict[str, str]) -> Arrival:
    """What equipment sent with the browser; the address exactly as it was asked for, since it may be signed."""
    query = _raw_query(request)
    url = f"{request.scheme}://{request.get_host()}{request.path}"
    return Arrival(f"{url}?{query}" if query else url, fields)


def address_of(request: HttpRequest) -> str:
    """Where the request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site's page sent this form. No cookie is at stake; but no other page shall act for the guest."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


def _raw_query(request: HttpRequest) -> str:
    return str(request.META.get("QUERY_STRING", ""))
