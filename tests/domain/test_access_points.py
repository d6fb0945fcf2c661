"""What each kind of equipment can do, and one access point."""

from dataclasses import replace

import pytest
from tests.domain.desk import access_point

from spotcoffee.domain.access_points import CAPABILITIES, Capabilities, Equipment


@pytest.mark.parametrize("equipment", Equipment)
def test_every_kind_of_equipment_has_its_entry(equipment: Equipment) -> None:
    assert CAPABILITIES[equipment].least_interim >= 1


@pytest.mark.parametrize("equipment", Equipment)
def test_no_kind_changes_sessions_that_it_takes_no_orders_for(equipment: Equipment) -> None:
    capable = CAPABILITIES[equipment]
    assert capable.disconnect_port is not None or not capable.change


def test_coovachilli_reports_from_the_guests_side() -> None:
    assert CAPABILITIES[Equipment.COOVACHILLI].swap_octets


def test_pfsense_leaves_the_idle_tail_out() -> None:
    assert CAPABILITIES[Equipment.PFSENSE].idle_tail_excluded


@pytest.mark.parametrize("equipment", [Equipment.OPNSENSE, Equipment.OPENNDS])
def test_what_ignores_our_idle_time_says_so(equipment: Equipment) -> None:
    assert not CAPABILITIES[equipment].idle_timeout


def test_an_access_point_without_a_port_takes_no_orders() -> None:
    deaf = access_point(coa_port=None, capabilities=Capabilities(change=True))
    assert not deaf.can_disconnect
    assert not deaf.can_change


def test_an_access_point_can_disconnect_and_yet_not_change() -> None:
    point = access_point(capabilities=Capabilities(change=False))
    assert point.can_disconnect
    assert not point.can_change
    assert replace(point, capabilities=Capabilities(change=True)).can_change


def test_three_intervals_of_silence_are_allowed() -> None:
    assert access_point(interim_interval=300).silence_allowed == 900


def test_a_quota_attribute_enforces_quotas() -> None:
    assert not access_point(capabilities=Capabilities(quota_most=0)).enforces_quotas
    assert access_point(capabilities=Capabilities(quota_most=2**32 - 1)).enforces_quotas
