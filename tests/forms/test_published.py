"""The JSON that the browser gets is a public shape: the samples in tests/conformance are kept true by these tests.

After a deliberate change, write them anew with `JICENG_WRITE_SAMPLES=1 pytest tests/forms`.
"""

from __future__ import annotations

import json
import os

import pytest

from forms.compiled import compile_form
from forms.definition import FormDefinition
from tests.forms.samples import CODES, CONFORMANCE, form


@pytest.mark.parametrize("code", CODES)
def test_the_sample_is_what_the_server_sends(code: str) -> None:
    sample = CONFORMANCE / f"{code}.json"
    published = json.dumps(form(code).json, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("JICENG_WRITE_SAMPLES"):
        sample.write_text(published, "utf-8")
    assert sample.read_text("utf-8") == published


@pytest.mark.parametrize("code", CODES)
def test_a_definition_survives_being_stored_as_json(code: str) -> None:
    stored = json.loads(json.dumps(form(code).definition.model_dump(mode="json")))
    again = FormDefinition.model_validate(stored)
    assert again == form(code).definition
    assert compile_form(again).json == form(code).json
