"""Reads tests/golden/lives/*.txt and writes the octets of their packets; the README there explains the words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any, Final

from spotcoffee.protocols.radius.dictionary import BY_NAME, Kind, Value, attribute
from spotcoffee.protocols.radius.encoding import encode_request
from spotcoffee.protocols.radius.listing import MASK
from spotcoffee.protocols.radius.packet import Attribute, Code
from spotcoffee.protocols.radius.passwords import chap_password, pap_hide
from spotcoffee.protocols.radius.secret import Secret

FOLDER: Final = Path(__file__).parents[2] / "golden" / "lives"
_OF_A_STEP: Final = frozenset({"vector", "ordered", "asks", "told", "station", "put_off", "posts"})
_OF_ONE_STEP: Final = frozenset({"secret", "is", "from", "password", "chap", "shows", "hex", "answered", "payload"})
_OF_A_LIFE: Final = frozenset({"offer", "access_point", "session", "ticket"})
_WORDS: Final = _OF_ONE_STEP | _OF_A_STEP | _OF_A_LIFE | {"at"}


@dataclass(slots=True)
class Step:
    """One thing that happens. at: seconds since the guest's login. said: the words below it, in order."""

    at: int
    word: str
    argument: str
    said: dict[str, list[str]] = field(default_factory=dict)

    def one(self, word: str) -> str:
        (argument,) = self.said[word]
        return argument

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The packet's attributes by name, as text."""
        return [(name, value) for name, _, value in (line.partition(" = ") for line in self.said["shows"])]

    @property
    def datagram(self) -> bytes:
        return bytes.fromhex("".join(self.said.get("hex", [])))


@dataclass(slots=True)
class Life:
    """All that happens to one guest, and what is left of it at `until`. offer …: columns and fields by name."""

    offer: dict[str, Any] = field(default_factory=dict)
    access_point: dict[str, Any] = field(default_factory=dict)
    session: dict[str, Any] = field(default_factory=dict)
    ticket: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    until: int = 0


def read_life(kind: str) -> Life:
    """The life of a guest on one kind of equipment."""
    life = Life()
    for word, argument in _lines((FOLDER / f"{kind}.txt").read_text(encoding="utf-8")):
        if word == "at":
            life.until = int(argument)
        elif word in _OF_A_LIFE:
            getattr(life, word).update(_fields(argument))
        elif word in _OF_A_STEP:
            life.steps.append(Step(life.until, word, argument))
        else:
            life.steps[-1].said.setdefault(word, []).append(argument)
    return life


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        word, _, argument = line.partition(" ")
        if not word or word == "#":
            continue
        if word not in _WORDS:
            raise ValueError(f"{number}: {line!r}")
        yield word, argument


def _fields(argument: str) -> dict[str, Any]:
    pairs = (part.partition("=") for part in argument.split())
    return {name: _value(text) for name, _, text in pairs}


def _value(text: str) -> Any:
    plain: dict[str, Any] = {"none": None, "yes": True, "no": False}
    return int(text) if text.lstrip("-").isdigit() else plain.get(text, text)


# Writing


def datagram_of(step: Step, *, class_value: bytes | None = None) -> bytes:
    """The packet that a vector describes. class_value: instead of the Class that it shows."""
    code, identifier = step.one("is").split()
    secret = Secret(step.one("secret").encode())
    authenticator = bytes([int(identifier)]) * 16 if code == "ACCESS_REQUEST" else None
    return encode_request(
        Code[code],
        int(identifier),
        [_attribute(step, *line, secret, class_value) for line in step.shown if line[0] != "Message-Authenticator"],
        secret,
        authenticator=authenticator,
        message_authenticator=("Message-Authenticator", MASK) in step.shown,
    )


def _attribute(step: Step, name: str, text: str, secret: Secret, class_value: bytes | None) -> Attribute:
    identifier = int(step.one("is").split()[1])
    if name == "User-Password":
        return 2, pap_hide(step.one("password").encode(), bytes([identifier]) * 16, secret)
    if name == "CHAP-Password":
        challenge = bytes.fromhex(dict(step.shown)["CHAP-Challenge"].removeprefix("0x"))
        return attribute(name, chap_password(identifier, step.one("chap").encode(), challenge))
    if name == "Class" and class_value is not None:
        return attribute(name, class_value)
    return attribute(name, _said(name, text))


def _said(name: str, text: str) -> Value:
    known = BY_NAME[name]
    match known.kind:
        case Kind.INTEGER:
            return text if known.values is not None else int(text)
        case Kind.ADDRESS:
            return IPv4Address(text)
        case Kind.ADDRESS6:
            return IPv6Address(text)
        case Kind.DATE:
            return datetime.fromisoformat(text)
        case Kind.TEXT:
            return text
    return bytes.fromhex(text.removeprefix("0x"))


def with_octets(kind: str) -> str:
    """The file of a kind with the octets of each packet as its lines say them."""
    steps = iter(step for step in read_life(kind).steps if step.word == "vector")
    written: list[str] = []
    open_step: Step | None = None
    for line in (*(FOLDER / f"{kind}.txt").read_text(encoding="utf-8").splitlines(), ""):
        if line.startswith("hex "):
            continue
        if open_step is not None and (not line or line.startswith("answered ")):
            octets = datagram_of(open_step).hex(" ")
            written += [f"hex {octets[start : start + 96].strip()}" for start in range(0, len(octets), 96)]
            open_step = None
        if line.startswith("vector "):
            open_step = next(steps)
        written.append(line)
    return "\n".join(written).rstrip("\n") + "\n"
