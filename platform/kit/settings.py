"""Settings, read once from the environment. Nothing else in the program reads `os.environ`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path


class SettingsError(Exception):
    """A setting is missing or malformed; the message names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations.

    `database_url` signs in as the runtime role, `migration_url` as the owner of the tables. They are never the same
    role: the web and the worker refuse to start as an owner. `data_key` is 32 bytes, base64, and encrypts personal
    columns; losing it loses them.
    """

    database_url: str = field(repr=False)
    migration_url: str | None = field(default=None, repr=False)
    #: For `jiceng backup` alone: the role that reads every county's rows.
    backup_url: str | None = field(default=None, repr=False)
    broker_url: str | None = field(default=None, repr=False)
    data_key: str = field(default="", repr=False)
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    secure_cookies: bool = False
    #: Take the client address from X-Forwarded-For: only behind a gateway that sets it.
    trust_proxy: bool = False
    root_path: str = ""
    pool_size: int = 8
    web_processes: int = 1
    log_level: str = "INFO"
    #: How people reach the platform, for links in messages: `https://jiceng.example.gov.cn`.
    public_url: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_from: str = ""
    #: `starttls`, `tls` or `none`.
    smtp_security: str = "starttls"
    #: Hosts that robots may be called at beside their vendors' own, with a port where it isn't the scheme's.
    robot_hosts: tuple[str, ...] = ()
    #: An OpenID Connect issuer to sign in by, as `https://id.example.gov.cn/realm`, and what it knows us as.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    #: What its button says.
    oidc_name: str = ""
    #: A Jitsi server with token authentication: `https://meet.example.gov.cn`, the application's id and secret there.
    jitsi_url: str = ""
    jitsi_app_id: str = ""
    jitsi_secret: str = field(default="", repr=False)
    #: How large a file people may attach. Megabytes; the gateway must let that much through.
    attachment_mb: int = 20

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"


def from_environment(env: Mapping[str, str]) -> Settings:
    """Read `JICENG_*`. Raises SettingsError when the database or the data key is not named."""

    def need(name: str) -> str:
        value = env.get(name, "")
        if not value:
            raise SettingsError(f"{name} is not set")
        return value

    def flag(name: str) -> bool:
        return env.get(name, "").lower() in {"1", "true", "yes", "on"}

    return Settings(
        database_url=need("JICENG_DATABASE_URL"),
        migration_url=env.get("JICENG_MIGRATION_URL") or None,
        backup_url=env.get("JICENG_BACKUP_URL") or None,
        broker_url=env.get("JICENG_BROKER_URL") or None,
        data_key=need("JICENG_DATA_KEY"),
        data_dir=Path(env.get("JICENG_DATA_DIR") or "var"),
        host=env.get("JICENG_HOST") or "127.0.0.1",
        port=int(env.get("JICENG_PORT") or 8000),
        demo=flag("JICENG_DEMO"),
        secure_cookies=flag("JICENG_SECURE_COOKIES"),
        trust_proxy=flag("JICENG_TRUST_PROXY"),
        root_path=(env.get("JICENG_ROOT_PATH") or "").rstrip("/"),
        pool_size=int(env.get("JICENG_POOL_SIZE") or 8),
        web_processes=int(env.get("JICENG_WEB_PROCESSES") or 1),
        log_level=env.get("JICENG_LOG_LEVEL") or "INFO",
        public_url=(env.get("JICENG_PUBLIC_URL") or "").rstrip("/"),
        smtp_host=env.get("JICENG_SMTP_HOST") or "",
        smtp_port=int(env.get("JICENG_SMTP_PORT") or 587),
        smtp_user=env.get("JICENG_SMTP_USER") or "",
        smtp_password=env.get("JICENG_SMTP_PASSWORD") or "",
        smtp_from=env.get("JICENG_SMTP_FROM") or env.get("JICENG_SMTP_USER") or "",
        smtp_security=_one_of(env, "JICENG_SMTP_SECURITY", ("starttls", "tls", "none")),
        robot_hosts=tuple(filter(None, (h.strip() for h in (env.get("JICENG_ROBOT_HOSTS") or "").split(",")))),
        oidc_issuer=(env.get("JICENG_OIDC_ISSUER") or "").rstrip("/"),
        oidc_client_id=env.get("JICENG_OIDC_CLIENT_ID") or "",
        oidc_client_secret=env.get("JICENG_OIDC_CLIENT_SECRET") or "",
        oidc_name=env.get("JICENG_OIDC_NAME") or "",
        jitsi_url=(env.get("JICENG_JITSI_URL") or "").rstrip("/"),
        jitsi_app_id=env.get("JICENG_JITSI_APP_ID") or "",
        jitsi_secret=env.get("JICENG_JITSI_SECRET") or "",
        attachment_mb=int(env.get("JICENG_ATTACHMENT_MB") or 20),
    )


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """One of some words, the first unless named. Raises SettingsError for another."""
    value = env.get(name) or allowed[0]
    if value not in allowed:
        raise SettingsError(f"{name} must be one of {', '.join(allowed)}")
    return value


@cache
def settings() -> Settings:
    """The settings of this process."""
    return from_environment(os.environ)
