"""What a file is, by its content: its name and what the browser says of it are not believed."""

from __future__ import annotations

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from workflow.attachments.errors import ArchiveRefused, FileKindRefused, HeicRefused, MacrosRefused

_OFFICE = "application/vnd.openxmlformats-officedocument"
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")
#: Control characters that no text file has.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CHUNK = 1 << 20
_NAME_BYTES = 200


@dataclass(frozen=True, slots=True)
class Media:
    """A kind of file: its type, the extensions that fit (the first where none does), whether a browser may show it."""

    type: str
    extensions: tuple[str, ...]
    inline: bool = False


JPEG = Media("image/jpeg", (".jpg", ".jpeg"), inline=True)
PNG = Media("image/png", (".png",), inline=True)
WEBP = Media("image/webp", (".webp",), inline=True)
PDF = Media("application/pdf", (".pdf",), inline=True)
TEXT = Media("text/plain", (".txt",))
DOCX = Media(f"{_OFFICE}.wordprocessingml.document", (".docx",))
XLSX = Media(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",))
PPTX = Media(f"{_OFFICE}.presentationml.presentation", (".pptx",))
DOC = Media("application/msword", (".doc",))
XLS = Media("application/vnd.ms-excel", (".xls",))
#: Streams that tell the old formats apart, as their directories name them.
_OLD = (("WordDocument".encode("utf-16-le"), DOC), ("Workbook".encode("utf-16-le"), XLS))
INLINE = {media.type for media in (JPEG, PNG, WEBP, PDF)}


def media_of(path: Path) -> Media:
    """The kind of a file. Raises FileKindRefused and its kin."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise HeicRefused
    if b"%PDF-" in head:
        return PDF
    if head.startswith(b"PK"):
        return _zipped(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _old_office(path)
    if head.startswith(_ARCHIVES):
        raise ArchiveRefused
    if _is_text(path):
        return TEXT
    raise FileKindRefused


def _zipped(path: Path) -> Media:
    """A document of Office, or an archive. Nothing in it is unpacked."""
    try:
        with zipfile.ZipFile(path) as book:
            names = set(book.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise FileKindRefused from None
    if "[Content_Types].xml" not in names:
        raise ArchiveRefused
    if any(name.rsplit("/", 1)[-1].lower() == "vbaproject.bin" for name in names):
        raise MacrosRefused
    for part, media in (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("ppt/presentation.xml", PPTX)):
        if part in names:
            return media
    raise FileKindRefused


def _old_office(path: Path) -> Media:
    before = b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            for mark, media in _OLD:
                if mark in before + chunk:
                    return media
            before = chunk[-64:]
    raise FileKindRefused


def _is_text(path: Path) -> bool:
    return any(_decodes(path, encoding) for encoding in ("utf-8-sig", "gb18030"))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                if _NOT_TEXT.search(decoder.decode(chunk)):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def kept_name(name: str, media: Media) -> str:
    """A file's name as it is kept: its last part, no control characters, with an extension that fits its content."""
    plain = re.sub(
        r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "", re.split(r"[/\\]", name)[-1]
    ).strip()
    stem, dot, extension = plain.rpartition(".")
    if dot and f".{extension.lower()}" in media.extensions:
        ending = f".{extension}"
    else:
        stem, ending = plain, media.extensions[0]
    stem = stem.encode()[:_NAME_BYTES].decode(errors="ignore").strip(" .")
    return f"{stem or '附件'}{ending}"
