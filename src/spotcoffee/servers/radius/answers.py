"""From what a batch decided to the datagrams that say so."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from spotcoffee.domain.access_points import AccessPoint
from spotcoffee.domain.authorization import Accept, Decision
from spotcoffee.protocols.radius.encoding import encode_response
from spotcoffee.protocols.radius.packet import Attribute, Code
from spotcoffee.servers.radius.reception import Request
from spotcoffee.servers.radius.replies import accept_attributes, reject_attributes
from spotcoffee.services.authorization import LoginAnswer
from spotcoffee.storage.keys import KeyRing
from spotcoffee.wording.refusals import refusal

UTC_ZONE: Final = ZoneInfo("UTC")


def answer_login(request: Request, answer: LoginAnswer, *, keys: KeyRing, now: datetime) -> bytes:
    """The Access-Accept or Access-Reject of a decision."""
    code, attributes = login_attributes(request.listed.access_point, answer, keys=keys, now=now)
    return encode_response(code, request.packet, attributes, request.secret)


def login_attributes(
    access_point: AccessPoint, answer: LoginAnswer, *, keys: KeyRing, now: datetime
) -> tuple[Code, list[Attribute]]:
    """The code and attributes of a decision, for its access point's equipment and language."""
    decision = answer.decision
    if isinstance(decision, Accept):
        named = None if answer.session_id is None else keys.class_of(answer.session_id)
        return Code.ACCESS_ACCEPT, accept_attributes(access_point, decision.limits, class_value=named)
    words = refusal(decision, language=access_point.language, zone=answer.zone or UTC_ZONE, now=now)
    return Code.ACCESS_REJECT, reject_attributes(words)


def refuse(request: Request, decision: Decision, *, keys: KeyRing, now: datetime) -> bytes:
    """The answer to a login that was not looked at."""
    return answer_login(request, LoginAnswer(decision=decision), keys=keys, now=now)


def answer_report(request: Request) -> bytes:
    """The Accounting-Response."""
    return encode_response(Code.ACCOUNTING_RESPONSE, request.packet, (), request.secret)
