"""A statement as a Word document, set as official papers are: A4, centred title, body in 仿宋 of size 三号."""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from reporting.comparing.wording import Section

MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TITLE, _HEADING, _BODY = ("方正小标宋简体", 22), ("黑体", 16), ("仿宋", 16)
_LINE = Pt(28)


def make_document(*, title: str, sections: Sequence[Section], unit: str, dated: str) -> bytes:
    """The document's bytes. Text comes as it is: no markup is read in it."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Cm(3.7), Cm(3.5), Cm(2.8), Cm(2.6)
    document.core_properties.title = title
    document.core_properties.author = unit
    _write(document.add_paragraph(), title, _TITLE, align=WD_ALIGN_PARAGRAPH.CENTER)
    document.add_paragraph()
    for section in sections:
        if section.heading:
            _write(document.add_paragraph(), section.heading, _HEADING, indent=True)
        for line in section.text.splitlines():
            if line.strip():
                _write(document.add_paragraph(), line.strip(), _BODY, indent=True)
    document.add_paragraph()
    for line in (unit, dated):
        _write(document.add_paragraph(), line, _BODY, align=WD_ALIGN_PARAGRAPH.RIGHT)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _write(
    paragraph: Paragraph,
    text: str,
    font: tuple[str, int],
    *,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
) -> None:
    name, size = font
    run = paragraph.add_run(text)
    run.font.name, run.font.size = name, Pt(size)
    # Word takes the font of Chinese characters from an attribute of its own.
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
    shape = paragraph.paragraph_format
    shape.alignment = align
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    shape.space_before = shape.space_after = Pt(0)
    if indent:
        shape.first_line_indent = Pt(size * 2)
