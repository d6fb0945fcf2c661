"""An answer's way from the thread that makes it to the event loop that sends it."""

import asyncio
import threading
from typing import Final, Generic, TypeVar

Piece = TypeVar("Piece")

# What a thread may be ahead of its reader.
_AHEAD: Final = 2


class Gone(Exception):
    """Nobody reads any more."""


class Pieces(Generic[Piece]):
    """Pieces in their order. What fails in the thread is raised where its piece would have been taken."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[Piece | Exception] = asyncio.Queue()
        self._room = threading.Semaphore(_AHEAD)
        self._is_closed = False

    def put(self, piece: Piece | Exception) -> None:
        """Of the thread: hand one over; waits while the reader is behind. Raises Gone."""
        self._room.acquire()
        if self._is_closed:
            raise Gone
        try:
            self._loop.call_soon_threadsafe(self._queue.put_nowait, piece)
        except RuntimeError as ended:
            # The server stops.
            raise Gone from ended

    async def take(self) -> Piece:
        """Of the loop: the next one."""
        piece = await self._queue.get()
        self._room.release()
        if isinstance(piece, Exception):
            raise piece
        return piece

    def close(self) -> None:
        """Of the loop: nothing more is taken, and the thread shall end."""
        self._is_closed = True
        self._room.release()
