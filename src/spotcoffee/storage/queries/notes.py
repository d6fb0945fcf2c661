"""Tickets by what staff noted on them. One index holds those with a note alone: few tickets have one."""

from typing import Final

from spotcoffee.storage.queries.rows import Parameter, query

_ESCAPE: Final = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})

# The ids of an organisation's tickets whose note has a part. `note > ''` in the words of the index, which finds it.
NOTED: Final = """SELECT n.id FROM hotspot_ticket n
    WHERE n.note > '' AND n.organisation_id = %s AND LOWER(n.note) LIKE %s ESCAPE '\\'"""
_NEWEST = f"{NOTED} ORDER BY n.id DESC LIMIT %s"


def parameters(organisation_id: int, part: str) -> list[Parameter]:
    """What NOTED asks for."""
    return [organisation_id, f"%{part.lower().translate(_ESCAPE)}%"]


def newest(organisation_id: int, part: str, *, limit: int) -> list[int]:
    """The newest of them."""
    return [row[0] for row in query(_NEWEST, *parameters(organisation_id, part), limit)]
