"""Pictures as a canvas makes them."""

from __future__ import annotations

import base64
import struct
import zlib


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int = 40, height: int = 20, *, empty: bool = False, more: bytes = b"", lines: int | None = None
) -> bytes:
    """A PNG with a slanted stroke, or none."""
    rows = [bytearray(width * 4) for _ in range(height)]
    if not empty:
        for at, row in enumerate(rows):
            row[(at % width) * 4 + 3] = 255
    packed = zlib.compress(b"".join(b"\0" + row for row in rows[: height if lines is None else lines]))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def encoded(picture: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(picture).decode()


SIGNED = encoded(png())
