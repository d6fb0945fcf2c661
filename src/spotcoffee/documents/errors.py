"""What can be wrong with what is to be printed. Any other exception out of this package is our bug.

DocumentError    the caller's values can't stand on paper as asked; raised before anything is drawn

`code` is stable, a member of Fault. No prose: wording says it; `fields` has the figures.
"""

from enum import StrEnum


class Fault(StrEnum):
    """Why something is not drawn."""

    NOTHING_TO_PRINT = "nothing_to_print"
    CELL_OUT_OF_RANGE = "cell_out_of_range"
    NO_ROOM_FOR_TWO_QR = "no_room_for_two_qr"
    EMPTY_CODE = "empty_code"
    CODE_TOO_LONG = "code_too_long"
    QR_TOO_LONG = "qr_too_long"
    NETWORK_NAME = "network_name"
    LOGO_TOO_HEAVY = "logo_too_heavy"
    LOGO_TOO_LARGE = "logo_too_large"
    LOGO_UNREADABLE = "logo_unreadable"
    LOGO_BLANK = "logo_blank"


class DocumentError(ValueError):
    """The root of the package. fields: the figures that belong to it, no code of a ticket."""

    def __init__(self, code: Fault, /, **fields: int) -> None:
        super().__init__(code.value, *fields.values())
        self.code = code
        self.fields = fields
