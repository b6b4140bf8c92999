"""The least that speaks HTTP/1.1 to a server: requests made beforehand, answers read to their end.

A client library would cost more than some of what is measured.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_LENGTH = b"content-length:"


class BadAnswer(Exception):
    """A measured request was not answered with success: the figure would mean nothing."""


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "host: bench", f"content-length: {len(body)}"]
    if body:
        lines.append("content-type: application/json")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One kept-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Connection:
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**20))

    async def ask(self, asked: bytes) -> bytes:
        """The body of the answer. Raises BadAnswer."""
        self._writer.write(asked)
        head = await self._reader.readuntil(b"\r\n\r\n")
        if head[9:12] == b"204":
            return b""
        lowered = head.lower()
        at = lowered.find(_LENGTH)
        if at < 0:
            raise BadAnswer(head.decode(errors="replace"))
        length = int(lowered[at + len(_LENGTH) : lowered.index(b"\r\n", at)])
        body = await self._reader.readexactly(length)
        if head[9:10] != b"2":
            raise BadAnswer((head + body).decode(errors="replace")[:1000])
        return body

    def close(self) -> None:
        self._writer.close()


@dataclass(slots=True)
class Load:
    """What a crowd of clients came to."""

    seconds: float
    #: Of all that were answered, those of the warm-up too.
    answered: int
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def sorted(self) -> list[float]:
        return sorted(self.latencies)


async def crowd(port: int, requests: Iterable[bytes], *, clients: int, warm_up: float, seconds: float) -> Load:
    """Clients that each send the next request as soon as their last is answered.

    What is answered within `seconds` after the warm-up counts. Ends early when the requests are used up; then the time
    until the last answer counts.
    """
    waiting: Iterator[bytes] = iter(requests)
    connections = [await Connection.open(port) for _ in range(clients)]
    begin = time.perf_counter() + warm_up
    end = begin + seconds
    latencies: list[float] = []
    last = begin
    total = 0

    async def client(connection: Connection) -> None:
        nonlocal last, total
        for asked in waiting:
            sent = time.perf_counter()
            if sent >= end:
                return
            await connection.ask(asked)
            answered = time.perf_counter()
            total += 1
            if begin <= sent and answered <= end:
                latencies.append(answered - sent)
                last = max(last, answered)

    try:
        await asyncio.gather(*(client(connection) for connection in connections))
    finally:
        for connection in connections:
            connection.close()
    if not latencies:
        raise BadAnswer("no request was answered after the warm-up")
    used_up = next(waiting, None) is None
    return Load(last - begin if used_up else seconds, total, latencies)


async def one_by_one(port: int, requests: Sequence[bytes], *, warm_up: int) -> list[float]:
    """A quiet reader: seconds each answer took, the first few left out."""
    connection = await Connection.open(port)
    took: list[float] = []
    try:
        for asked in requests:
            sent = time.perf_counter()
            await connection.ask(asked)
            took.append(time.perf_counter() - sent)
    finally:
        connection.close()
    return took[warm_up:]
