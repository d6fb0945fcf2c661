"""How an offer is said to each kind of equipment."""

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import KEYS, NOW
from tests.servers.radius.desk import point
from tests.servers.radius.golden import FOLDER, RICH, RUNNING, accept, order, page
from tests.servers.radius.peer import said

from spotcoffee.domain.access_points import CAPABILITIES, Accounting, Equipment
from spotcoffee.domain.authorization import Limits, Reason, Reject
from spotcoffee.domain.offers import LEAST_RATE
from spotcoffee.domain.units import MOST_OCTETS, MOST_RATE, MOST_SECONDS, BitsPerSecond
from spotcoffee.protocols.radius.packet import Code, decode
from spotcoffee.servers.radius.answers import login_attributes
from spotcoffee.servers.radius.replies import DIALECTS, reject_attributes
from spotcoffee.services.authorization import LoginAnswer
from spotcoffee.services.outbox import CHANGE, DISCONNECT

NOTHING = Limits(session_timeout=None, idle_timeout=None, rate_down=None, rate_up=None, down_left=None, up_left=None)
UINT32 = 2**32 - 1


def told(equipment: Equipment, limits: Limits, **settings: object) -> dict[str, str]:
    return said(accept(point(1, equipment, **settings), limits))


def limits(**some: int) -> Limits:
    return NOTHING._replace(**some)


# Golden packets


@pytest.mark.parametrize("equipment", Equipment)
def test_each_kind_is_told_what_its_golden_file_says(equipment: Equipment) -> None:
    file = FOLDER / f"{equipment.value}.txt"
    if os.environ.get("SPOTCOFFEE_TEST_GOLDEN") == "write":
        FOLDER.mkdir(exist_ok=True, parents=True)
        file.write_text(page(equipment), encoding="utf-8")

    assert file.read_text(encoding="utf-8") == page(equipment)


def test_there_is_no_golden_file_of_anything_else() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == {equipment.value for equipment in Equipment}


# The table


# openNDS asks no RADIUS server: its limits go with the portal's answer (tests/protocols/portals).
@pytest.mark.parametrize("equipment", [kind for kind in Equipment if kind is not Equipment.OPENNDS])
def test_what_a_kind_is_said_to_do_is_what_it_is_told(equipment: Equipment) -> None:
    capable, dialect = CAPABILITIES[equipment], DIALECTS[equipment]

    assert capable.rates == (dialect.rates is not None)
    assert (capable.quota_most > 0) == (dialect.quotas is not None)
    assert capable.idle_timeout == ("Idle-Timeout" in told(equipment, limits(idle_timeout=600)))


@pytest.mark.parametrize("equipment", Equipment)
def test_without_limits_no_limit_is_said(equipment: Equipment) -> None:
    assert set(told(equipment, NOTHING)) == {"Message-Authenticator", "Acct-Interim-Interval", "Class"}


@pytest.mark.parametrize("equipment", Equipment)
@given(
    timeout=st.none() | st.integers(1, MOST_SECONDS),
    idle=st.none() | st.integers(1, MOST_SECONDS),
    down=st.none() | st.integers(LEAST_RATE, MOST_RATE),
    up=st.none() | st.integers(LEAST_RATE, MOST_RATE),
    quotas=st.tuples(*[st.none() | st.integers(1, MOST_OCTETS)] * 2),
)
def test_every_offer_fits_into_a_packet_and_says_0_for_no_limit_that_it_has(
    equipment: Equipment,
    timeout: int | None,
    idle: int | None,
    down: int | None,
    up: int | None,
    quotas: tuple[int | None, int | None],
) -> None:
    offered = Limits(
        session_timeout=timeout,
        idle_timeout=idle,
        rate_down=down,
        rate_up=up,
        down_left=quotas[0],
        up_left=quotas[1],
    )
    answer = told(equipment, offered)

    for name, value in answer.items():
        gigawords = next((n for n in (f"{name[: -len('Octets')]}Gigawords", f"{name}-Gigawords") if n in answer), None)
        assert value != "0" or gigawords is not None or f"{name}-Gigwords" in answer, name
        assert value != "0/0"


# Times


def test_a_time_above_the_fields_range_is_left_to_the_server() -> None:
    assert "Session-Timeout" not in told(Equipment.GENERIC, limits(session_timeout=UINT32 + 1))
    assert told(Equipment.GENERIC, limits(session_timeout=UINT32))["Session-Timeout"] == str(UINT32)


