"""Real ends for messages: an HTTP server that a robot's address names, and a mail server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Robot:
    """What was posted, and what is answered."""

    port: int = 0
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    status: str = "200 OK"
    answer: dict[str, Any] = field(default_factory=lambda: {"errcode": 0})
    headers: str = ""

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def robot() -> AsyncIterator[Robot]:
    made = Robot()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(x.split(":")[1]) for x in head.lower().splitlines() if x.startswith("content-length"))
        made.posts.append((head.split(" ")[1], json.loads(await reader.readexactly(length))))
        body = json.dumps(made.answer).encode()
        said = f"HTTP/1.1 {made.status}\r\n{made.headers}content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(said.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


@dataclass(slots=True)
class MailServer:
    """The letters that came: envelope and text."""

    port: int = 0
    letters: list[tuple[str, str, str]] = field(default_factory=list)


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    made = MailServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = recipient = ""
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode():
            verb = line[:4].upper()
            if verb == "MAIL":
                sender = line.split("<")[1].split(">")[0]
            elif verb == "RCPT":
                recipient = line.split("<")[1].split(">")[0]
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                text = (await reader.readuntil(b"\r\n.\r\n")).decode()
                made.letters.append((sender, recipient, text))
            writer.write(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")
            if verb == "QUIT":
                break
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
