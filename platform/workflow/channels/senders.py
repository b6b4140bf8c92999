"""One message on its way: e-mail by SMTP, robots by their signed webhooks. Knows nothing of who or why."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

import httpx

from kit import clock
from kit.settings import Settings, settings
from workflow.channels.addresses import check_address
from workflow.channels.models import ChannelKind

SECONDS = 15.0


class NotDelivered(Exception):
    """The other side refused, or could not be reached; in words for whoever looks after the channel."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes."""

    kind: ChannelKind
    address: str
    secret: str | None


def dingtalk_sign(secret: str, milliseconds: int) -> str:
    """钉钉加签: HMAC-SHA256 of `timestamp\\nsecret` keyed by the secret, base64."""
    said = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()


def feishu_sign(secret: str, seconds: int) -> str:
    """飞书签名校验: HMAC-SHA256 of nothing keyed by `timestamp\\nsecret`, base64."""
    key = f"{seconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def robot_request(target: Target, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """The address and the body of a robot's message. A WeCom robot has no signature: its address is its key."""
    seconds = int(now.timestamp())
    match target.kind:
        case ChannelKind.DINGTALK:
            sign = quote(dingtalk_sign(target.secret or "", seconds * 1000), safe="")
            joint = "&" if "?" in target.address else "?"
            address = f"{target.address}{joint}timestamp={seconds * 1000}&sign={sign}"
            return address, {"msgtype": "text", "text": {"content": text}}
        case ChannelKind.FEISHU:
            sign = feishu_sign(target.secret or "", seconds)
            body = {"timestamp": str(seconds), "sign": sign, "msg_type": "text", "content": {"text": text}}
            return target.address, body
        case _:
            return target.address, {"msgtype": "text", "text": {"content": text}}


async def send(target: Target, subject: str, text: str) -> None:
    """Deliver one message. Raises NotDelivered."""
    used = settings()
    if target.kind is ChannelKind.EMAIL:
        await asyncio.to_thread(_mail, used, target.address, subject, text)
    else:
        check_address(target.kind, target.address, used.robot_hosts)
        await _robot(target, text)


async def _robot(target: Target, text: str) -> None:
    address, body = robot_request(target, text, clock.now())
    try:
        # No redirects, and no proxy from the environment: the message goes where it was allowed to, or nowhere.
        async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
            answer = await client.post(address, json=body)
        said = answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError) as problem:
        raise NotDelivered(f"没有送达：{type(problem).__name__}") from problem
    if said is None:
        raise NotDelivered(f"没有送达：对方回复 {answer.status_code}")
    code = said.get("errcode", said.get("code", said.get("StatusCode"))) if isinstance(said, dict) else None
    if code != 0:
        raise NotDelivered(f"对方拒收（代码 {str(code)[:20]}）：请核对网址和密钥")


def _mail(used: Settings, address: str, subject: str, text: str) -> None:
    if not used.smtp_host:
        raise NotDelivered("平台没有设置发信服务器")
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = used.smtp_from
    message["To"] = address
    message.set_content(text)
    secure = ssl.create_default_context()
    try:
        if used.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(used.smtp_host, used.smtp_port, timeout=SECONDS, context=secure)
        else:
            server = smtplib.SMTP(used.smtp_host, used.smtp_port, timeout=SECONDS)
        with server:
            if used.smtp_security == "starttls":
                server.starttls(context=secure)
            if used.smtp_user:
                server.login(used.smtp_user, used.smtp_password)
            server.send_message(message)
    except (smtplib.SMTPException, OSError) as problem:
        raise NotDelivered(f"邮件没有发出：{type(problem).__name__}") from problem
