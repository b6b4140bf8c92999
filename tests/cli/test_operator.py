"""The operator's commands: counties, forms, codes. Run as a program is run, on the servers of the tests."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import select

from cli import serve
from forms.queries import list_forms
from kit import clock
from kit.db.session import REFERENCE_ONLY, Database, Identity
from kit.embedded import EmbeddedError
from kit.models import AuditEntry, County
from kit.settings import Settings
from tenancy import queries
from tests.cli.commands import jiceng
from web.app import create_app

UNITS = """tier,code,name,short_name,parent_code
county,X,测试县,测试县,
township,X01,东镇,东镇,X
township,X02,西镇,西镇,
village,X0101,东一村,东一,X01
"""


@pytest.fixture(autouse=True)
def _environment(settings: Settings) -> None:
    """The commands read the environment, which the servers' fixture has set."""


def new_code() -> str:
    return f"X{secrets.token_hex(4)}"


def units_file(folder: Path, county_code: str, text: str = UNITS) -> Path:
    path = folder / "units.csv"
    path.write_text(text.replace(",X\n", f",{county_code}\n").replace("county,X,", f"county,{county_code},"), "utf-8")
    return path


def made_county(folder: Path) -> tuple[str, dict[str, str]]:
    """A county with three units below it: its code and the administrators' one-time codes."""
    code = new_code()
    # The county's own code is no parent in the file's other lines: they name it or nothing.
    path = units_file(folder, code, UNITS.replace("东镇,X\n", "东镇,\n"))
    done = jiceng("county", "create", "--code", code, "--name", "测试县", "--units", path, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["units"] == 3
    codes: dict[str, str] = said["codes"]
    return code, codes


async def county_row(database: Database, code: str) -> County:
    async with database.transaction(REFERENCE_ONLY) as session:
        found = await queries.find_county(session, code)
    assert found is not None
    return found


class TestCounty:
    @pytest.mark.anyio
    async def test_units_and_codes(self, database: Database, tmp_path: Path, settings: Settings) -> None:
        code, codes = made_county(tmp_path)
        assert set(codes) == {"system", "security", "audit"} and len(set(codes.values())) == 3
        county = await county_row(database, code)
        async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
            tree = await queries.load_tree(session, county_id=county.id, day=clock.today())
        parents = {n.code: n.parent_id and tree.nodes[n.parent_id].code for n in tree.nodes.values()}
        assert parents == {code: None, "X01": code, "X02": code, "X0101": "X01"}
        async with AsyncTestClient(create_app(settings)) as client:
            answer = await client.post(
                "/api/auth/redeem",
                json={"county_code": code, "code": codes["audit"], "new_password": "Own-pass-2026"},
            )
        assert answer.json() == {"sign_name": "auditor"}

    def test_for_people(self, tmp_path: Path) -> None:
        done = jiceng("county", "create", "--code", new_code(), "--name", "测试县", "--since", "2025-01-01")
        assert done.exit_code == 0
        assert [line.split()[0] for line in done.output.splitlines()[2:]] == ["sysadmin", "secadmin", "auditor"]

    def test_twice_is_refused(self, tmp_path: Path) -> None:
        code, _ = made_county(tmp_path)
        again = jiceng("county", "create", "--code", code, "--name", "测试县")
        assert again.exit_code == 1 and code in again.output

    @pytest.mark.anyio
    async def test_a_faulty_line_makes_nothing(self, database: Database, tmp_path: Path) -> None:
        code = new_code()
        path = units_file(tmp_path, code, UNITS + "hamlet,X9,某组,某组,X01\n")
        done = jiceng("county", "create", "--code", code, "--name", "测试县", "--units", path)
        assert done.exit_code == 1 and "hamlet" in done.output
        async with database.transaction(REFERENCE_ONLY) as session:
            assert await queries.find_county(session, code) is None

    def test_lines_that_do_not_fit_together_still_tell_the_codes(self, tmp_path: Path) -> None:
        code = new_code()
        path = units_file(tmp_path, code, UNITS + "village,X9,某村,某村,NOWHERE\n")
        done = jiceng("county", "create", "--code", code, "--name", "测试县", "--units", path)
        assert done.exit_code == 1 and "NOWHERE" in done.output and "sysadmin" in done.output


class TestForm:
    @pytest.mark.anyio
    async def test_shipped_forms_and_files(self, database: Database, tmp_path: Path) -> None:
        code, _ = made_county(tmp_path)
        for source in ("f1", "f2", "f3"):
            done = jiceng("form", "load", source, "--county", code, "--from", "2026-01-01", "--publish")
            assert done.exit_code == 0 and "published" in done.output, done.output
        own = Path("tests/conformance/fx.yaml")
        assert "a draft" in jiceng("form", "load", own, "--county", code, "--from", "2026-01-01").output
        county = await county_row(database, code)
        async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
            found = {form.code: version for form, version in await list_forms(session, county_id=county.id)}
        assert {c: v.published_at is not None for c, v in found.items()} == {
            "f1": True, "f2": True, "f3": True, "fx": False,
        }  # fmt: skip
        assert found["f1"].applies_from == date(2026, 1, 1)

    def test_refusals(self, tmp_path: Path) -> None:
        code, _ = made_county(tmp_path)
        wrong = tmp_path / "wrong.yaml"
        wrong.write_text("code: x\n", "utf-8")
        for arguments, told in (
            (("nowhere", "--county", code), "none of f1, f2, f3"),
            ((wrong, "--county", code), "faults"),
            (("f1", "--county", "no-such"), "no county"),
        ):
            done = jiceng("form", "load", *arguments, "--from", "2026-01-01")
            assert done.exit_code == 1 and told in done.output, done.output


class TestUser:
    @pytest.mark.anyio
    async def test_reset_code_works_once_and_is_on_the_record(
        self, database: Database, tmp_path: Path, settings: Settings
    ) -> None:
        code, _ = made_county(tmp_path)
        done = jiceng("user", "reset-code", "--county", code, "sysadmin")
        assert done.exit_code == 0
        async with AsyncTestClient(create_app(settings)) as client:
            body = {"county_code": code, "code": done.output.split()[0], "new_password": "Own-pass-2026"}
            assert (await client.post("/api/auth/redeem", json=body)).status_code == 200
            assert (await client.post("/api/auth/redeem", json=body)).status_code == 422
        county = await county_row(database, code)
        async with database.transaction(Identity.of_unit(county.id, county.unit_id)) as session:
            actions = (await session.scalars(select(AuditEntry.action))).all()
        assert "account.issue_code" in actions

    def test_nobody_of_that_name(self, tmp_path: Path) -> None:
        code, _ = made_county(tmp_path)
        done = jiceng("user", "reset-code", "--county", code, "nobody")
        assert done.exit_code == 1 and "nobody" in done.output


def test_a_role_that_may_see_everything_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.county.settings", lambda: replace(settings, database_url=settings.migration_url or ""))
    done = jiceng("county", "create", "--code", new_code(), "--name", "测试县")
    assert done.exit_code == 1 and "owns" in done.output


def test_serve_keeps_to_the_directory_that_is_named_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Path] = []

    class Cluster:
        def __init__(self, data: Path) -> None:
            kept.append(data)
            raise EmbeddedError("enough")

    monkeypatch.setattr(serve, "Cluster", Cluster)
    for before, after, directory in ((True, False, "a"), (False, True, "b")):
        (tmp_path / directory).mkdir()
        named = ["--data", str(tmp_path / directory)]
        jiceng(*(named if before else ()), "serve", "--port", "0", *(named if after else ()))
    assert kept == [tmp_path / "a", tmp_path / "b"]
