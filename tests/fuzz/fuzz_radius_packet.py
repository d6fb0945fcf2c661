"""Fuzz target: a datagram through everything that reads one. Only RadiusError may come out.

python -m tests.fuzz.fuzz_radius_packet CORPUS… [libFuzzer options]
"""

import sys
from typing import Final

import atheris

with atheris.instrument_imports(include=["spotcoffee.protocols.radius"]):
    from spotcoffee.protocols.radius import assigned
    from spotcoffee.protocols.radius.assigned import MESSAGE_AUTHENTICATOR, PROXY_STATE, VENDOR_SPECIFIC, Vendor
    from spotcoffee.protocols.radius.authenticator import Proof, verify_request, verify_response
    from spotcoffee.protocols.radius.duplicates import request_key
    from spotcoffee.protocols.radius.encoding import encode_request, encode_response
    from spotcoffee.protocols.radius.errors import EncodeError, RadiusError, Unwritable
    from spotcoffee.protocols.radius.listing import describe
    from spotcoffee.protocols.radius.packet import ANSWERS, RANDOM_AUTHENTICATOR, Packet, decode, split_vendor
    from spotcoffee.protocols.radius.passwords import chap_challenge, chap_matches, pap_reveal
    from spotcoffee.protocols.radius.secret import Secret

SECRET: Final = Secret(b"testing123")
_WRITTEN_BY_THE_ENCODER: Final = frozenset({MESSAGE_AUTHENTICATOR, PROXY_STATE})


def read_one(datagram: bytes) -> None:
    """Do to a datagram whatever the product does; raises what is a bug."""
    try:
        packet = decode(datagram)
        _write_again(packet)
        _read_attributes(packet)
        verify_request(packet, SECRET, message_authenticator_required=bool(packet.identifier & 1))
        verify_response(packet, datagram, SECRET)
    except RadiusError:
        return


def _read_attributes(packet: Packet) -> None:
    describe(packet)
    request_key(packet, ("192.0.2.1", 1812), 1812)
    for kind, value in packet.attributes:
        packet.all(kind), packet.integer(kind), packet.address(kind), packet.address6(kind)
        (packet.text(kind) or "").encode()
        for inner, _ in split_vendor(value) if kind == VENDOR_SPECIFIC else ():
            packet.vendor_integer(Vendor.CHILLISPOT, inner), packet.vendor_text(Vendor.WISPR, inner)
    chap_matches(packet.first(assigned.CHAP_PASSWORD) or b"", chap_challenge(packet), b"")
    if packet.first(assigned.USER_PASSWORD):
        pap_reveal(packet.first(assigned.USER_PASSWORD) or b"", packet.authenticator, SECRET)


def _write_again(packet: Packet) -> None:
    """What was read can be written, is believed, and is read again as it was."""
    if packet.code not in ANSWERS:
        return
    attributes = [pair for pair in packet.attributes if pair[0] not in _WRITTEN_BY_THE_ENCODER]
    random = packet.authenticator if packet.code in RANDOM_AUTHENTICATOR else None
    try:
        octets = encode_request(packet.code, packet.identifier, attributes, SECRET, authenticator=random)
        answer = decode(encode_response(min(ANSWERS[packet.code]), packet, attributes[:100], SECRET))
    except EncodeError as error:
        if error.code is Unwritable.PACKET_TOO_LONG:
            return
        raise AssertionError("what was read can't be written") from error
    again = decode(octets)
    assert [pair for pair in again.attributes if pair[0] != MESSAGE_AUTHENTICATOR] == attributes
    assert verify_request(again, SECRET) is not Proof.NONE
    verify_response(answer, packet.datagram, SECRET)
    assert answer.all(PROXY_STATE) == packet.all(PROXY_STATE)


if __name__ == "__main__":
    atheris.Setup(sys.argv, read_one)
    atheris.Fuzz()
