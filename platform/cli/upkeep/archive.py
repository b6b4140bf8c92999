"""The backup's file: a gzipped tar of `COPY` texts and stored files, with a manifest that has a checksum for each.

    manifest.json            what is in it, made by which release, on which schema
    COUNTY/tables/NAME.copy  the county's rows of one table
    COUNTY/files/ID          what was uploaded or exported

It holds no data key and no passwords of servers.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import click

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive."""

    name: str
    size: int
    sha256: str


@dataclass(slots=True)
class ArchivedCounty:
    """A county in the archive. `tables` names each table's columns, in the order of its rows."""

    id: str
    code: str
    name: str
    tables: dict[str, list[str]] = field(default_factory=dict)
    files: int = 0


@dataclass(slots=True)
class Manifest:
    """What an archive says of itself. `key_mark` tells one data key from another and nothing of it."""

    version: str
    revision: str
    made_at: str
    key_mark: str
    counties: list[ArchivedCounty] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    format: int = FORMAT

    def county(self, code: str) -> ArchivedCounty:
        for county in self.counties:
            if county.code == code:
                return county
        raise click.ClickException(f"the archive has no county with the code {code}")


class Packer:
    """Adds files to an archive and remembers their checksums."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar = tar
        self._manifest = manifest

    def add(self, path: Path, name: str) -> None:
        self._tar.add(path, arcname=name, recursive=False, filter=_plain)
        self._manifest.members.append(Member(name, path.stat().st_size, digest_of(path)))


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


@contextmanager
def packing(target: Path, manifest: Manifest, scratch: Path) -> Iterator[Packer]:
    """Write an archive beside its name and put it there when it is whole."""
    unfinished = target.with_name(target.name + ".part")
    try:
        with tarfile.open(unfinished, "w:gz", compresslevel=4) as tar:
            yield Packer(tar, manifest)
            written = scratch / MANIFEST
            written.write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
            tar.add(written, arcname=MANIFEST, recursive=False, filter=_plain)
        unfinished.chmod(0o600)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def unpack(source: Path, into: Path) -> Manifest:
    """Extract an archive and verify every checksum. Raises ClickException for anything that is not whole."""
    try:
        with tarfile.open(source, "r:gz") as tar:
            tar.extractall(into, filter="data")
        told: dict[str, Any] = json.loads((into / MANIFEST).read_text())
    except (OSError, EOFError, tarfile.TarError, ValueError) as problem:
        raise click.ClickException(f"{source} is not a whole backup: {problem}") from problem
    if told.get("format") != FORMAT:
        raise click.ClickException(f"{source} has the format {told.get('format')}; this release reads {FORMAT}")
    counties = [ArchivedCounty(**county) for county in told.pop("counties")]
    members = [Member(**member) for member in told.pop("members")]
    manifest = Manifest(**told, counties=counties, members=members)
    for member in members:
        path = into / PurePosixPath(member.name)
        if not path.is_file() or path.stat().st_size != member.size or digest_of(path) != member.sha256:
            raise click.ClickException(f"{source} is damaged: {member.name} is not what was put in")
    return manifest


def digest_of(path: Path) -> str:
    """A file's SHA-256."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
