"""What the maps are told of a guest."""

import json
from ipaddress import ip_address

from spotcoffee.protocols.nftables.counters import Element
from spotcoffee.protocols.nftables.elements import (
    Entry,
    LeftOver,
    disallow,
    drop_quotas,
    left_over,
    let_in,
    pair_of,
    place_of,
    set_quotas,
    shut_out,
    together,
)

PHONE = Entry(
    number=0x1001,
    device="020000000101",
    addresses=(ip_address("10.77.0.11"), ip_address("fd00:77::b")),
    port="p1",
    counted=(7_000, 300),
    seconds_left=60,
)


def test_a_guest_is_let_in_by_mac_address_and_address_together() -> None:
    assert _element("add", "inet", "guests4", [[_timed(["02:00:00:00:01:01", "10.77.0.11"]), 0x1001]]) in let_in(PHONE)
    assert _element("add", "inet", "guests6", [[_timed(["02:00:00:00:01:01", "fd00:77::b"]), 0x1001]]) in let_in(PHONE)


def test_he_has_a_class_of_his_own_and_the_count_he_had() -> None:
    kept = {"elem": {"val": 0x1001, "comment": "020000000101 7000"}}
    assert _element("add", "inet", "down", [[kept, "5c0f:1001"]]) in let_in(PHONE)


def test_all_that_was_added_is_deleted() -> None:
    added = {_name(command, "add") for command in let_in(PHONE)}
    deleted = {_name(command, "delete") for command in shut_out(PHONE) if "delete" in command}
    assert added == deleted


def test_an_address_is_added_before_it_is_deleted_for_its_time_may_have_run_out() -> None:
    verbs = [verb for command in disallow(PHONE, PHONE.addresses[:1]) for verb in command]
    assert verbs == ["add", "delete", "add", "delete"]


def test_quotas_go_with_their_objects() -> None:
    made, mapped = set_quotas(7, {"up": 5_000})
    assert made["add"]["quota"]["bytes"] == 5_000
    assert mapped == _element("add", "inet", "quotas_up", [[7, "up7"]])
    assert [next(iter(command["delete"])) for command in drop_quotas(7, ["up"])] == ["element", "quota"]


def test_many_guests_are_one_command_for_each_set() -> None:
    other = Entry(number=2, device="020000000102", addresses=(ip_address("10.77.0.12"),))
    commands = [*let_in(PHONE), *set_quotas(2, {"up": 5}), *let_in(other)]
    joined = together(commands)
    assert next(iter(joined[0]["add"])) == "quota"
    names = [_name(command, "add") for command in joined[1:]]
    assert len(names) == len(set(names))
    assert sum(len(command["add"]["element"]["elem"]) for command in joined[1:]) == len(commands) - 1


def test_what_an_earlier_gateway_left_is_read_with_its_counts() -> None:
    # As nftables 1.0.6 lists a map.
    listing = json.loads(
        """{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"map": {"family": "inet", "name": "up", "elem": [
        [{"elem": {"val": 4097, "comment": "020000000101 300", "counter": {"packets": 3, "bytes": 5000}}}, "5c0f:1001"],
        [{"elem": {"val": 9, "counter": {"packets": 3, "bytes": 5000}}}, "5c0f:9"], [11, "5c0f:b"]
        ]}}]}"""
    )
    assert left_over({"up": listing}) == [LeftOver(4097, "020000000101", 0, 5_300)]
    assert left_over({"up": {"nftables": [{"map": {"name": "up"}}]}}) == []


def test_keys_are_padded_to_four_bytes() -> None:
    mac = bytes.fromhex("0200000001010000")
    assert pair_of(Element(mac + bytes([10, 77, 0, 11]), 0)) == ("020000000101", ip_address("10.77.0.11"))
    assert pair_of(Element(mac + ip_address("fd00::1").packed, 0)) == ("020000000101", ip_address("fd00::1"))
    assert place_of(Element(mac + b"p1" + bytes(14), 0)) == ("020000000101", "p1")


def _element(verb: str, family: str, name: str, elem: list[object]) -> dict[str, object]:
    return {verb: {"element": {"family": family, "table": "spotcoffee", "name": name, "elem": elem}}}


def _timed(parts: list[str]) -> dict[str, object]:
    return {"elem": {"val": {"concat": parts}, "timeout": 60}}


def _name(command: dict[str, dict[str, dict[str, str]]], verb: str) -> tuple[str, str]:
    element = command[verb]["element"]
    return element["family"], element["name"]
