"""What an uploaded workbook is made of, found out before anything reads it.

A reader allocates the rectangle round all cells, and unpacks whatever it is given. So the parts are unpacked here
first, piece by piece, and counted: their real sizes, their rows, columns and cells. What passes is known to fit.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.parsers import expat

from reporting.workbook.errors import FileRefused

MAX_BYTES = 10 * 1024 * 1024
#: What a workbook may unpack to: a zip bomb is far beyond, a register of a county far below.
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ENTRIES = 2_000
MAX_ROWS = 20_000
MAX_COLUMNS = 500
#: Cells with something in them or a style of their own, over all sheets.
MAX_CELLS = 2_000_000

_ZIP = b"PK\x03\x04"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_CHUNK = 1 << 18


@dataclass(slots=True)
class SheetShape:
    """A worksheet's extent, which of its cells hold formulas, and its merged ranges. Rows and columns count from 0."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Inspection:
    """`shapes` maps sheet names to what was found; empty for the old binary format, which says less."""

    shapes: dict[str, SheetShape]


def inspect(content: bytes, name: str) -> Inspection:
    """Look a workbook over. Raises FileRefused in words that say what to do."""
    lower = name.lower()
    if len(content) > MAX_BYTES:
        raise FileRefused("too_large")
    if lower.endswith((".et", ".ett")):
        raise FileRefused("et")
    if lower.endswith((".xlsm", ".xltm", ".xlam")):
        raise FileRefused("macros")
    if not lower.endswith((".xlsx", ".xls")):
        raise FileRefused("kinds")
    if content.startswith(_ZIP):
        return _zipped(content)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content or lower.endswith(".xlsx"):
            raise FileRefused("locked")
        if "_VBA_PROJECT".encode("utf-16-le") in content:
            raise FileRefused("macros")
        return Inspection({})
    raise FileRefused("broken")


def _zipped(content: bytes) -> Inspection:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _parts(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise FileRefused("broken") from error
    except RuntimeError as error:  # an entry under a password
        raise FileRefused("locked") from error


def _parts(archive: zipfile.ZipFile) -> Inspection:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or len(set(names)) < len(names):
        raise FileRefused("broken")
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise FileRefused("macros")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise FileRefused("unpacked")
    left = MAX_UNPACKED
    shapes: dict[str, SheetShape] = {}
    book = _Book()
    for entry in entries:
        part = _Part(entry.filename, book)
        for chunk in _unpacked(archive, entry):
            left -= len(chunk)
            if left < 0:
                raise FileRefused("unpacked")
            part.feed(chunk)
        shape = part.finish()
        if shape is not None:
            shapes[entry.filename] = shape
    if sum(shape.cells for shape in shapes.values()) > MAX_CELLS:
        raise FileRefused("too_many_rows", rows=MAX_ROWS, columns=MAX_COLUMNS)
    return Inspection(book.named(shapes))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry's real bytes; what it declares proves nothing."""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


@dataclass(slots=True)
class _Book:
    """The workbook's list of sheets and where it says that they are."""

    sheets: list[tuple[str, str]] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)

    def named(self, shapes: dict[str, SheetShape]) -> dict[str, SheetShape]:
        found = {}
        for name, relation in self.sheets:
            target = self.targets.get(relation, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            shape = shapes.get(path)
            if shape is None:
                raise FileRefused("broken")
            found[name] = shape
        return found


class _Part:
    """One entry of the archive. XML is walked through without building it up; other parts are only counted."""

    def __init__(self, name: str, book: _Book) -> None:
        self._name = name
        self._book = book
        self._shape: SheetShape | None = None
        self._row = self._column = -1
        self._parser: Any = None
        if name.lower().endswith((".xml", ".rels")):
            self._parser = expat.ParserCreate()
            self._parser.StartElementHandler = self._start
            self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes) -> None:
        if self._parser is not None:
            self._parse(chunk, last=False)

    def finish(self) -> SheetShape | None:
        if self._parser is not None:
            self._parse(b"", last=True)
        return self._shape

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except (expat.ExpatError, UnicodeError, KeyError) as error:
            raise FileRefused("broken") from error

    @staticmethod
    def _doctype(*_: object) -> None:
        raise FileRefused("broken")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if self._shape is not None:
            self._in_sheet(local, attributes)
        elif local == "worksheet":
            self._shape = SheetShape()
        elif self._name == "xl/workbook.xml" and local == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self._book.sheets.append((attributes.get("name", ""), relation))
        elif self._name == "xl/_rels/workbook.xml.rels" and local == "Relationship":
            self._book.targets[attributes["Id"]] = attributes["Target"]
        elif self._name == "[Content_Types].xml" and "macroEnabled" in attributes.get("ContentType", ""):
            raise FileRefused("macros")

    def _in_sheet(self, tag: str, attributes: dict[str, str]) -> None:
        shape = self._shape
        assert shape is not None
        if tag == "c":
            self._cell(shape, attributes.get("r"))
        elif tag == "f":
            shape.formulas.add((self._row, self._column))
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 9 else self._row + 1
            self._column = -1
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (top, left), (bottom, right) = _place(first), _place(last or first)
            shape.merged.append((top, left, bottom, right))

    def _cell(self, shape: SheetShape, reference: str | None) -> None:
        if reference is None:
            self._column += 1
        else:
            self._row, self._column = _place(reference)
        shape.cells += 1
        shape.rows = max(shape.rows, self._row + 1)
        shape.columns = max(shape.columns, self._column + 1)
        if shape.rows > MAX_ROWS or shape.columns > MAX_COLUMNS or shape.cells > MAX_CELLS:
            raise FileRefused("too_many_rows", rows=MAX_ROWS, columns=MAX_COLUMNS)


def _place(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise FileRefused("broken")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1
