"""House rules that a program can hold: read from the source, so that they hold for code not written yet."""

from __future__ import annotations

import ast
import importlib
import platform as standard_platform
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflow.lifecycle import Lifecycle

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "platform"
PACKAGES = ("kit", "tenancy", "workflow", "forms", "reporting", "plans", "demo", "web", "jobs", "cli")

#: Who may act as the whole county inside somebody's transaction, and why.
COUNTY_SCOPE_CALLERS = {
    "reporting/fold.py",  # a total is right only if it sees every child
    "reporting/comparing/refold.py",  # so does a total by today's tree
    "plans/urgent/service.py",  # what can't wait goes out by the channels of superiors, which a village may not read
    "kit/jobs/runner.py",  # a worker takes a job for whoever asked
    "kit/jobs/leases.py",
    "kit/db/session.py",  # where it is defined
}

#: Packages whose SELECTs live in queries modules. Machinery below them keeps its own beside its statements.
WITH_QUERIES = ("tenancy", "workflow", "forms", "reporting", "plans")


def modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for package in packages or PACKAGES:
        for path in sorted((SOURCE / package).rglob("*.py")):
            yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8"))


def called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            target = node.func
            yield target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def test_platform_is_the_standard_library() -> None:
    assert not (SOURCE / "__init__.py").exists()
    assert standard_platform.python_version()


def test_services_never_commit() -> None:
    offenders = [
        name
        for name, tree in modules("tenancy", "workflow", "forms", "reporting")
        if {"commit", "rollback"} & set(called(tree))
    ]
    assert offenders == []


def test_every_select_lives_in_queries() -> None:
    offenders = [
        name
        for name, tree in modules(*WITH_QUERIES)
        if "select" in set(called(tree)) and "queries" not in Path(name).name and name not in SUBQUERIES
    ]
    assert offenders == []


#: Modules whose only `select` is the WHERE of a write.
SUBQUERIES = {"reporting/cycles.py"}


def test_the_county_scope_has_few_callers() -> None:
    callers = {name for name, tree in modules() if "county_scope" in set(called(tree))}
    assert callers <= COUNTY_SCOPE_CALLERS


def test_nothing_but_settings_reads_the_environment() -> None:
    allowed = {"kit/settings.py"}
    offenders = []
    for name, tree in modules("kit", "tenancy", "workflow", "forms", "reporting", "plans", "web", "jobs"):
        if name in allowed or name.startswith("kit/embedded/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                offenders.append(name)
    assert offenders == []


def test_no_handler_swallows_everything() -> None:
    offenders = []
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
                broad = node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"}
                if broad:
                    offenders.append(f"{name}:{node.lineno}")
    assert offenders == []


def _audited_actions() -> set[str]:
    """What can stand in the audit trail: the acts of every lifecycle, and those that are named where they are done."""
    found: set[str] = set()
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "audited":
                found |= {str(one.value) for one in node.args[1:2] if isinstance(one, ast.Constant)}
        if "Lifecycle" in set(called(tree)):
            module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
            made = [one for one in vars(module).values() if isinstance(one, Lifecycle)]
            found |= {f"{one.kind}.{transition.action}" for one in made for transition in one.transitions}
    return found


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_audit_trail_has_words_for_every_act(locale: str) -> None:
    words = (ROOT / "frontend/src/i18n" / locale / "audit.ts").read_text("utf-8")
    keys = {action.replace(".", "_") for action in _audited_actions()}
    assert len(keys) > 100
    assert {key for key in keys if f"      {key}: " not in words} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_files_stay_readable(package: str) -> None:
    """Split by noun before a file grows past what a reader holds."""
    long = {
        path.relative_to(SOURCE).as_posix(): lines
        for path in (SOURCE / package).rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 450
    }
    assert long == {}


def test_the_repository_names_no_machine() -> None:
    """No secrets, no machine paths, no registry hosts: in what git keeps, as far as a pattern can tell."""
    pattern = re.compile(r"(/root/|/work/|registry\.npmjs|pypi\.org|files\.pythonhosted|BEGIN [A-Z ]*PRIVATE KEY)")
    offenders = []
    for folder in ("platform", "tests", "deploy", "docs", "frontend/src", ".ci"):
        for path in (ROOT / folder).rglob("*"):
            if not path.is_file() or "__pycache__" in path.parts or "static" in path.parts or path == Path(__file__):
                continue
            written = path.suffix in {".py", ".ts", ".vue", ".md", ".yaml", ".yml", ".sh", ".sql", ".conf", ".toml", ""}
            if written and pattern.search(path.read_text("utf-8", errors="ignore")):
                offenders.append(path.relative_to(ROOT).as_posix())
    assert offenders == []
