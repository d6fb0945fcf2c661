"""A ticket on the screen, as the piece of paper that the guest takes along: code, QR, what it grants in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, override

from spotcoffee.documents.layout import Field, Wording
from spotcoffee.documents.qr import LONGEST_TEXT, qr_svg
from spotcoffee.domain.codes import printed
from spotcoffee.domain.languages import LANGUAGES
from spotcoffee.services.handouts import HandedOut, in_clear
from spotcoffee.services.printing import login_address
from spotcoffee.storage.models import Organisation, Ticket
from spotcoffee.web.surroundings import keys, portal_address
from spotcoffee.wording.printed import Occasion, words_on_tickets


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on it. login, password: in groups as they are read aloud. qr: an SVG; empty where none leads in."""

    login: list[str]
    password: list[str]
    qr: SafeString | str
    price: str
    words: Wording


def paper_of(ticket: Ticket, terms: Mapping[str, Any], owner: Organisation) -> Paper:
    """The paper of a ticket, in the language of the place. terms: as its hand-out remembers them."""
    opened = in_clear(ticket, keys=keys())
    qr = _qr(opened, owner)
    fields = frozenset(Field) if qr else frozenset(Field) - {Field.LOGIN_QR}
    occasion = Occasion(
        terms=terms, languages=(_language(owner),), fields=fields, has_password=opened.password is not None
    )
    words = words_on_tickets(occasion)
    return Paper(
        login=_groups(opened.login, opened),
        password=_groups(opened.password or "", opened),
        qr=qr,
        price=words.price,
        words=words.wordings[0],
    )


def granted(terms: Mapping[str, Any], language: str) -> Wording:
    """What an offer grants, in words."""
    occasion = Occasion(terms=terms, languages=(language,), fields=frozenset(), has_password=False)
    return words_on_tickets(occasion).wordings[0]


def _groups(code: str, opened: HandedOut) -> list[str]:
    if not code:
        return []
    # What was imported is typed as it stands.
    return [code] if opened.exact else printed(code).split("-")


def _qr(opened: HandedOut, owner: Organisation) -> SafeString | str:
    address = portal_address()
    if not address:
        return ""
    text = login_address(address, opened.login, opened.password)
    if len(text.encode()) > LONGEST_TEXT:
        return ""
    with override(_language(owner)):
        return mark_safe(qr_svg(text, label=gettext("QR that logs in")))  # noqa: S308 - our own SVG


def _language(owner: Organisation) -> str:
    return owner.language if owner.language in LANGUAGES else LANGUAGES[0]
