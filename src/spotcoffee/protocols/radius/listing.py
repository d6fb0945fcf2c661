"""A packet as lines for people: `spotcoffee login`, test vectors, technicians. No password shows."""

from datetime import datetime
from typing import Final

from spotcoffee.protocols.radius.assigned import VENDOR_SPECIFIC, Vendor
from spotcoffee.protocols.radius.dictionary import Attribute, Kind, by_number, decode_value, value_name
from spotcoffee.protocols.radius.packet import Packet, split_vendor

MASK: Final = "***"
_VENDOR_NAMES: Final = {int(vendor): vendor.name.replace("_", "-").title() for vendor in Vendor}


def describe(packet: Packet) -> list[tuple[str, str]]:
    """Name every attribute with its value, in the order of the wire.

    What the dictionary doesn't know keeps its number and is shown in hexadecimal, as are octets and values of
    a wrong length; passwords and authenticators are masked. No value holds a line end or control character.
    """
    lines: list[tuple[str, str]] = []
    for kind, octets in packet.attributes:
        pairs = split_vendor(octets) if kind == VENDOR_SPECIFIC else []
        if pairs:
            vendor = int.from_bytes(octets[:4], "big")
            lines.extend(_line(vendor, inner, value) for inner, value in pairs)
        else:
            lines.append(_line(None, kind, octets))
    return lines


def _line(vendor: int | None, kind: int, octets: bytes) -> tuple[str, str]:
    known = by_number(kind, vendor)
    if known is not None:
        return known.name, show(known, octets)
    if vendor is not None:
        return f"{_VENDOR_NAMES.get(vendor, f'Vendor-{vendor}')}-Attribute-{kind}", _hexadecimal(octets)
    return ("Vendor-Specific" if kind == VENDOR_SPECIFIC else f"Attribute-{kind}"), _hexadecimal(octets)


def show(known: Attribute, octets: bytes) -> str:
    """Write one value the way a person reads it."""
    if known.kind is Kind.SECRET:
        return MASK
    value = decode_value(known, octets)
    if isinstance(value, bytes):
        return _hexadecimal(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int) and known.values is not None:
        return value_name(known.values, value) or str(value)
    if isinstance(value, str):
        return "".join(letter if letter.isprintable() else "\ufffd" for letter in value)
    return str(value)


def _hexadecimal(octets: bytes) -> str:
    return "0x" + octets.hex()
