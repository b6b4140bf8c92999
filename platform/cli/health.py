"""Asking a web process how it is: for containers' health checks, and for the supervisor."""

from __future__ import annotations

import http.client

import click

from kit.settings import settings


def answers(host: str, port: int, path: str, *, seconds: float = 2.0) -> bool:
    """Whether a GET is answered with 200 in time."""
    connection = http.client.HTTPConnection(
        "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host, port, timeout=seconds
    )
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def path_below(root_path: str, name: str) -> str:
    """`/healthz` or `/readyz` of a platform that is mounted below a path."""
    return f"{root_path.rstrip('/')}/{name}"


@click.command()
@click.option("--ready", is_flag=True, help="Also ask for the database behind it.")
def health(ready: bool) -> None:
    """Exit with 0 if the web process of this environment answers."""
    used = settings()
    if not answers(used.host, used.port, path_below(used.root_path, "readyz" if ready else "healthz")):
        raise SystemExit(1)
