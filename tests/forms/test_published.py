"""The JSON that the browser gets is a public shape: the samples in tests/conformance are kept true by these tests.

After a deliberate change, write them anew with `JICENG_WRITE_SAMPLES=1 pytest tests/forms/test_published.py`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from forms.loading import shipped

SAMPLES = Path(__file__).parent.parent / "conformance"


@pytest.mark.parametrize("code", ["f1", "f2", "f3"])
def test_the_sample_is_what_the_server_sends(code: str) -> None:
    sample = SAMPLES / f"{code}.json"
    published = json.dumps(shipped(code).json, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("JICENG_WRITE_SAMPLES"):
        sample.write_text(published, "utf-8")
    assert sample.read_text("utf-8") == published
