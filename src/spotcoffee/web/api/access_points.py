"""`/access-points`: where guests connect."""

from dataclasses import asdict
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status

from spotcoffee.domain.access_points import Accounting, Equipment, MessageAuthenticator
from spotcoffee.domain.permissions import Action
from spotcoffee.services import access_points as services
from spotcoffee.services import equipment_setup, reach
from spotcoffee.web.api.access import allowed, caller_of
from spotcoffee.web.api.kinds import (
    Filters,
    Flag,
    Id,
    Instant,
    Request,
    Search,
    Text,
    Whole,
    left_out,
    list_of,
    listed,
)
from spotcoffee.web.api.once import DESCRIBED, once
from spotcoffee.web.surroundings import keys, now

router = Router(tags=["access-points"])


class AccessPointChange(Request):
    """Any of the fields of an access point."""

    name: Text = left_out()
    address: Text = left_out()
    nas_identifier: Text | None = left_out()
    secret: Text | None = left_out()
    equipment: Equipment = left_out()
    language: Literal["fr", "en"] = left_out()
    coa_port: Whole | None = left_out()
    coa_address: Text | None = left_out()
    message_authenticator: MessageAuthenticator = left_out()
    interim_interval: Whole | None = left_out()
    idle_timeout_own: Whole | None = left_out()
    accounting: Accounting | None = left_out()
    reauthenticates: Flag | None = left_out()
    swap_octets: Flag | None = left_out()
    idle_tail_excluded: Flag | None = left_out()
    archived: Flag = left_out()
    # Of equipment without RADIUS (unifi, omada); answered nowhere. controller_fingerprint: SHA-256, hexadecimal.
    controller_url: Text = left_out()
    controller_user: Text = left_out()
    controller_password: Text | None = left_out()
    controller_site: Text = left_out()
    controller_id: Text = left_out()
    controller_fingerprint: Text = left_out()
    # Hosts of its own login page that are no private addresses, by blanks; answered nowhere.
    portal_hosts: Text = left_out()


class AccessPointAdd(AccessPointChange):
    """The fields of a new access point."""

    name: Text
    address: Text


class Fault(Schema):
    """Something odd that packets of an access point showed."""

    code: str
    last_at: Instant
    count: int


class AccessPoint(Schema):
    """One access point. null in a setting of the equipment: as its kind says."""

    id: int
    name: str
    address: str
    nas_identifier: str | None
    equipment: str
    language: str
    coa_port: int | None
    coa_address: str | None
    message_authenticator: str
    interim_interval: int | None
    idle_timeout_own: int | None
    accounting: str | None
    reauthenticates: bool | None
    swap_octets: bool | None
    idle_tail_excluded: bool | None
    archived: bool
    last_seen_at: Instant | None
    open_sessions: int
    capabilities: dict[str, bool]
    faults: list[Fault]


class AccessPointAdded(AccessPoint):
    """A new access point. secret: the one that was made, answered this once; null where one was given."""

    secret: str | None


class AccessPointFilters(Filters):
    """Which access points."""

    q: Search | None = None
    archived: bool | None = None


@router.get("", response=list_of(AccessPoint), summary="List access points")
@allowed(Action.SEE_ACCESS_POINT)
def list_access_points(request: HttpRequest, filters: Query[AccessPointFilters]) -> dict[str, Any]:
    """In the order in which they were added. q: a part of the name or the address."""
    page = services.page(caller_of(request), filters.window, search=filters.q, archived=filters.archived)
    return listed(page)


@router.post("", response={201: AccessPointAdded}, summary="Add an access point", openapi_extra=DESCRIBED)
@allowed(Action.ADD_ACCESS_POINT)
@once
def add_access_point(request: HttpRequest, values: AccessPointAdd) -> Status[AccessPointAdded]:
    """It answers its equipment within a second."""
    caller = caller_of(request)
    saved = equipment_setup.add(caller, values.given(), keys=keys(), now=now())
    caller = reach.extended(caller, saved.access_point)
    view = services.show(caller, saved.access_point.pk)
    return Status(201, AccessPointAdded(**asdict(view), secret=saved.secret))


@router.get("/{id}", response=AccessPoint, summary="Show an access point")
@allowed(Action.SEE_ACCESS_POINT)
def show_access_point(request: HttpRequest, id: Path[Id]) -> Any:
    """With what its packets showed."""
    return services.show(caller_of(request), id)


@router.patch("/{id}", response=AccessPoint, summary="Change an access point")
@allowed(Action.CHANGE_ACCESS_POINT)
def change_access_point(request: HttpRequest, id: Path[Id], values: AccessPointChange) -> Any:
    """Any of its fields; a secret or password of null stays as it is."""
    caller = caller_of(request)
    equipment_setup.change(caller, id, values.given(), keys=keys(), now=now())
    return services.show(caller, id)


@router.delete("/{id}", response={204: None}, summary="Delete an access point")
@allowed(Action.DELETE_ACCESS_POINT)
def delete_access_point(request: HttpRequest, id: Path[Id]) -> Status[None]:
    """Only one without sessions that is no offer's last; else archive it."""
    services.delete(caller_of(request), id, now=now())
    return Status(204, None)
