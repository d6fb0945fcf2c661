"""The key ring: what it seals it alone opens, and what it numbers is found again."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import KEYS

from spotcoffee.domain.codes import tail
from spotcoffee.storage.keys import KeyRing, KeysUnusable, SealBroken, load_or_make_keys

OTHER = KeyRing(sealing={1: b"\x09" * 32}, lookup=b"\x08" * 32, class_tag=b"\x07" * 32)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_opens_with_the_same_keys_alone(text: str) -> None:
    sealed = KEYS.seal(text)

    assert KEYS.unseal(sealed) == text
    assert KEYS.seal(text) != sealed
    with pytest.raises(SealBroken):
        OTHER.unseal(sealed)


@given(st.binary(max_size=80))
def test_whatever_else_is_no_seal(octets: bytes) -> None:
    with pytest.raises(SealBroken):
        KEYS.unseal(octets)


def test_an_older_key_still_opens_after_a_newer_one_came() -> None:
    rotated = KeyRing(sealing={1: b"\x01" * 32, 2: b"\x05" * 32}, lookup=b"\x02" * 32, class_tag=b"\x03" * 32)

    assert rotated.unseal(KEYS.seal("old")) == "old"
    with pytest.raises(SealBroken):
        KEYS.unseal(rotated.seal("new"))


@given(st.text(), st.text(), st.integers(1, 10**6))
def test_a_login_is_numbered_among_those_that_end_like_it(login: str, other: str, organisation: int) -> None:
    number = KEYS.login_key(organisation, login)
    first, last = KEYS.tail_range(organisation, tail(login))

    assert 0 <= first <= number <= last < 2**63
    assert number == KEYS.login_key(organisation, login)
    assert login == other or number != KEYS.login_key(organisation, other)


def test_the_same_login_has_another_number_elsewhere_and_with_other_keys() -> None:
    numbers = {KEYS.login_key(1, "7KMP2RT9XW"), KEYS.login_key(2, "7KMP2RT9XW"), OTHER.login_key(1, "7KMP2RT9XW")}

    assert len(numbers) == 3


def test_a_class_names_its_session_and_can_not_be_forged() -> None:
    value = KEYS.class_of(202607000000000042)

    assert KEYS.session_of(value) == 202607000000000042
    for forged in (value[:-1], value + b"x", value[:-1] + b"x", OTHER.class_of(42), b"", b"x" * 19):
        assert KEYS.session_of(forged) is None


def test_the_file_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "data" / "keys.json"
    made = load_or_make_keys(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_make_keys(path).unseal(made.seal("text")) == "text"
    assert [one.name for one in path.parent.iterdir()] == ["keys.json"]
    assert "\\x" not in repr(made)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"sealing": {"x": "1"}}', "\x00", '{"sealing": 1}'])
def test_a_file_that_is_missing_or_not_ours_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "keys.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(KeysUnusable) as unusable:
        load_or_make_keys(path, may_make=False)

    assert unusable.value.code == ("missing" if content is None else "unreadable")
