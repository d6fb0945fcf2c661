"""Who asks for a use case."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone of an organisation; nothing outside it is in reach. by: as the audit log and the orders name him.

    access_points: those that his reach ends at; None: all of the organisation.
    """

    organisation_id: int
    by: str
    access_points: frozenset[int] | None = None
