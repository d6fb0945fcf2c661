"""Who asks for a use case."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone of an organisation; nothing outside it is in reach. by: as the audit log and the orders name him."""

    organisation_id: int
    by: str
