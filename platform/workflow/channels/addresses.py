"""Where messages may go: the vendors' own addresses, and those the operator lists. Nothing else is ever called, so a
channel can't be turned against the installation's own network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from workflow.channels.errors import AddressRefused
from workflow.channels.models import ChannelKind

_EMAIL = re.compile(r"^[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.)+[A-Za-z]{2,24}$")


@dataclass(frozen=True, slots=True)
class Vendor:
    """Where a vendor's robots listen."""

    hosts: tuple[str, ...]
    path: str


VENDORS = {
    ChannelKind.WECOM: Vendor(("qyapi.weixin.qq.com",), "/cgi-bin/webhook/send"),
    ChannelKind.DINGTALK: Vendor(("oapi.dingtalk.com",), "/robot/send"),
    ChannelKind.FEISHU: Vendor(("open.feishu.cn", "open.larksuite.com"), "/open-apis/bot/v2/hook/"),
}


def check_address(kind: ChannelKind, address: str, listed: Sequence[str]) -> None:
    """Raises AddressRefused unless a message of this kind may go there. `listed` are hosts, with a port if it isn't the
    scheme's own."""
    if kind is ChannelKind.EMAIL:
        if not _EMAIL.match(address):
            raise AddressRefused(problem="不是电子邮箱地址")
        return
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressRefused(problem="网址写法不对") from None
    odd = any(ord(char) <= 32 or ord(char) > 126 or char == "\\" for char in address)
    if odd or not host or "@" in parts.netloc or parts.fragment or parts.scheme not in ("https", "http"):
        raise AddressRefused(problem="请粘贴机器人的完整网址（https 开头）")
    vendor = VENDORS[kind]
    if not parts.path.startswith(vendor.path):
        raise AddressRefused(problem="不是这种机器人的网址")
    named = host if port is None else f"{host}:{port}"
    if named in listed:
        return
    if host not in vendor.hosts or port not in (None, 443) or parts.scheme != "https":
        raise AddressRefused(problem=f"只能用 {'、'.join(vendor.hosts)} 或平台运维人员许可的地址")


def shown_address(kind: ChannelKind, address: str) -> str:
    """An address as lists show it: enough to tell it apart, not enough to use it."""
    if kind is ChannelKind.EMAIL:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
    return f"{urlsplit(address).hostname} …{address[-4:]}"
