"""A request as WSGI has it."""

from typing import Any

from spotcoffee.project.environ import environ_of

SCOPE: dict[str, Any] = {
    "type": "http",
    "method": "POST",
    "path": "/portal/é",
    "query_string": b"a=%20b&c",
    "http_version": "1.1",
    "scheme": "http",
    "server": ("127.0.0.1", 8080),
    "client": ("10.1.0.7", 4711),
    "headers": [(b"host", b"wifi.example"), (b"content-type", b"text/plain"), (b"x-a", b"1"), (b"x-a", b"2")],
}


def test_a_request_is_told_as_wsgi_has_it() -> None:
    environ = environ_of(SCOPE, b"four")

    assert environ["PATH_INFO"] == "/portal/é".encode().decode("latin-1")
    assert (environ["QUERY_STRING"], environ["REMOTE_ADDR"]) == ("a=%20b&c", "10.1.0.7")
    assert (environ["HTTP_HOST"], environ["CONTENT_TYPE"], environ["HTTP_X_A"]) == ("wifi.example", "text/plain", "1,2")
    assert environ["CONTENT_LENGTH"] == "4"


def test_a_header_can_not_pass_for_another() -> None:
    scope = SCOPE | {"headers": [(b"sec_fetch_site", b"none"), (b"content-length", b"9")]}

    environ = environ_of(scope, b"")

    assert "HTTP_SEC_FETCH_SITE" not in environ
    assert environ["CONTENT_LENGTH"] == "0"
