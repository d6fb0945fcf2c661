"""What can be wrong, and whose fault it is. Any other exception out of this package is our bug.

RadiusError
    MalformedPacket    the peer's: the bytes are no RADIUS packet, or a field in them is out of its range
    BadAuthenticator   the peer's: well formed, but nothing proves that it knows the shared secret
    EncodeError        ours: what we were asked to write does not fit into a packet

`code` is stable, a member of the enum of each error: it labels the counters. No prose; `fields` has figures.
"""

from enum import StrEnum


class Malformed(StrEnum):
    """Why a packet of the peer's is dropped unread."""

    TOO_SHORT = "too_short"
    UNKNOWN_CODE = "unknown_code"
    BAD_LENGTH = "bad_length"
    TOO_LONG = "too_long"
    ZERO_ATTRIBUTE_TYPE = "zero_attribute_type"
    SHORT_ATTRIBUTE = "short_attribute"
    ATTRIBUTE_OVERRUN = "attribute_overrun"
    DANGLING_BYTE = "dangling_byte"
    TOO_MANY_ATTRIBUTES = "too_many_attributes"
    TWO_MESSAGE_AUTHENTICATORS = "two_message_authenticators"
    MESSAGE_AUTHENTICATOR_LENGTH = "message_authenticator_length"
    NOT_A_REQUEST = "not_a_request"
    PASSWORD_LENGTH = "password_length"  # noqa: S105
    COUNTER_RANGE = "counter_range"


class Unproven(StrEnum):
    """Why a well-formed packet is dropped all the same."""

    MESSAGE_AUTHENTICATOR_WRONG = "message_authenticator_wrong"
    MESSAGE_AUTHENTICATOR_MISSING = "message_authenticator_missing"
    PROXY_STATE_WITHOUT_MESSAGE_AUTHENTICATOR = "proxy_state_without_message_authenticator"
    EAP_WITHOUT_MESSAGE_AUTHENTICATOR = "eap_without_message_authenticator"
    REQUEST_AUTHENTICATOR_WRONG = "request_authenticator_wrong"
    RESPONSE_AUTHENTICATOR_WRONG = "response_authenticator_wrong"
    NOT_THE_ANSWER = "not_the_answer"


class Unwritable(StrEnum):
    """Why a packet can't be written."""

    ATTRIBUTE_TYPE = "attribute_type"
    ATTRIBUTE_TOO_LONG = "attribute_too_long"
    PACKET_TOO_LONG = "packet_too_long"
    RESERVED_ATTRIBUTE = "reserved_attribute"
    IDENTIFIER_RANGE = "identifier_range"
    AUTHENTICATOR_LENGTH = "authenticator_length"
    NOT_A_REQUEST = "not_a_request"
    NOT_AN_ANSWER = "not_an_answer"
    PASSWORD_LENGTH = "password_length"  # noqa: S105
    UNKNOWN_NAME = "unknown_name"
    VALUE_KIND = "value_kind"
    VALUE_RANGE = "value_range"
    EMPTY_SECRET = "empty_secret"  # noqa: S105


class RadiusError(Exception):
    """The root of the package. code: stable. fields: the figures or names that belong to it, no secret."""

    def __init__(self, code: StrEnum, /, **fields: int | str) -> None:
        super().__init__(code.value, *fields.values())
        self.code = code
        self.fields = fields


class MalformedPacket(RadiusError):
    """The peer sent what is no RADIUS packet. `code` is a Malformed."""


class BadAuthenticator(RadiusError):
    """The peer did not prove that it knows the shared secret. `code` is an Unproven."""


class EncodeError(RadiusError):
    """We were asked to write what no packet can hold. `code` is an Unwritable."""
