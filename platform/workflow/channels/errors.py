"""Refusals of channels."""

from kit.errors import Conflict, Invalid


class AddressRefused(Invalid):
    code = "address_refused"
    zh = "这个地址不能用：{problem}"
    en = "This address can't be used: {problem}"


class SecretMissing(Invalid):
    code = "secret_missing"
    zh = "请填写机器人的加签密钥；不加签的机器人不能用。"
    en = "Give the robot's signing secret; an unsigned robot can't be used."


class MailNotSet(Conflict):
    code = "mail_not_set"
    zh = "这套平台还没有设置发信服务器，请联系平台运维人员。"
    en = "No mail server is set up for this installation. Ask its operator."
