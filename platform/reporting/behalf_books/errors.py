"""Refusals of 代报 in one workbook."""

from kit.errors import Conflict


class NobodyBelow(Conflict):
    code = "nobody_below"
    zh = "本期没有可以由本单位代报的下级单位。"
    en = "No unit below yours could be reported for in this period."


class UnitHandedIn(Conflict):
    code = "unit_handed_in"
    zh = "这个单位已经上报，这一行没有用上。要改数，请到它的报表里用“代改”。"
    en = "This unit has handed in; the line is not used. To change figures, mend its report."


class UnitExempt(Conflict):
    code = "unit_exempt"
    zh = "这个单位本期免报，这一行没有用上。"
    en = "This unit is exempt in this period; the line is not used."
