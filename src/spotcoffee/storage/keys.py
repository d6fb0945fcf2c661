"""The key ring: sealing of codes and secrets at rest, keyed hashes to find them, tags that can't be forged.

The keys lie in one file outside the database, mode 0600, made at the first start. A lost file loses the codes.
"""

import hmac
import json
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from spotcoffee.domain.codes import tail

CLASS_PREFIX: Final = b"sc1"
_TAG: Final = 8
_NONCE: Final = 12
# Of the 63 bits of a login's number: those of its last characters, and those of all of it.
_TAIL_BITS: Final = 16
_LOGIN_BITS: Final = 47


class KeysUnusable(Exception):
    """The key file is missing, unreadable or not ours. `path` and `code` say which."""

    def __init__(self, path: Path, code: str) -> None:
        super().__init__(f"{path}: {code}")
        self.path = path
        self.code = code


class SealBroken(Exception):
    """A sealed value does not open: another key ring made it, or it was changed."""


class KeyRing:
    """All keys of one installation.

    sealing: key id (0 … 255) to AES-256 key; the highest seals, all open. Its text never shows a key.
    """

    __slots__ = ("_class", "_lookup", "_openers", "_sealer", "_sealer_id", "_states")

    def __init__(self, *, sealing: dict[int, bytes], lookup: bytes, class_tag: bytes) -> None:
        self._openers = {key_id: AESGCM(key) for key_id, key in sealing.items()}
        self._sealer_id = max(sealing)
        self._sealer = self._openers[self._sealer_id]
        self._lookup = lookup
        self._states: dict[int, tuple[HMAC, HMAC]] = {}
        self._class = HMAC(class_tag, SHA256())

    def __repr__(self) -> str:
        return "KeyRing(…)"

    def seal(self, plain: str) -> bytes:
        """Encrypt a text: key id, nonce, AES-GCM ciphertext and tag."""
        nonce = os.urandom(_NONCE)
        return bytes((self._sealer_id,)) + nonce + self._sealer.encrypt(nonce, plain.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what `seal` made. Raises SealBroken."""
        try:
            opener = self._openers[sealed[0]]
            return opener.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], None).decode()
        except (InvalidTag, KeyError, IndexError, ValueError) as broken:
            raise SealBroken from broken

    def login_key(self, organisation_id: int, login: str) -> int:
        """The number, 0 … 2**63 - 1, under which a login is found in its organisation.

        Its first bits hang on the login's last characters alone, so that one index finds both: a second one, as
        random as this, would double what every new ticket writes.
        """
        tails, logins = self._states.get(organisation_id) or self._states_of(organisation_id)
        return _number(tails, tail(login), _TAIL_BITS) << _LOGIN_BITS | _number(logins, login, _LOGIN_BITS)

    def tail_range(self, organisation_id: int, last: str) -> tuple[int, int]:
        """The least and the greatest number of logins that end in these characters. Others fall in between too."""
        tails, _ = self._states_of(organisation_id)
        bucket = _number(tails, last, _TAIL_BITS)
        return bucket << _LOGIN_BITS, (bucket + 1 << _LOGIN_BITS) - 1

    def _states_of(self, organisation_id: int) -> tuple[HMAC, HMAC]:
        """What has taken in all but the text: copied for each, in a third of the time of a fresh one."""
        if organisation_id not in self._states:
            states = HMAC(self._lookup, SHA256()), HMAC(self._lookup, SHA256())
            for state, purpose in zip(states, (b"tail", b"login"), strict=True):
                state.update(b"%s %d " % (purpose, organisation_id))
            self._states[organisation_id] = states
        return self._states[organisation_id]

    def class_of(self, session_id: int) -> bytes:
        """The Class attribute that names an Accept: 19 octets, with a tag that only this ring makes."""
        name = CLASS_PREFIX + session_id.to_bytes(8)
        return name + self._tag(name)

    def session_of(self, class_value: bytes) -> int | None:
        """The session id that a Class attribute of ours names; None for any other."""
        name, tag = class_value[:-_TAG], class_value[-_TAG:]
        if len(class_value) != len(CLASS_PREFIX) + 8 + _TAG or not name.startswith(CLASS_PREFIX):
            return None
        if not hmac.compare_digest(self._tag(name), tag):
            return None
        return int.from_bytes(name[len(CLASS_PREFIX) :])

    def _tag(self, name: bytes) -> bytes:
        keyed = self._class.copy()
        keyed.update(name)
        return keyed.finalize()[:_TAG]


def _number(state: HMAC, text: str, bits: int) -> int:
    keyed = state.copy()
    keyed.update(text.encode("utf-8", "surrogatepass"))
    return int.from_bytes(keyed.finalize()[:8]) >> (64 - bits)


def load_or_make_keys(path: Path, *, may_make: bool = True) -> KeyRing:
    """Read the key file, or make it with new keys. Raises KeysUnusable."""
    if may_make and not path.exists():
        _make(path)
    try:
        content = json.loads(path.read_text())
        return KeyRing(
            sealing={int(key_id): bytes.fromhex(key) for key_id, key in content["sealing"].items()},
            lookup=bytes.fromhex(content["lookup"]),
            class_tag=bytes.fromhex(content["class"]),
        )
    except FileNotFoundError as missing:
        raise KeysUnusable(path, "missing") from missing
    except PermissionError as forbidden:
        raise KeysUnusable(path, "forbidden") from forbidden
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as unreadable:
        raise KeysUnusable(path, "unreadable") from unreadable


def _make(path: Path) -> None:
    fresh = {
        "sealing": {"1": os.urandom(32).hex()},
        "lookup": os.urandom(32).hex(),
        "class": os.urandom(32).hex(),
    }
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Written aside and linked into place: of two first starts at the same instant both use the one that was first.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(fresh, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
