"""Fields of the smaller forms, as their template shows them: what was typed stays, a fault stands at its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict

LONGEST: Final = 1_000
_MOST: Final = 1_000
_LONGEST_NUMBER: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. kind: text, or another type of input, `select`, `check`, `area`, `file`. choices: value and word."""

    name: str
    label: str
    text: str = ""
    kind: str = "text"
    choices: Sequence[tuple[str, str]] = ()
    hint: str = ""
    fault: str = ""
    required: bool = False
    most: int = 200
    autocomplete: str = "off"

    @property
    def described_by(self) -> str:
        """The ids of what stands below it."""
        return " ".join(f"{what}-{self.name}" for what, said in (("fault", self.fault), ("hint", self.hint)) if said)


def typed(sent: QueryDict, names: Sequence[str]) -> dict[str, str]:
    """What was typed into these fields, cut where no person could have typed it."""
    return {name: sent.get(name, "")[:LONGEST] for name in names}


def numbers(sent: QueryDict, name: str) -> list[int]:
    """The records that were ticked; what is no number is none."""
    ticked = sent.getlist(name)[:_MOST]
    return sorted({int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) <= _LONGEST_NUMBER})


def whole(text: str) -> object:
    """A whole number; None where nothing was typed; the text itself, which no service takes, where it is none."""
    line = text.strip()
    if not line:
        return None
    return int(line) if line.isascii() and line.isdigit() and len(line) <= _LONGEST_NUMBER else line


def first_wrong(fields: Sequence[Field], faults: Mapping[str, str]) -> str:
    """Faults that stand at no field of the form, in one sentence."""
    shown = {field.name for field in fields}
    return " ".join(said for name, said in faults.items() if name not in shown)
