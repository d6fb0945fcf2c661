"""The roles of staff accounts."""

from enum import Enum


class Role(Enum):
    """What a member of staff is there for."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    RECEPTION = "reception"
    AUDITOR = "auditor"
