"""Equipment as it speaks to us: signed requests, and what their answers say."""

import itertools
from typing import Final

from tests.factories import SECRET

from spotcoffee.protocols.radius.authenticator import verify_response
from spotcoffee.protocols.radius.dictionary import Value, attribute
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.listing import describe
from spotcoffee.protocols.radius.packet import Attribute, Code, decode
from spotcoffee.protocols.radius.passwords import chap_password, pap_hide
from spotcoffee.protocols.radius.secret import Secret

SHARED: Final = Secret(SECRET.encode())
STRANGER: Final = Secret(b"somebody else's secret")
MAC: Final = "00-11-22-AA-BB-CC"
DEVICE: Final = "001122aabbcc"
ADDRESS: Final = "127.0.0.1"
SOURCE: Final = (ADDRESS, 50_000)
_numbers = itertools.count(1)


def named(**values: Value) -> list[Attribute]:
    """Attributes by name: `Session_Timeout=60`."""
    return [attribute(name.replace("_", "-"), value) for name, value in values.items()]


def _fresh() -> tuple[int, bytes]:
    number = next(_numbers)
    return number % 256, number.to_bytes(16)


def access_request(
    login: str = "TEST",
    password: str | None = "",
    *more: Attribute,
    mac: str | None = MAC,
    secret: Secret = SHARED,
    proven: bool = True,
) -> bytes:
    """An Access-Request with PAP, each with an identifier and authenticator of its own. password None: none at all."""
    identifier, authenticator = _fresh()
    attributes = [attribute("User-Name", login)]
    if password is not None:
        attributes.append((2, pap_hide(password.encode(), authenticator, secret)))
    if mac is not None:
        attributes.append(attribute("Calling-Station-Id", mac))
    return encode_request(
        Code.ACCESS_REQUEST,
        identifier,
        [*attributes, *more],
        secret,
        authenticator=authenticator,
        message_authenticator=proven,
    )


def chap_request(login: str, password: str, *, challenge: bytes | None = None, secret: Secret = SHARED) -> bytes:
    """An Access-Request with CHAP. challenge None: the request authenticator is the challenge."""
    identifier, authenticator = _fresh()
    attributes = [
        attribute("User-Name", login),
        attribute("CHAP-Password", chap_password(9, password.encode(), challenge or authenticator)),
        attribute("Calling-Station-Id", MAC),
    ]
    if challenge is not None:
        attributes.append(attribute("CHAP-Challenge", challenge))
    return encode_request(Code.ACCESS_REQUEST, identifier, attributes, secret, authenticator=authenticator)


def accounting_request(
    status: str = "Start",
    *more: Attribute,
    login: str = "TEST",
    session: str | None = "S1",
    mac: str | None = MAC,
    seconds: int | None = None,
    secret: Secret = SHARED,
) -> bytes:
    """An Accounting-Request. status: by its RFC name. seconds: Acct-Session-Time."""
    identifier, _ = _fresh()
    attributes = [attribute("Acct-Status-Type", status), attribute("User-Name", login)]
    if session is not None:
        attributes.append(attribute("Acct-Session-Id", session))
    if mac is not None:
        attributes.append(attribute("Calling-Station-Id", mac))
    if seconds is not None:
        attributes.append(attribute("Acct-Session-Time", seconds))
    return encode_request(Code.ACCOUNTING_REQUEST, identifier, [*attributes, *more], secret)


def status_server(*more: Attribute) -> bytes:
    """A Status-Server, with the Message-Authenticator that it must have."""
    identifier, authenticator = _fresh()
    return encode_request(Code.STATUS_SERVER, identifier, more, SHARED, authenticator=authenticator)


def verified(answer: bytes, request: bytes, *, secret: Secret = SHARED) -> Code:
    """The code of an answer that proves itself."""
    packet = decode(answer)
    verify_response(packet, request, secret)
    return packet.code


def said(answer: bytes) -> dict[str, str]:
    """What a packet says, by name."""
    return dict(describe(decode(answer)))