def test_what_is_left_is_never_said_as_0() -> None:
    answer = told(Equipment.GATEWAY, limits(session_timeout=0, down_left=0, up_left=0))

    assert answer["Session-Timeout"] == "1"
    assert answer["ChilliSpot-Max-Input-Octets"] == answer["ChilliSpot-Max-Output-Octets"] == "1"


@pytest.mark.parametrize("equipment", [Equipment.OPNSENSE, Equipment.OPENNDS])
def test_idle_time_is_left_out_where_the_kind_ignores_it(equipment: Equipment) -> None:
    assert "Idle-Timeout" not in told(equipment, RICH)


def test_idle_time_is_left_out_where_the_access_point_has_its_own() -> None:
    assert "Idle-Timeout" not in told(Equipment.MIKROTIK, RICH, idle_timeout_own=300)


@pytest.mark.parametrize("accounting", [Accounting.NO_INTERIM, Accounting.NONE])
def test_an_interval_is_asked_only_of_equipment_that_sends_interims(accounting: Accounting) -> None:
    assert "Acct-Interim-Interval" not in told(Equipment.GENERIC, RICH, accounting=accounting)


# Rates


@pytest.mark.parametrize(
    ("down", "up", "text"),
    [
        (10_000_000, 2_000_000, "2M/10M"),
        (512_000, 128_000, "128k/512k"),
        (1_500_000, 8_001, "8001/1500k"),
        (10_000_000, None, "0/10M"),
        (None, 64_000, "64k/0"),
    ],
)
def test_mikrotik_hears_the_guests_upload_first(
    down: BitsPerSecond | None, up: BitsPerSecond | None, text: str
) -> None:
    answer = told(Equipment.MIKROTIK, NOTHING._replace(rate_down=down, rate_up=up))

    assert answer["Mikrotik-Rate-Limit"] == text


@pytest.mark.parametrize(("equipment", "vendor"), [(Equipment.GENERIC, "WISPr"), (Equipment.PFSENSE, "pfSense")])
def test_a_rate_above_the_fields_range_is_left_out(equipment: Equipment, vendor: str) -> None:
    answer = told(equipment, limits(rate_down=UINT32 + 1, rate_up=UINT32))

    assert f"{vendor}-Bandwidth-Max-Down" not in answer
    assert answer[f"{vendor}-Bandwidth-Max-Up"] == str(UINT32)


@pytest.mark.parametrize(
    "equipment",
    [Equipment.OPNSENSE, Equipment.OPENNDS, Equipment.CISCO, Equipment.ARUBA, Equipment.FORTINET, Equipment.MERAKI],
)
def test_what_was_not_verified_gets_the_standard_attributes_alone(equipment: Equipment) -> None:
    assert "Vendor-Specific" not in str(told(equipment, RICH))
    assert all(kind != 26 for kind, _ in decode(accept(point(1, equipment), RICH)).attributes)


# Quotas


def test_quotas_travel_in_64_bits() -> None:
    answer = told(Equipment.GATEWAY, limits(down_left=5 * 2**32 + 7, up_left=2**32))

    assert (answer["ChilliSpot-Max-Output-Octets"], answer["ChilliSpot-Max-Output-Gigawords"]) == ("7", "5")
    assert (answer["ChilliSpot-Max-Input-Octets"], answer["ChilliSpot-Max-Input-Gigawords"]) == ("0", "1")


def test_a_quota_below_4_gib_needs_no_gigawords() -> None:
    answer = told(Equipment.GATEWAY, limits(down_left=UINT32))

    assert answer["ChilliSpot-Max-Output-Octets"] == str(UINT32)
    assert "ChilliSpot-Max-Output-Gigawords" not in answer


def test_coovachilli_counts_from_the_guests_side() -> None:
    assert told(Equipment.COOVACHILLI, limits(down_left=5))["ChilliSpot-Max-Input-Octets"] == "5"
    swapped_back = told(Equipment.COOVACHILLI, limits(down_left=5), swap_octets=False)
    assert swapped_back["ChilliSpot-Max-Output-Octets"] == "5"


def test_mikrotik_transmits_what_the_guest_downloads() -> None:
    answer = told(Equipment.MIKROTIK, limits(down_left=5, up_left=3))

    assert (answer["Mikrotik-Xmit-Limit"], answer["Mikrotik-Recv-Limit"]) == ("5", "3")


