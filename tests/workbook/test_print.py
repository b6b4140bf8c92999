"""The official sheet as it comes out of a printer, by way of LibreOffice."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from forms.definition import MoneyUnit
from forms.loading import shipped
from reporting.workbook.lines import Line, LineKind, SheetFacts
from reporting.workbook.sheet import official_sheet

TOOLS = ("soffice", "pdftotext", "pdfinfo")
LONG_NAME = "某省某市某区某街道办事处某路某社区居民委员会第二居民小组甲乙丙丁戊"

pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason="needs libreoffice-calc and poppler-utils"
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The text of each printed page of F1 for 120 villages."""
    folder = tmp_path_factory.mktemp("print")
    form = shipped("f1").definition
    numeric = [field.code for field in form.fields if field.numeric]
    names = ["莫𡐓村", LONG_NAME, *(f"第{n}村" for n in range(118))]
    lines = [Line("合计", dict.fromkeys(numeric, "123456"), LineKind.TOTAL)]
    lines += [Line(name, None if n == 5 else dict.fromkeys(numeric, str(n))) for n, name in enumerate(names)]
    facts = SheetFacts("某区退役军人事务局", "2026年11月", MoneyUnit.WAN_YUAN, "已审", [("制表人", "张三")])
    official_sheet(form, folder / "f1.xlsx", facts=facts, lines=lines)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(folder / "f1.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    info = run("pdfinfo", str(folder / "f1.pdf"))
    assert "841.89 x 595" in info, "A4 landscape"
    count = int(info.split("Pages:")[1].split()[0])
    return [
        run("pdftotext", "-layout", "-f", str(page), "-l", str(page), str(folder / "f1.pdf"), "-")
        for page in range(1, count + 1)
    ]


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_title_and_facts_are_on_the_first_page_only(pages: list[str]) -> None:
    for fact in [
        "退役军人服务站月度工作情况表（已审）",
        "表号：基退1表",
        "有效期至：2027年12月31日",
        "报告期：2026年11月",
    ]:
        assert fact in squeezed(pages[0])
        assert not any(fact in squeezed(page) for page in pages[1:])


def test_one_page_wide_and_several_long_with_headings_repeated(pages: list[str]) -> None:
    assert 2 <= len(pages) <= 5
    for page in pages:
        assert "单位名称" in page
        assert {"来访接待", "思政文化"} <= set(
            squeezed(page).replace("思政", " 思政").split()
        ) or "来访接待" in squeezed(page)
        assert "思政文化" in squeezed(page)


def test_pages_are_numbered(pages: list[str]) -> None:
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共{len(pages)}页" in squeezed(page)


def test_every_unit_is_printed_rare_and_long_names_too(pages: list[str]) -> None:
    everything = squeezed("".join(pages))
    assert "莫𡐓村" in everything
    assert "第117村" in everything
    for part in (LONG_NAME[:6], LONG_NAME[-3:]):
        assert part in everything


def test_figures_in_ten_thousands_and_the_missing_unit(pages: list[str]) -> None:
    assert "12.35" in pages[0]
    assert "123,456" in pages[0]
    assert "未报" in pages[0]


def test_the_signature_line_is_on_the_last_page(pages: list[str]) -> None:
    assert "制表人：张三" in squeezed(pages[-1])
