"""Does what was sent open this ticket? Logins and passwords compared as rules.md, section 2, says."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from spotcoffee.domain.codes import normalise, printed


class Credentials(NamedTuple):
    """A ticket's login and password in clear. password None: one code alone. exact: imported, compared as it stands."""

    login: str
    password: str | None
    exact: bool = False

    def __repr__(self) -> str:
        return "Credentials(…)"


class Typed(NamedTuple):
    """A password that arrived in clear (PAP, portal)."""

    password: str

    def __repr__(self) -> str:
        return "Typed(…)"


@dataclass(frozen=True, slots=True)
class Challenged:
    """A password that arrived as an answer to a challenge. matches: whether a candidate gives that answer."""

    matches: Callable[[bytes], bool]


Proof: TypeAlias = Typed | Challenged


def names(credentials: Credentials, login: str) -> bool:
    """Whether the login that was sent is this ticket's."""
    if credentials.exact:
        return _same(credentials.login, login)
    return _same(credentials.login, normalise(login))


def opens(credentials: Credentials, proof: Proof) -> bool:
    """Whether the proof is right for this ticket."""
    if isinstance(proof, Challenged):
        # Every form is tried, so that the time tells nothing.
        return sum(proof.matches(candidate.encode()) for candidate in _forms(credentials)) > 0
    secret = credentials.login if credentials.password is None else credentials.password
    given = proof.password if credentials.exact else normalise(proof.password)
    right = _same(secret, given)
    return right or (credentials.password is None and not proof.password)


def _forms(credentials: Credentials) -> Iterator[str]:
    """The forms that a guest's device may have hashed: as stored, as printed, both in lower case."""
    if credentials.password is None:
        yield ""
    secret = credentials.login if credentials.password is None else credentials.password
    yield secret
    if not credentials.exact:
        yield secret.lower()
        yield printed(secret)
        yield printed(secret).lower()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
