"""Reads tests/vectors/radius/*.txt; the words are explained in the README there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "vectors" / "radius"
_WORDS: Final = frozenset(
    {
        "secret",
        "hex",
        "is",
        "shows",
        "password",
        "chap",
        "proof",
        "answers",
        "required",
        "malformed",
        "refused",
    }
)


@dataclass(slots=True)
class Vector:
    """Octets and what they mean. said: the arguments of each word, in order. before: the vector above."""

    title: str
    before: "Vector | None"
    said: dict[str, list[str]] = field(default_factory=dict)

    @property
    def datagram(self) -> bytes:
        return bytes.fromhex("".join(self.said["hex"]))

    @property
    def secret(self) -> bytes:
        return self.one("secret").encode()

    def one(self, word: str) -> str:
        (argument,) = self.said[word]
        return argument

    def __contains__(self, word: str) -> bool:
        return word in self.said


def read_vectors() -> list[Vector]:
    """Read every vector of every file."""
    return [vector for path in sorted(FOLDER.glob("*.txt")) for vector in _read(path)]


def _read(path: Path) -> Iterator[Vector]:
    vector: Vector | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        word, _, argument = line.partition(" ")
        if not word or word == "#":
            continue
        if word == "vector":
            if vector is not None:
                yield vector
            vector = Vector(argument, vector)
        elif vector is None or word not in _WORDS:
            raise ValueError(f"{path.name}:{number}: {line!r}")
        else:
            vector.said.setdefault(word, []).append(argument)
    if vector is not None:
        yield vector
