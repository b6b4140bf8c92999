"""Refusals of rules."""

from kit.errors import Invalid


class RulesImpossible(Invalid):
    code = "rules_impossible"
    zh = "催报规则有误：{problem}"
    en = "The rules are not valid: {problem}"
