"""A kept file as an answer."""

from __future__ import annotations

from pathlib import Path

from litestar.response import File

from kit import files
from kit.files import HasFile
from workflow.attachments import media

#: Nothing that a file contains may run or load anything. A PDF is shown by the browser's own viewer, which a sandboxed
#: page does not get.
_QUIET = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


def served(files_dir: Path, found: HasFile, *, name: str, media_type: str) -> File:
    """A photo or PDF to be shown, anything else to be kept; for nobody's cache."""
    sandboxed = media_type != media.PDF.type
    return File(
        path=files.path_of(files_dir, found),
        filename=name,
        media_type=media_type,
        content_disposition_type="inline" if media_type in media.INLINE else "attachment",
        headers={
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": f"{_QUIET}; sandbox" if sandboxed else _QUIET,
        },
    )