def test_cambium_names_the_directions() -> None:
    answer = told(Equipment.CAMBIUM, limits(down_left=2**32 + 5, up_left=3))

    assert answer["Cambium-Traffic-Quota-Limit-Down"] == "5"
    assert answer["Cambium-Traffic-Quota-Limit-Down-Gigwords"] == "1"
    assert answer["Cambium-Traffic-Quota-Limit-Up"] == "3"


def test_pfsenses_joint_quota_is_left_to_the_server() -> None:
    assert "pfSense-Max-Total-Octets" not in told(Equipment.PFSENSE, RICH)


# Words


def test_a_long_message_is_cut_at_a_whole_character_at_253_octets() -> None:
    ((kind, octets),) = reject_attributes("a" + "é" * 200)

    assert kind == 18
    assert octets == ("a" + "é" * 126).encode()
    assert len(octets) == 253
    ((_, odd),) = reject_attributes("é" * 200)
    assert odd == ("é" * 126).encode()


@given(st.text(max_size=400))
def test_any_message_is_cut_to_text(message: str) -> None:
    ((_, octets),) = reject_attributes(message)

    assert len(octets) <= 253
    assert message.startswith(octets.decode())


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_refusal_says_one_whole_sentence_and_no_limit(reason: Reason, language: str) -> None:
    answer = LoginAnswer(decision=Reject(reason, NOW))
    code, attributes = login_attributes(point(1, language=language), answer, keys=KEYS, now=NOW)

    ((kind, octets),) = attributes
    assert (code, kind) == (Code.ACCESS_REJECT, 18)
    assert octets.decode().endswith(".")
    assert len(octets) < 253


# Orders


def changed(equipment: Equipment, **settings: object) -> dict[str, str]:
    datagram = order(point(1, equipment, coa_port=3799, **settings), CHANGE)
    assert datagram is not None
    assert decode(datagram).code is Code.COA_REQUEST
    return said(datagram)


def test_a_change_counts_from_the_start_of_the_session() -> None:
    answer = changed(Equipment.GATEWAY)

    assert answer["Session-Timeout"] == "9000"
    assert answer["ChilliSpot-Max-Input-Octets"] == "1100000000"
    assert answer["ChilliSpot-Max-Output-Octets"] == str(9_000_000_000 - 2 * 2**32)


def test_a_change_counts_from_its_arrival_where_the_equipment_does() -> None:
    capable = replace(CAPABILITIES[Equipment.GATEWAY], change_counts_from_start=False, change_quota_from_start=False)
    answer = changed(Equipment.GATEWAY, capabilities=capable)

    assert answer["Session-Timeout"] == "7200"
    assert answer["ChilliSpot-Max-Input-Octets"] == "1000000000"


@pytest.mark.parametrize("kind", [CHANGE, DISCONNECT])
def test_an_order_proves_itself_and_says_when_it_was_given(kind: str) -> None:
    datagram = order(point(1, Equipment.GATEWAY, coa_port=3799), kind)

    assert datagram is not None
    assert datagram[20:22] == b"\x50\x12"
    assert said(datagram)["Event-Timestamp"] == NOW.isoformat()


def test_an_order_names_its_session_by_number_and_address() -> None:
    for address, name in (("10.1.0.7", "Framed-IP-Address"), ("2001:db8::7", "Framed-IPv6-Address")):
        datagram = order(point(1, coa_port=3799), DISCONNECT, session=RUNNING._replace(framed_address=address))
        assert datagram is not None
        assert said(datagram)["Acct-Session-Id"] == "80a00012"
        assert said(datagram)[name] == address


def test_equipment_that_reports_nothing_finds_the_device() -> None:
    datagram = order(point(1, coa_port=3799), DISCONNECT, session=RUNNING._replace(acct_session_id=""))

    assert datagram is not None
    assert "Acct-Session-Id" not in said(datagram)
    assert said(datagram)["Calling-Station-Id"] == "00-11-22-AA-BB-CC"


def test_a_session_number_that_was_not_readable_gives_no_order() -> None:
    unreadable = bytes([0xFF] * 253).decode("utf-8", "replace")

    assert order(point(1, coa_port=3799), DISCONNECT, session=RUNNING._replace(acct_session_id=unreadable)) is None


def test_an_access_point_that_takes_no_orders_gets_none() -> None:
    assert order(point(1, coa_port=None), DISCONNECT) is None
