"""A robot's other side, and who talks to the platform beside it, for tests that kill the platform's parts."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import asyncpg
import httpx

from demo import users
from kit.embedded import Cluster
from tests.runtime.supervised import Running

NUMBER = re.compile(r"编号 ([0-9a-f]{8})")
#: A job whose worker is gone is taken up again once its lease has run out (60 s).
LEASE = 120.0


class Receiver:
    """A robot's other side: what was posted and to which address, and what happens while it is being taken."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self.texts: list[str] = []
        self.paths: list[str] = []
        #: Somebody calls: whether they are listened to.
        self.listens: Callable[[], bool] = lambda: True
        self.before_answer: Callable[[], None] = lambda: None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                text: str = body["text"]["content"]
                receiver.texts.append(text)
                receiver.paths.append(self.path)
                receiver.numbers += NUMBER.findall(text)
                receiver.before_answer()
                with suppress(OSError):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(b'{"errcode": 0}')

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is printed."""

        class Server(ThreadingHTTPServer):
            def verify_request(self, request: object, client_address: object) -> bool:
                return receiver.listens()

        self.server = Server(("127.0.0.1", 0), Handler)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"


@contextmanager
def receiving() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()


def signed_in(running: Running, name: str) -> httpx.Client:
    client = httpx.Client(base_url=f"http://127.0.0.1:{running.port}", timeout=20)
    body = {"county_code": users.COUNTY_CODE, "sign_name": name, "password": users.PASSWORD}
    answer = client.post("/api/auth/sign-in", json=body)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    client.cookies.clear()
    client.headers["authorization"] = f"Bearer {found['token']}"
    client.headers["x-jiceng-membership"] = found["me"]["memberships"][0]["id"]
    return client


def sent(made: Cluster) -> list[tuple[str, bool]]:
    """Every message outside that is on record: its number, and whether it is recorded as sent. Read as its county."""

    async def ask() -> list[Any]:
        connection = await asyncpg.connect(made.database_url.replace("+asyncpg", ""))
        try:
            async with connection.transaction():
                county = await connection.fetchrow("SELECT id, unit_id FROM county WHERE code = $1", users.COUNTY_CODE)
                await connection.execute("SELECT set_config('app.county_id', $1, true)", str(county["id"]))
                await connection.execute("SELECT set_config('app.unit_id', $1, true)", str(county["unit_id"]))
                return list(await connection.fetch("SELECT id, sent_at IS NOT NULL AS sent FROM outside_message"))
        finally:
            await connection.close()

    return [(row["id"].hex[-8:], row["sent"]) for row in asyncio.run(ask())]
