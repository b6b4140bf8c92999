"""`jiceng serve`: the whole platform in one command."""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click
import orjson

from cli.health import answers, path_below
from kit.embedded import Cluster, EmbeddedError, only_one
from kit.embedded.notify import Listener
from kit.embedded.supervisor import Interrupted, Program, Server, Supervisor

#: What an operator may set beside the database and the broker; handed on to every process.
_HANDED_ON = re.compile(r"JICENG_\w+")


class _Web:
    """Readiness of the web: it answers `/readyz`, so its database and broker answer it."""

    def __init__(self, host: str, port: int, root_path: str) -> None:
        self._host = host
        self._port = port
        self._path = path_below(root_path, "readyz")

    def forget(self) -> None:
        """Nothing to forget: it is asked anew each time."""

    def is_ready(self) -> bool:
        return answers(self._host, self._port, self._path)


@dataclass(slots=True)
class _Reporter:
    """Tells a person what happens in short lines, and the log everything."""

    log: IO[bytes]
    serving: bool = field(default=False)

    def __call__(self, event: str, name: str, **facts: Any) -> None:
        line = {"timestamp": datetime.now(UTC).isoformat(), "event": event, "process": name, **facts}
        self.log.write(orjson.dumps(line) + b"\n")
        self.log.flush()
        if event == "ready":
            click.echo(f"  {name:<12} ready in {facts['seconds']:.1f} s")
        elif event == "ended":
            click.echo(f"  {name:<12} ended with code {facts['code']}; starting it again")
        elif event == "not started":
            click.echo(f"  {name:<12} could not be started: {facts['problem']}")
        elif event == "stopped" and self.serving:
            click.echo(f"  {name:<12} stopped")


@click.command()
@click.option("--demo", is_flag=True, help="Load the demonstration district at first start, and show its users.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    show_default=True,
    help="Where everything is kept.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
def serve(demo: bool, data: Path, host: str, port: int) -> None:
    """Everything in one command: database, broker, migrations, web, worker, scheduler.

    Where JICENG_DATABASE_URL (with JICENG_MIGRATION_URL) or JICENG_BROKER_URL is set, that server is used instead of
    the embedded one.
    """
    began = time.monotonic()
    port = _free_port(host, port)
    try:
        cluster = Cluster(data)
        with only_one(cluster.layout.data), (cluster.layout.logs / "supervisor.log").open("ab") as log:
            reporter = _Reporter(log)
            supervisor = Supervisor(reporter, cluster.layout.logs)
            try:
                _start(supervisor, cluster, demo=demo, host=host, port=port)
                reporter.serving = True
                click.echo(f"\nJiceng is at http://{host}:{port}  ({time.monotonic() - began:.1f} s)  Ctrl-C stops it.")
                supervisor.run()
                click.echo("\nStopping.")
            except Interrupted:
                click.echo("\nStopping.")
            finally:
                supervisor.stop()
    except EmbeddedError as problem:
        raise click.ClickException(str(problem)) from problem


def _start(supervisor: Supervisor, cluster: Cluster, *, demo: bool, host: str, port: int) -> None:
    outside = {name: value for name, value in os.environ.items() if _HANDED_ON.fullmatch(name) and value}
    servers: list[Server] = []
    if "JICENG_DATABASE_URL" not in outside:
        cluster.postgres.prepare()
        servers.append(cluster.postgres)
    if "JICENG_BROKER_URL" not in outside:
        cluster.valkey.prepare()
        servers.append(cluster.valkey)
        if not cluster.valkey.from_wheel:
            click.echo("  There is no Valkey package for this kind of machine: using the machine's own.")
    supervisor.bring_up(servers)
    if cluster.postgres in servers:
        cluster.ensure_roles()

    ours = {**cluster.environment(), "JICENG_HOST": host, "JICENG_PORT": str(port), "JICENG_DEMO": "1" if demo else ""}
    if cluster.postgres not in servers:  # never the embedded owner on somebody else's database
        del ours["JICENG_MIGRATION_URL"]
    owner = {**_plain_environment(), **ours, **outside}
    runtime = {name: value for name, value in owner.items() if name != "JICENG_MIGRATION_URL"}
    logs = cluster.layout.logs
    loading = cluster.layout.data / "demo.loading"
    if loading.exists() and cluster.postgres in servers:
        click.echo("  The demonstration district was not loaded to its end: beginning anew.")
        cluster.postgres.drop_database()
        cluster.postgres.create_roles()
    _run_to_end(supervisor, "migrate", owner, logs)
    if demo and not (cluster.layout.data / "demo.loaded").exists():
        _load_demo(supervisor, cluster, owner, loading, embedded=cluster.postgres in servers)

    def program(name: str, command: str, *arguments: str, readiness: _Web | Listener) -> Program:
        env = {**runtime, "NOTIFY_SOCKET": str(readiness.path)} if isinstance(readiness, Listener) else runtime
        return Program(name, _jiceng(command, *arguments), env=env, log=logs / f"{name}.log", readiness=readiness)

    def listener(name: str) -> Listener:
        return Listener(cluster.layout.run / f"{name}.notify")

    supervisor.bring_up(
        [
            program("web", "web", readiness=_Web(host, port, outside.get("JICENG_ROOT_PATH", ""))),
            # Two, so that an export of minutes never delays a message.
            program("worker", "worker", "--queues", "jobs", readiness=listener("worker")),
            program("pulse", "worker", "--queues", "pulse", "--concurrency", "1", readiness=listener("pulse")),
            program("beat", "beat", readiness=listener("beat")),
        ]
    )


def _load_demo(
    supervisor: Supervisor, cluster: Cluster, env: Mapping[str, str], loading: Path, *, embedded: bool
) -> None:
    """Load the demonstration once. While it lasts a mark says that the database holds nothing else, so that after an
    interruption the next start may throw it away. Nobody can have worked in it meanwhile: the web starts later."""
    if embedded and cluster.postgres.ask("owner", "SELECT count(*) FROM county").strip() != "0":
        click.echo("  There are counties already: the demonstration district is not loaded.")
        return
    click.echo("  Loading the demonstration district; this is done once.")
    loading.touch()
    _run_to_end(supervisor, "load-demo", env, cluster.layout.logs)
    if embedded:
        cluster.postgres.take_stock()
    loading.rename(loading.with_name("demo.loaded"))


def _jiceng(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "cli.main", *arguments]


def _plain_environment() -> dict[str, str]:
    """The environment without JICENG_*, and with this program's import path."""
    plain = {name: value for name, value in os.environ.items() if not _HANDED_ON.fullmatch(name)}
    root = str(Path(__file__).resolve().parents[1])
    return {**plain, "PYTHONPATH": os.pathsep.join(filter(None, (root, plain.get("PYTHONPATH"))))}


def _run_to_end(supervisor: Supervisor, command: str, env: Mapping[str, str], logs: Path) -> None:
    log = logs / f"{command}.log"
    began = time.monotonic()
    code = supervisor.run_once(Program(command, _jiceng(command), env=env, log=log))
    if code != 0:
        raise EmbeddedError(f"{command} failed:\n{log.read_text(errors='replace')[-3000:]}")
    click.echo(f"  {command:<12} done in {time.monotonic() - began:.1f} s")


def _free_port(host: str, port: int) -> int:
    """The port itself, or a free one for 0. Refuses one that is taken, before anything was started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise click.ClickException(f"can't listen on {host}:{port}: {problem.strerror}; try --port") from problem
        number: int = probe.getsockname()[1]
        return number
