"""The legal log's source: who had which address and port, translated to which, when."""

from collections.abc import Iterator

import pytest
from tests.lab.conftest import Gate, guest_of
from tests.lab.namespaces import INTERNET4, INTERNET6, UPLINK4, until

from spotcoffee.protocols.nftables.conntrack import Change, Protocol
from spotcoffee.servers.gateway.conntrack import Translation, Translations


@pytest.fixture
def translations(gate: Gate) -> Iterator[Translations]:
    opened = Translations()
    yield opened
    opened.close()


def test_a_guests_flow_is_told_with_what_it_was_translated_to(gate: Gate, translations: Translations) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    fetch = ("curl", "-s", "--local-port", "40001", f"http://{INTERNET4}/")
    gate.phone.namespace.run(*fetch)
    begun, *_rest = _of(translations, Change.BEGUN)
    assert begun.protocol == Protocol.TCP
    assert (str(begun.guest.address), begun.guest.port) == (gate.phone.address4, 40001)
    assert (str(begun.translated.address), begun.translated.port) == (UPLINK4, 40001)
    assert begun.destination is None


def test_the_end_of_a_flow_is_told_too(gate: Gate, translations: Translations) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    assert gate.phone.is_through()
    gate.kernel.expel(gate.phone.device)
    begun, ended = _of(translations, Change.BEGUN, Change.ENDED)
    assert (begun.guest, begun.translated) == (ended.guest, ended.translated)


def test_two_guests_with_the_same_port_are_told_apart(gate: Gate, translations: Translations) -> None:
    for phone in gate.lab.phones:
        gate.kernel.admit(guest_of(phone))
        phone.namespace.run("curl", "-s", "--local-port", "40002", f"http://{INTERNET4}/")
    first, second = [told for told in _of(translations, Change.BEGUN) if told.guest.port == 40002]
    assert first.guest.address != second.guest.address
    assert first.translated.port != second.translated.port


def test_ipv6_is_not_translated(gate: Gate, translations: Translations) -> None:
    gate.kernel.admit(guest_of(gate.phone))
    assert gate.phone.is_through(to=INTERNET6)
    begun, *_rest = _of(translations, Change.BEGUN)
    assert begun.guest == begun.translated
    assert str(begun.guest.address) == gate.phone.address6


def test_destinations_are_told_only_if_asked_for(gate: Gate) -> None:
    asked = Translations(destinations=True)
    gate.kernel.admit(guest_of(gate.phone))
    assert gate.phone.is_through()
    begun, *_rest = _of(asked, Change.BEGUN)
    assert begun.destination is not None
    assert (str(begun.destination.address), begun.destination.port) == (INTERNET4, 80)
    asked.close()


def test_who_has_not_logged_in_is_not_in_the_log(gate: Gate, translations: Translations) -> None:
    gate.phone.fetch(f"http://{INTERNET4}/")
    gate.phone.fetch(f"http://{INTERNET4}:443/")
    assert list(translations.read()) == []


def _of(translations: Translations, *changes: Change) -> list[Translation]:
    told: list[Translation] = []

    def are_all_there() -> bool:
        told.extend(one for one in translations.read() if one.change in changes)
        return {one.change for one in told} == set(changes)

    assert until(are_all_there)
    return told
