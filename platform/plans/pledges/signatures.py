"""Whether a picture is a signature as the page draws one: a small, whole PNG with something on it."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib

from plans.pledges.errors import SignatureImpossible
from plans.pledges.models import MOST_BYTES

_MAGIC = b"\x89PNG\r\n\x1a\n"
#: Pixels a side, at most.
_WIDEST, _HIGHEST = 1600, 800
#: Colour type → samples a pixel: grey, RGB, grey with alpha, RGBA.
_SAMPLES = {0: 1, 2: 3, 4: 2, 6: 4}
#: Chunks that change nothing of what is seen; text and everything else is refused.
_PLAIN = {b"IHDR", b"IDAT", b"IEND", b"pHYs", b"sRGB", b"gAMA", b"sBIT"}


def read_signature(given: str) -> bytes:
    """The PNG in a base64 text (with or without `data:image/png;base64,`). Raises SignatureImpossible."""
    try:
        raw = base64.b64decode(given.removeprefix("data:image/png;base64,"), validate=True)
        if not len(_MAGIC) < len(raw) <= MOST_BYTES or not raw.startswith(_MAGIC):
            raise SignatureImpossible
        _check(raw)
    except (binascii.Error, ValueError, struct.error, zlib.error):
        raise SignatureImpossible from None
    return raw


def _check(raw: bytes) -> None:
    """Every chunk whole, nothing after the last, as many pixels as the head says, and not all of them alike."""
    at, head, packed = len(_MAGIC), b"", bytearray()
    kind = b""
    while at < len(raw):
        size, kind = struct.unpack_from(">I4s", raw, at)
        body = raw[at + 8 : at + 8 + size]
        (crc,) = struct.unpack_from(">I", raw, at + 8 + size)
        if kind not in _PLAIN or zlib.crc32(kind + body) != crc or (head == b"") != (kind == b"IHDR"):
            raise SignatureImpossible
        if kind == b"IHDR":
            head = body
        elif kind == b"IDAT":
            packed += body
        at += 12 + size
        if kind == b"IEND":
            break
    if kind != b"IEND" or at != len(raw):
        raise SignatureImpossible
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if not (0 < width <= _WIDEST and 0 < height <= _HIGHEST) or depth != 8 or interlaced or colour not in _SAMPLES:
        raise SignatureImpossible
    line = 1 + width * _SAMPLES[colour]
    pixels = zlib.decompressobj().decompress(bytes(packed), line * height + 1)
    if len(pixels) != line * height:
        raise SignatureImpossible
    # Each line begins with its filter; an empty picture has nothing but zeros, or one repeated line, behind it.
    if len({pixels[start + 1 : start + line] for start in range(0, len(pixels), line)}) < 3:
        raise SignatureImpossible
