"""The forms that tests use: those shipped, and `fx`, which has one of everything."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from forms.compiled import CompiledForm
from forms.loading import load_form, shipped

CONFORMANCE = Path(__file__).parent.parent / "conformance"
CODES = ("f1", "f2", "f3", "fx")


@cache
def form(code: str) -> CompiledForm:
    return load_form(CONFORMANCE / "fx.yaml") if code == "fx" else shipped(code)
