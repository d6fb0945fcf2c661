"""What the server counts, by name and reason, for /metrics and the pages."""

from collections import Counter


class Counters:
    """Numbers that only grow. Both threads of the server write, each names of its own; a reading is one step."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, name: str, count: int = 1) -> None:
        """Count something: `name`, or `name.reason`."""
        self._counts[name] += count

    def all(self) -> dict[str, int]:
        """All of them, by name."""
        return dict(self._counts)
