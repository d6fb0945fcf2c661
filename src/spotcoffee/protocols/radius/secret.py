"""The shared secret of an access point, with the digests that start from it computed once.

Copying started digests costs a quarter of starting an HMAC anew (performance.md, section 5).
"""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from spotcoffee.protocols.radius.errors import EncodeError, Unwritable

# The interpreter's own MD5 takes 450 ns where OpenSSL's takes 720; some builds leave it out.
try:
    from _md5 import md5 as _md5  # type: ignore[import-not-found]
except ImportError:
    _md5 = partial(hashlib.md5, usedforsecurity=False)


class Digest(Protocol):
    """A started MD5."""

    def copy(self) -> "Digest":
        """Start another from what this one has read."""

    def update(self, data: bytes, /) -> None:
        """Read more."""

    def digest(self) -> bytes:
        """Compute the 16 octets."""


md5: Final[Callable[[bytes], Digest]] = _md5

_BLOCK: Final = 64
_INNER_PAD: Final = bytes(octet ^ 0x36 for octet in range(256))
_OUTER_PAD: Final = bytes(octet ^ 0x5C for octet in range(256))


class Secret:
    """One shared secret. `raw` is the octets; no repr, no traceback of ours shows them."""

    __slots__ = ("_inner", "_outer", "_password", "raw")

    def __init__(self, raw: bytes) -> None:
        """Raises EncodeError for an empty secret: with it anybody could sign."""
        if not raw:
            raise EncodeError(Unwritable.EMPTY_SECRET)
        self.raw: Final = raw
        key = (md5(raw).digest() if len(raw) > _BLOCK else raw).ljust(_BLOCK, b"\0")
        self._inner: Final = md5(key.translate(_INNER_PAD))
        self._outer: Final = md5(key.translate(_OUTER_PAD))
        self._password: Final = md5(raw)

    def __repr__(self) -> str:
        return "Secret(…)"

    def hmac(self, octets: bytes) -> bytes:
        """HMAC-MD5 under this secret (RFC 2104), 16 octets."""
        inner = self._inner.copy()
        inner.update(octets)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()

    def digest_before(self, octets: bytes) -> bytes:
        """MD5(secret + octets): the mask of a hidden password (RFC 2865 5.2)."""
        digest = self._password.copy()
        digest.update(octets)
        return digest.digest()

    def digest_after(self, octets: bytes) -> bytes:
        """MD5(octets + secret): request and response authenticators (RFC 2865 3, RFC 2866 3)."""
        return md5(octets + self.raw).digest()
