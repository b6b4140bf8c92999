"""Typed text to stored text; the browser runs the same table."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms.fields import ValueRules
from forms.values import ValueFault, reader, stored_value
from tests.forms.samples import CONFORMANCE

CASES: list[dict[str, Any]] = json.loads((CONFORMANCE / "values.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rules']['type']} {case['typed']!a}")
def test_reading(case: dict[str, Any]) -> None:
    published = case["rules"]
    choices = [{"label": choice["label"]} for choice in published["choices"]]
    rules = ValueRules.model_validate({**published, "choices": choices})
    read = reader(rules)
    if "fault" in case:
        with pytest.raises(ValueFault) as caught:
            read(case["typed"])
        assert caught.value.code == case["fault"]
        return
    stored, value = read(case["typed"])
    assert stored == case["stored"]
    assert stored_value(rules, stored) == value
    assert read(stored) == (stored, value), "what is stored reads as itself"
