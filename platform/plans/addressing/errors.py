"""Refusals of addressing."""

from kit.errors import Conflict, Invalid


class NobodyAddressed(Invalid):
    code = "nobody_addressed"
    zh = "所选范围内没有下级单位，请重新选择承办单位。"
    en = "Nobody below you is meant by this choice. Choose again."


class GroupNameTaken(Conflict):
    code = "group_name_taken"
    zh = "已有同名分组“{name}”。"
    en = "There is a group named “{name}” already."
