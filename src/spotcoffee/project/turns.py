"""Who is served next where not all can be at once: addresses in turn, so that none waits for another's crowd."""

import asyncio
from collections import OrderedDict, deque
from typing import TypeAlias

_Waiting: TypeAlias = asyncio.Future[None]


class Turns:
    """A fixed number of places. Of one address, who came first is first."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: OrderedDict[str, deque[_Waiting]] = OrderedDict()

    async def take(self, address: str) -> None:
        """Wait for a place."""
        if self._free:
            self._free -= 1
            return
        turn: _Waiting = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(address, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give a place back."""
        while self._waiting:
            address, queue = self._waiting.popitem(last=False)
            turn = queue.popleft()
            if queue:
                # To the end: the others come first.
                self._waiting[address] = queue
            if not turn.cancelled():
                turn.set_result(None)
                return
        self._free += 1
