"""`medrag serve`: the HTTP service and its review page."""

from __future__ import annotations

import ipaddress
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag.errors import BackendMissingError, InputError

if TYPE_CHECKING:
    from medrag.service.settings import ServiceSettings


@click.group("serve", invoke_without_command=True)
@click.option("--index", "index_dir", metavar="DIR", help="Index to answer from.")
@click.option(
    "--shards",
    metavar="URL,URL,...",
    help="Answer from shards that other services hold, or from those a TOML file names.",
)
@click.option("--config", metavar="FILE", help="TOML file of the service's settings.")
@click.option("--settings", metavar="FILE", help="TOML file of what answers depend on.")
@click.option("--review", metavar="DIR", help="Folder of answers that wait for a person.")
@click.option("--audit", metavar="DIR", help="Folder of the audit log.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 256),
    help="Processes; one for each core serves most.",
)
@click.pass_context
def command(
    ctx: click.Context,
    index_dir: str | None,
    shards: str | None,
    config: str | None,
    settings: str | None,
    review: str | None,
    audit: str | None,
    host: str,
    port: int,
    workers: int,
) -> None:
    """Answer questions over HTTP, with a page to ask, read and sign.

    Without clients in its settings the service answers its own machine only. See
    docs/how-to/run-the-service.md.

    \b
    Examples:
      medrag serve --index guidelines.index --review pending
      medrag serve --config service.toml --host 0.0.0.0 --port 8080 --workers 4
      medrag serve --shards http://10.0.0.1:8080,http://10.0.0.2:8080
      medrag serve token "A. Person" --role reviewer
    """
    if ctx.invoked_subcommand is not None:
        return
    if shards is not None and index_dir is not None:
        raise click.UsageError("give either --index or --shards.")
    index = f"shards://{shards}" if shards is not None else index_dir
    given = {"index": index, "settings": settings, "review": review, "audit": audit}
    chosen = _settings(config, {name: value for name, value in given.items() if value})
    if not chosen.clients and not _is_this_machine(host):
        raise InputError(
            f"{host} can be reached by others, and nobody has a token. Make tokens with "
            "`medrag serve token NAME` and name the clients in --config, or listen on 127.0.0.1."
        )
    _run(chosen, host, port, workers)


@command.command("token")
@click.argument("name")
@click.option(
    "--role",
    default="reader",
    show_default=True,
    type=click.Choice(["reader", "reviewer", "administrator"]),
)
def token(name: str, role: str) -> None:
    """Print a new token for NAME, and the lines that let it in; the token is shown once.

    \b
    Example:
      medrag serve token "A. Person" --role reviewer
    """
    from medrag.service.callers import new_token, token_digest

    made = new_token()
    click.echo(f"token: {made}")
    click.echo("Keep it like a password. Add these lines to the service's TOML file:")
    click.echo(
        f"\n[[clients]]\nname = {json.dumps(name)}\nrole = {json.dumps(role)}\n"
        f'token_sha256 = "{token_digest(made)}"'
    )


def _settings(config: str | None, given: dict[str, str]) -> ServiceSettings:
    from pydantic import ValidationError

    from medrag.config import read_toml
    from medrag.service.settings import ServiceSettings

    if config is not None:
        return read_toml(Path(config), ServiceSettings, "service setting", given)
    try:
        return ServiceSettings.model_validate(given)
    except ValidationError as error:
        raise InputError("The service needs an index: --index DIR, or --config FILE.") from error


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _run(settings: ServiceSettings, host: str, port: int, workers: int) -> None:
    try:
        import medrag.service.app  # noqa: F401 - what it lacks is told here, not by a worker
        from medrag.service.listening import hold, run_workers
    except ModuleNotFoundError as error:
        raise BackendMissingError(str(error.name), extra="serve") from error
    from medrag.service.own_core import is_one_each
    from medrag.service.worker import OWN_CORE, SETTINGS, TOGETHER, write_logs

    write_logs()
    os.environ[SETTINGS] = settings.model_dump_json()
    with hold(host, port) as held, tempfile.TemporaryDirectory() as folder:
        if workers > 1:
            os.environ.setdefault("PYTHONSAFEPATH", "1")  # see medrag.children; from Python 3.11
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = os.environ[TOGETHER] = folder
            os.environ[OWN_CORE] = "1" if is_one_each(workers) else ""
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"medrag listens on http://{shown}:{held.getsockname()[1]}/", err=True)
        run_workers(
            "medrag.service.worker:application",
            held,
            workers=workers,
            folder=Path(folder),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(settings.limits.drain_s),
            timeout_keep_alive=30,
        )
