"""The precomputed digests equal the library's."""

import hmac
import runpy
import sys
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.radius.packets import plain_md5

from spotcoffee.protocols.radius import secret as module
from spotcoffee.protocols.radius.errors import EncodeError
from spotcoffee.protocols.radius.secret import Secret

SECRETS = st.binary(min_size=1, max_size=200)


@given(SECRETS, st.binary(max_size=300))
def test_rfc_2104_hmac_equals_the_standard_library(raw: bytes, octets: bytes) -> None:
    assert Secret(raw).hmac(octets) == hmac.digest(raw, octets, "md5")


@given(SECRETS, st.binary(max_size=300))
def test_digests_equal_the_standard_library(raw: bytes, octets: bytes) -> None:
    assert Secret(raw).digest_before(octets) == plain_md5(raw + octets)
    assert Secret(raw).digest_after(octets) == plain_md5(octets + raw)


def test_a_secret_gives_the_same_digest_every_time() -> None:
    secret = Secret(b"sesame")
    assert secret.hmac(b"a") == secret.hmac(b"a") != secret.hmac(b"b")


def test_no_text_of_a_secret_shows_it() -> None:
    secret = Secret(b"sesame")
    assert "sesame" not in f"{secret} {secret!r} {[secret]} {secret:}"


def test_an_error_about_a_secret_does_not_show_it() -> None:
    with pytest.raises(TypeError) as raised:
        Secret("sesame")  # type: ignore[arg-type]
    assert "sesame" not in "".join(traceback.format_exception_only(raised.value))


def test_an_empty_secret_is_refused() -> None:
    with pytest.raises(EncodeError):
        Secret(b"")


def test_without_the_interpreters_own_md5_the_digests_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "_md5", None)
    other = runpy.run_path(module.__file__)["Secret"](b"sesame")
    assert other.hmac(b"octets") == Secret(b"sesame").hmac(b"octets")
    assert other.digest_after(b"octets") == Secret(b"sesame").digest_after(b"octets")
