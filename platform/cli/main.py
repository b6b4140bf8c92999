"""The `jiceng` command. Each subcommand's module is imported when it is called: starting a process stays quick."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

#: subcommand → where it is. A module here is a row of the help, so its first docstring line says what it does.
COMMANDS: dict[str, str] = {
    "serve": "cli.serve:serve",
    "web": "cli.processes:web",
    "worker": "cli.processes:worker",
    "beat": "cli.processes:beat",
    "migrate": "cli.processes:migrate",
    "load-demo": "cli.demo:load_demo",
    "county": "cli.county:county",
    "form": "cli.forms:form",
    "user": "cli.user:user",
    "check": "cli.check:check",
    "backup": "cli.upkeep.backup:backup",
    "restore": "cli.upkeep.restore:restore",
    "doctor": "cli.upkeep.doctor:doctor",
    "certificate": "cli.upkeep.certificate:certificate",
    "simulate": "cli.simulate.command:simulate",
    "bench": "cli.bench.command:bench",
    "health": "cli.health:health",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jiceng")
@click.option(
    "--data",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Use the servers of `jiceng serve` in this directory; they are started for the command when they don't run.",
)
@click.pass_context
def main(ctx: click.Context, data: Path | None) -> None:
    """Jiceng 基层通: plan, report, review, aggregate and dispatch between a county, its townships and its villages."""
    if data is not None and ctx.invoked_subcommand == "serve":
        # It starts the servers of the directory itself.
        ctx.default_map = {"serve": {"data": str(data)}}
    elif data is not None:
        ctx.with_resource(import_module("cli.upkeep.servers").of_directory(data))


if __name__ == "__main__":
    main()
