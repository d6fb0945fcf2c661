"""Assigned numbers that our code names: attribute types, vendors, and the closed sets of values.

What only people read (names of everything else) is in `dictionary`.
"""

from enum import IntEnum
from typing import Final

USER_NAME: Final = 1
USER_PASSWORD: Final = 2
CHAP_PASSWORD: Final = 3
NAS_IP_ADDRESS: Final = 4
NAS_PORT: Final = 5
SERVICE_TYPE: Final = 6
FRAMED_IP_ADDRESS: Final = 8
FILTER_ID: Final = 11
REPLY_MESSAGE: Final = 18
STATE: Final = 24
CLASS: Final = 25
VENDOR_SPECIFIC: Final = 26
SESSION_TIMEOUT: Final = 27
IDLE_TIMEOUT: Final = 28
TERMINATION_ACTION: Final = 29
CALLED_STATION_ID: Final = 30
CALLING_STATION_ID: Final = 31
NAS_IDENTIFIER: Final = 32
PROXY_STATE: Final = 33
ACCT_STATUS_TYPE: Final = 40
ACCT_DELAY_TIME: Final = 41
ACCT_INPUT_OCTETS: Final = 42
ACCT_OUTPUT_OCTETS: Final = 43
ACCT_SESSION_ID: Final = 44
ACCT_AUTHENTIC: Final = 45
ACCT_SESSION_TIME: Final = 46
ACCT_INPUT_PACKETS: Final = 47
ACCT_OUTPUT_PACKETS: Final = 48
ACCT_TERMINATE_CAUSE: Final = 49
ACCT_MULTI_SESSION_ID: Final = 50
ACCT_INPUT_GIGAWORDS: Final = 52
ACCT_OUTPUT_GIGAWORDS: Final = 53
EVENT_TIMESTAMP: Final = 55
CHAP_CHALLENGE: Final = 60
NAS_PORT_TYPE: Final = 61
PORT_LIMIT: Final = 62
EAP_MESSAGE: Final = 79
MESSAGE_AUTHENTICATOR: Final = 80
ACCT_INTERIM_INTERVAL: Final = 85
NAS_PORT_ID: Final = 87
CHARGEABLE_USER_IDENTITY: Final = 89
NAS_IPV6_ADDRESS: Final = 95
FRAMED_IPV6_PREFIX: Final = 97
ERROR_CAUSE: Final = 101
FRAMED_IPV6_ADDRESS: Final = 168

# Of Vendor.CHILLISPOT.
ACCT_VIEW_POINT: Final = 10
SESSION_STATE: Final = 15


class Vendor(IntEnum):
    """Private enterprise numbers, as equipment.md names them."""

    CISCO = 9
    TP_LINK = 11863
    FORTINET = 12356
    PFSENSE = 13644
    WISPR = 14122
    AIRESPACE = 14179
    CHILLISPOT = 14559
    ARUBA = 14823
    MIKROTIK = 14988
    CAMBIUM = 17713
    RUCKUS = 25053
    MERAKI = 29671


class AcctStatusType(IntEnum):
    """RFC 2866 5.1."""

    START = 1
    STOP = 2
    INTERIM_UPDATE = 3
    ACCOUNTING_ON = 7
    ACCOUNTING_OFF = 8


class AcctTerminateCause(IntEnum):
    """RFC 2866 5.10."""

    USER_REQUEST = 1
    LOST_CARRIER = 2
    LOST_SERVICE = 3
    IDLE_TIMEOUT = 4
    SESSION_TIMEOUT = 5
    ADMIN_RESET = 6
    ADMIN_REBOOT = 7
    PORT_ERROR = 8
    NAS_ERROR = 9
    NAS_REQUEST = 10
    NAS_REBOOT = 11
    PORT_UNNEEDED = 12
    PORT_PREEMPTED = 13
    PORT_SUSPENDED = 14
    SERVICE_UNAVAILABLE = 15
    CALLBACK = 16
    USER_ERROR = 17
    HOST_REQUEST = 18


class ServiceType(IntEnum):
    """RFC 2865 5.6; 17 from RFC 5176 3.2."""

    LOGIN = 1
    FRAMED = 2
    CALLBACK_LOGIN = 3
    CALLBACK_FRAMED = 4
    OUTBOUND = 5
    ADMINISTRATIVE = 6
    NAS_PROMPT = 7
    AUTHENTICATE_ONLY = 8
    CALLBACK_NAS_PROMPT = 9
    CALL_CHECK = 10
    CALLBACK_ADMINISTRATIVE = 11
    AUTHORIZE_ONLY = 17


class NasPortType(IntEnum):
    """RFC 2865 5.41."""

    ASYNC = 0
    SYNC = 1
    ISDN_SYNC = 2
    VIRTUAL = 5
    ETHERNET = 15
    XDSL = 16
    CABLE = 17
    WIRELESS_OTHER = 18
    WIRELESS_802_11 = 19


class ErrorCause(IntEnum):
    """RFC 5176 3.5: why a Disconnect or a CoA was refused."""

    RESIDUAL_SESSION_CONTEXT_REMOVED = 201
    INVALID_EAP_PACKET = 202
    UNSUPPORTED_ATTRIBUTE = 401
    MISSING_ATTRIBUTE = 402
    NAS_IDENTIFICATION_MISMATCH = 403
    INVALID_REQUEST = 404
    UNSUPPORTED_SERVICE = 405
    UNSUPPORTED_EXTENSION = 406
    INVALID_ATTRIBUTE_VALUE = 407
    ADMINISTRATIVELY_PROHIBITED = 501
    REQUEST_NOT_ROUTABLE = 502
    SESSION_CONTEXT_NOT_FOUND = 503
    SESSION_CONTEXT_NOT_REMOVABLE = 504
    OTHER_PROXY_PROCESSING_ERROR = 505
    RESOURCES_UNAVAILABLE = 506
    REQUEST_INITIATED = 507
    MULTIPLE_SESSION_SELECTION_UNSUPPORTED = 508


class TerminationAction(IntEnum):
    """RFC 2865 5.29."""

    DEFAULT = 0
    RADIUS_REQUEST = 1


class AcctAuthentic(IntEnum):
    """RFC 2866 5.6."""

    RADIUS = 1
    LOCAL = 2
    REMOTE = 3


class AcctViewPoint(IntEnum):
    """Whose input a CoovaChilli counts: see equipment.md, 1.0."""

    NAS = 1
    CLIENT = 2


class SessionState(IntEnum):
    """Why a CoovaChilli session is where it is; more exact than its Acct-Terminate-Cause."""

    AUTHORIZED = 1
    NOT_AUTHORIZED = 2
    STARTED = 3
    STOPPED = 4
    USER_LOGOUT_URL = 10
    IDLE_TIMEOUT_REACHED = 11
    TIMEOUT_REACHED = 12
    LOGOUT_TIME_REACHED = 13
    IN_DATA_LIMIT_REACHED = 14
    OUT_DATA_LIMIT_REACHED = 15
    TOTAL_DATA_LIMIT_REACHED = 16
    LOCATION_CHANGED = 17
