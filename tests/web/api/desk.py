"""A program that uses the API for a staff account, and what it needs to find there."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from tests import factories

from spotcoffee.services import staff
from spotcoffee.storage.models import Offer, StaffAccount, Ticket, TicketList
from spotcoffee.web.surroundings import keys


def token_of(account: StaffAccount) -> str:
    """A new token of an account."""
    return staff.add_token(account.email, by="a test", now=datetime.now(UTC))


@dataclass
class Program:
    """One program, with its token."""

    account: StaffAccount
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def __post_init__(self) -> None:
        self.token = token_of(self.account)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request under /api/v1; header names with underscores."""
        sent = {"Authorization": f"Bearer {self.token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = {} if body is None else {"data": body, "content_type": "application/json"}
        return self.client.generic(method, f"/api/v1{path}", headers=sent, **_encoded(data))

    def get(self, path: str, **headers: str) -> Any:
        """Read."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Create or do."""
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """Change."""
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        """Delete."""
        return self.send("DELETE", path, **headers)


def _encoded(data: dict[str, Any]) -> dict[str, Any]:
    if not data:
        return {}
    body = data["data"]
    return {**data, "data": body if isinstance(body, bytes) else json.dumps(body)}


def stocked(offer: Offer, count: int = 1, **columns: Any) -> tuple[TicketList, list[Ticket]]:
    """A list of an offer with so many tickets, whose codes the product can open."""
    in_list = factories.ticket_list(offer)
    return in_list, factories.tickets(in_list, count, keys=keys(), **columns)
