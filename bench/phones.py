"""Phones that log in at a portal, one guest after the other: the load generator, as a process of its own.

`python -m bench.phones PORT tls|plain PLACE CODE SECONDS PHONES`: prints how many logins it has seen through. A guest
opens a connection, gets the login page, sends its form, and is sent to the gateway.
"""

import asyncio
import itertools
import os
import re
import sys
import time
from collections.abc import Iterator
from typing import Final

from tests.web.portal.slow_clients import FORM, GATEWAY, Guest, trusting

_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: ([0-9]+)")


async def _log_in(guest: Guest) -> None:
    reader, writer = await asyncio.open_connection("localhost", guest.port, ssl=guest.tls)
    try:
        path = guest.arrival(os.urandom(16))
        # The gateway has signed the address with its port.
        host = f"Host: localhost:{guest.port}\r\nAccept-Language: fr\r\n"
        head, page = await _ask(reader, writer, f"GET {path} HTTP/1.1\r\n{host}")
        form = guest.form(page)
        said = f"POST /portal/{guest.place} HTTP/1.1\r\n{host}Content-Type: {FORM}\r\nContent-Length: {len(form)}\r\n"
        head, _ = await _ask(reader, writer, said, form)
        if not head.startswith(b"HTTP/1.1 303") or f"//{GATEWAY}:3990/logon".encode() not in head:
            raise RuntimeError(head.decode())
    finally:
        writer.close()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: str, body: bytes = b""
) -> tuple[bytes, bytes]:
    writer.write(said.encode() + b"\r\n" + body)
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head, await reader.readexactly(int(length[1])) if length else b""


async def _phone(numbers: Iterator[int], until: float, port: int, tls: str, place: int, code: str) -> int:
    context = trusting() if tls == "tls" else None
    done = 0
    while time.monotonic() < until:
        await _log_in(Guest(port=port, place=place, code=code, tls=context, number=next(numbers)))
        done += 1
    return done


async def _all(port: int, tls: str, place: int, code: str, seconds: float, phones: int) -> int:
    numbers, until = itertools.count(1), time.monotonic() + seconds
    return sum(await asyncio.gather(*(_phone(numbers, until, port, tls, place, code) for _ in range(phones))))


def main() -> None:
    """Log in until the time is over."""
    port, tls, place, code, seconds, phones = sys.argv[1:]
    began = time.monotonic()
    done = asyncio.run(_all(int(port), tls, int(place), code, float(seconds), int(phones)))
    sys.stdout.write(f"{done} {time.monotonic() - began}\n")


if __name__ == "__main__":
    main()
