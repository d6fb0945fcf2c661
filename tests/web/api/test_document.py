"""The OpenAPI document agrees with the promise, and is to be read without anything from elsewhere."""

import re

import pytest
from django.test import Client

from spotcoffee.web.api.application import description

pytestmark = pytest.mark.django_db

PROMISED = {
    "/access-points": "get post",
    "/access-points/{id}": "get patch delete",
    "/offers": "get post",
    "/offers/{id}": "get patch delete",
    "/offers/{id}/impact": "post",
    "/ticket-lists": "get post",
    "/ticket-lists/{id}": "get patch delete",
    "/ticket-lists/{id}/impact": "post",
    "/ticket-lists/{id}/tickets": "post",
    "/ticket-lists/{id}/handouts": "post",
    "/handouts": "get",
    "/handouts/{id}": "get",
    "/handouts/{id}/file": "get",
    "/handouts/{id}/undo": "post",
    "/tickets": "get",
    "/tickets/{id}": "get patch",
    "/tickets/{id}/events": "get",
    "/tickets/{id}/revoke": "post",
    "/tickets/{id}/restore": "post",
    "/tickets/{id}/cancel-sale": "post",
    "/tickets/sell": "post",
    "/attempts": "get",
    "/sessions": "get",
    "/sessions/{id}": "get",
    "/sessions/{id}/disconnect": "post",
    "/stats": "get",
    "/jobs/{id}": "get delete",
    "/health": "get",
    "/metrics": "get",
}


def test_it_has_what_was_promised_and_no_more(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()

    found = {path.removeprefix("/api/v1"): set(methods) for path, methods in document["paths"].items()}
    assert found == {path: set(methods.split()) for path, methods in PROMISED.items()}


def test_every_operation_says_how_it_refuses() -> None:
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            if not path.endswith(("/health", "/metrics")):
                assert {"401", "403", "422"} <= set(operation["responses"]), (method, path)
                assert operation["security"] == [{"Token": []}]


def test_no_two_operations_and_no_two_kinds_share_a_name() -> None:
    names = [operation["operationId"] for methods in description()["paths"].values() for operation in methods.values()]

    assert len(names) == len(set(names))
    assert "Ticket" in description()["components"]["schemas"]


def test_the_docs_page_is_local_and_bound_to_it(client: Client) -> None:
    page = client.get("/api/v1/docs")
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())

    assert len(linked) == 4
    assert all(client.get(path).status_code == 200 for path in linked)
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert client.get("/api/v1/docs/other.js").status_code == 404
