"""What the portal's pages carry in hidden fields and addresses instead of cookies: sealed, so that none can be made up.

A visit's token is a guest's visit between two pages. A StayToken is made once a code was right: it shows how the ticket
stands and ends the session, and for two minutes it proves that its guest knows the code. It never holds the code.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from spotcoffee.domain.access_points import Equipment
from spotcoffee.domain.devices import REPLACEMENT_LIFE
from spotcoffee.domain.portal import Look
from spotcoffee.protocols.portals.visits import MOST_OCTETS, Fault, Outcome, Visit, VisitError
from spotcoffee.storage.keys import KeyRing, SealBroken

# Seconds. A page left open over lunch; a status page kept among the bookmarks.
VISIT_LIFE: Final = 12 * 3_600
STAY_LIFE: Final = 31 * 86_400
PROOF_LIFE: Final = REPLACEMENT_LIFE
# A longer link to the page first asked for is dropped: some equipment takes no more than 2,048 octets back.
MOST_WANTED: Final = 500
_VISIT: Final = "visit"
_STAY: Final = "stay"
_PREVIEW: Final = "preview"
PREVIEW_LIFE: Final = 3_600
MOST_PREVIEWED: Final = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class StayToken:
    """A right code, used by a device at a place. visit: what ends the session. again: this was sent on once more.

    language: the one that the guest switched to; empty: he did not.
    """

    place: int
    ticket_id: int
    visit: Visit
    made_at: datetime
    again: bool = False
    language: str = ""

    def is_proof(self, *, now: datetime) -> bool:
        """Whether the code was typed so lately that what needs it may go on."""
        return timedelta(0) <= now - self.made_at < timedelta(seconds=PROOF_LIFE)


def seal_visit(visit: Visit, *, place: int, keys: KeyRing, now: datetime) -> str:
    """A visit for a hidden field."""
    return _sealed({"k": _VISIT, "p": place, "at": _seconds(now), "v": _plain(visit)}, keys)


def open_visit(token: str, *, place: int, keys: KeyRing, now: datetime) -> Visit:
    """The visit of a hidden field. Raises VisitError for another place's, an old one, or one that we did not make."""
    values = _opened(token, _VISIT, keys)
    if values["p"] != place:
        raise VisitError(Fault.OTHER_ACCESS_POINT, _VISIT)
    _check_age(values, VISIT_LIFE, now)
    return _visit(values["v"])


def seal_stay(stay: StayToken, *, keys: KeyRing) -> str:
    """The address of a guest's own page."""
    values = {"k": _STAY, "p": stay.place, "at": _seconds(stay.made_at), "t": stay.ticket_id, "a": stay.again}
    return _sealed({**values, "l": stay.language, "v": _plain(stay.visit)}, keys)


def open_stay(token: str, *, keys: KeyRing, now: datetime) -> StayToken:
    """What stands in the address of a guest's page. Raises VisitError."""
    values = _opened(token, _STAY, keys)
    _check_age(values, STAY_LIFE, now)
    return StayToken(
        place=values["p"],
        ticket_id=values["t"],
        visit=_visit(values["v"]),
        made_at=datetime.fromtimestamp(values["at"], UTC),
        again=values["a"],
        language=values["l"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewToken:
    """A look that staff are trying, in one language, at a place whose guests do not see it yet."""

    place: int
    language: str
    look: Look


def seal_preview(preview: PreviewToken, *, keys: KeyRing, now: datetime) -> str:
    """The address of a preview. Long texts are cut: an address has an end."""
    look, language = preview.look, preview.language
    texts = [look.welcome.get(language, ""), look.conditions.get(language, "")[:MOST_PREVIEWED]]
    said = [look.title, look.network, look.logo, look.accent, look.page, look.must_accept, *texts]
    return _sealed({"k": _PREVIEW, "p": preview.place, "at": _seconds(now), "l": language, "look": said}, keys)


def open_preview(token: str, *, keys: KeyRing, now: datetime) -> PreviewToken:
    """The look of a preview's address. Raises VisitError."""
    values = _opened(token, _PREVIEW, keys)
    _check_age(values, PREVIEW_LIFE, now)
    title, network, logo, accent, page, must_accept, welcome, conditions = values["look"]
    language = values["l"]
    look = Look(
        title=title,
        network=network,
        logo=logo,
        accent=accent,
        page=page,
        welcome={language: welcome} if welcome else {},
        conditions={language: conditions} if conditions else {},
        must_accept=must_accept,
    )
    return PreviewToken(place=values["p"], language=language, look=look)


def _sealed(values: Mapping[str, object], keys: KeyRing) -> str:
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(keys.seal(text)).decode().rstrip("=")


def _opened(token: str, kind: str, keys: KeyRing) -> dict[str, Any]:
    if len(token) > MOST_OCTETS or not token.isascii():
        raise VisitError(Fault.TOO_LONG, kind)
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        values = json.loads(keys.unseal(sealed))
    except (NotBase64, ValueError, SealBroken) as unreadable:
        raise VisitError(Fault.UNREADABLE, kind) from unreadable
    # Other texts are sealed with the same keys: codes, secrets.
    if not isinstance(values, dict) or values.get("k") != kind:
        raise VisitError(Fault.UNREADABLE, kind)
    return values


def _check_age(values: Mapping[str, Any], life: int, now: datetime) -> None:
    if not 0 <= _seconds(now) - values["at"] < life:
        raise VisitError(Fault.EXPIRED, str(values["k"]))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _plain(visit: Visit) -> list[object]:
    wanted = visit.wanted if visit.wanted and len(visit.wanted) <= MOST_WANTED else None
    named = [visit.equipment.value, visit.device, visit.address, visit.access_point, visit.login, wanted]
    return [*named, visit.outcome.value, [list(pair) for pair in visit.state]]


def _visit(values: list[Any]) -> Visit:
    equipment, device, address, access_point, login, wanted, outcome, state = values
    return Visit(
        equipment=Equipment(equipment),
        device=device,
        address=address,
        access_point=access_point,
        login=login,
        wanted=wanted,
        outcome=Outcome(outcome),
        state=tuple((name, value) for name, value in state),
    )
