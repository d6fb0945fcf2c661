"""Who keeps each limit of an offer at an access point."""

from dataclasses import replace

import pytest

from spotcoffee.domain.access_points import CAPABILITIES, AccessPoint, Equipment, reports_of
from spotcoffee.domain.enforcement import Keeper, Limit, keepers
from spotcoffee.domain.offers import Terms

TERMS = Terms(credit=7_200, idle_timeout=600, rate_down=8_000_000, quota_down=10**9)


def point(kind: Equipment, *, controlled: bool = False) -> AccessPoint:
    return AccessPoint(
        id=1,
        organisation_id=1,
        equipment=kind,
        coa_port=CAPABILITIES[kind].disconnect_port,
        capabilities=CAPABILITIES[kind],
        controlled=controlled,
        accounting=reports_of(kind, controlled=controlled, linked=controlled),
    )


def test_an_offer_without_limits_asks_nobody_for_any() -> None:
    assert keepers(Terms(), point(Equipment.MIKROTIK)) == {Limit.CHANGES: Keeper.EQUIPMENT}


def test_a_mikrotik_keeps_all_of_them() -> None:
    assert set(keepers(TERMS, point(Equipment.MIKROTIK)).values()) == {Keeper.EQUIPMENT}


def test_what_takes_no_orders_is_let_on_for_slices() -> None:
    kept = keepers(TERMS, point(Equipment.PFSENSE))
    assert (kept[Limit.QUOTAS], kept[Limit.CHANGES]) == (Keeper.LATE, Keeper.LATE)


def test_an_idle_time_of_its_own_is_said() -> None:
    own = replace(point(Equipment.MIKROTIK), idle_timeout_own=300)
    assert keepers(TERMS, own)[Limit.IDLE] is Keeper.OWN
    assert keepers(TERMS, point(Equipment.OPENNDS, controlled=True))[Limit.IDLE] is Keeper.OWN


@pytest.mark.parametrize(
    ("kind", "idle", "rates"),
    [(Equipment.UNIFI, Keeper.SERVER, Keeper.EQUIPMENT), (Equipment.OMADA, Keeper.NOBODY, Keeper.NOBODY)],
)
def test_a_controller_keeps_what_its_interface_can_say(kind: Equipment, idle: Keeper, rates: Keeper) -> None:
    kept = keepers(TERMS, point(kind, controlled=True))
    assert (kept[Limit.IDLE], kept[Limit.RATES], kept[Limit.TIME]) == (idle, rates, Keeper.EQUIPMENT)


def test_by_radius_an_omada_is_told_rates_and_idle_time() -> None:
    kept = keepers(TERMS, point(Equipment.OMADA))
    assert (kept[Limit.IDLE], kept[Limit.RATES]) == (Keeper.EQUIPMENT, Keeper.EQUIPMENT)
