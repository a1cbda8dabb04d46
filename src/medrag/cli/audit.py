"""`medrag audit`: read, verify and prove the log of what was asked, answered and signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag.cli.answers import read_answer
from medrag.cli.jsonlines import read_json, write_lines
from medrag.cli.recording import open_keys
from medrag.errors import InputError

if TYPE_CHECKING:
    from medrag.core.answer import CheckedAnswer
    from medrag.pipeline.replay import Replay
    from medrag.review.audit import LogReport

_SHOWN, _WIDTH = 40, 100
"""Differences and characters of each that a replay prints."""

_log = click.argument("log", metavar="LOG")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group("audit")
def command() -> None:
    """Verify, show and prove the audit log.

    \b
    Examples:
      medrag audit verify log
      medrag audit show log
    """


@command.command("verify")
@_log
@click.option(
    "--key", "keys", multiple=True, metavar="FILE", help="Public key that signed the log."
)
@click.option("--head", metavar="FILE", help="A head saved earlier; the log must extend it.")
@_json
def verify(log: str, keys: tuple[str, ...], head: str | None, as_json: bool) -> None:
    """Hash every line again; exit 1 where anything was changed, removed or added.

    LOG is the folder of the log. A log and its head file that were rolled back together look
    sound in themselves: keep heads elsewhere and give the newest as --head. After a change of
    keys give --key for each.

    \b
    Example:
      medrag audit head audit/ > /somewhere/else/head.json
      medrag audit verify audit/ --key audit.key.pub --head /somewhere/else/head.json
    """
    from medrag.cli import EXIT_GATE
    from medrag.review.audit import TreeHead, VerifyingKey, verify_log

    report = verify_log(
        Path(log),
        keys=[VerifyingKey.open(Path(key)) for key in keys],
        against=TreeHead.read(Path(head)) if head else None,
    )
    click.echo(report.model_dump_json(indent=2) if as_json else _told(report, log))
    if report.problems:
        raise click.exceptions.Exit(EXIT_GATE)


def _told(report: LogReport, log: str) -> str:
    signatures = {
        "valid": "signed by the key given",
        "invalid": "NOT signed by the key given",
        "unchecked": f"signed by {', '.join(report.signed_by)}, not checked: give --key",
        "unsigned": "not signed: whoever can write the log can rewrite it",
    }[report.signatures]
    counted = f"{report.records} records in {report.segments} files, {report.heads} commits"
    lines = [f"{log}: {counted}; {signatures}."]
    lines += [f"  {problem}" for problem in report.problems]
    if not report.problems:
        lines.append("Nothing was changed, removed or reordered.")
    return "\n".join(lines)


@command.command("head")
@_log
def head(log: str) -> None:
    """Print the newest head as JSON, to keep somewhere that the log's writer cannot reach.

    \b
    Example:
      medrag audit head log > head.json
    """
    from medrag.review.audit.verification import demand_sound

    newest = demand_sound(Path(log)).head
    if newest is None:
        raise InputError(f"{log}: the log holds no record yet.")
    click.echo(newest.model_dump_json(indent=2))


@command.command("show")
@_log
@click.argument("record_id", required=False)
def show(log: str, record_id: str | None) -> None:
    """List the records, one a line; with RECORD_ID print that record as JSON.

    \b
    Examples:
      medrag audit show log
      medrag audit show log 3864f06bdbbe4d9a959fa609f660e8b4
    """
    from medrag.review.audit import records_of

    found = False
    for record in records_of(Path(log)):
        if record_id is None:
            click.echo(f"{record['at']}  {record['kind']:<10}  {record['id']}")
        elif record["id"] == record_id:
            found = True
            click.echo(json.dumps(record, indent=2, ensure_ascii=False))
    if record_id is not None and not found:
        raise InputError(f"{log}: no record {record_id!r}. `medrag audit show LOG` lists them.")


@command.command("replay")
@_log
@click.argument("answer_id", metavar="ID")
@click.option("--index", "index_dir", required=True, metavar="DIR", help="Index to ask now.")
@click.option("--answer", "kept", metavar="FILE", help="The answer, where the log has none.")
@click.option(
    "--content-key", "keys", multiple=True, metavar="FILE", help="Key that opens sealed content."
)
@click.option("--llm", help="Ask this model again instead of taking the recorded replies.")
@_json
def replay(
    log: str,
    answer_id: str,
    index_dir: str,
    kept: str | None,
    keys: tuple[str, ...],
    llm: str | None,
    as_json: bool,
) -> None:
    """Make a recorded answer again and show every difference; exit 1 where there is one.

    ID is that of the record or of the answer, or the first 8 or more digits of it. The log is
    not verified by this: run `medrag audit verify` before. FILE is an answer as `medrag ask
    --json` or `--review DIR` wrote it.

    \b
    Example:
      medrag audit replay log/ 2e64b8d77796fdfe --index g.index --content-key content.key
    """
    from medrag.cli import EXIT_GATE
    from medrag.pipeline.index import Index
    from medrag.pipeline.replay import replay as make_again
    from medrag.review.audit.recorder import content_of, find_answer

    record = find_answer(Path(log), answer_id)
    if kept:
        wrong = f"{kept}: no answer as `medrag ask --json` writes it."
        answer: CheckedAnswer | None = read_answer(read_json(kept), wrong)
    else:
        answer = content_of(record, open_keys(keys))
    if answer is None:
        raise InputError(
            f"Record {record['id']} holds no content. Give the answer's file with --answer FILE."
        )
    with Index.open(index_dir, preload=True) as index:
        again = make_again(record, answer, index, llm=llm)
    click.echo(again.model_dump_json(indent=2) if as_json else _compared(again))
    if again.differences:
        raise click.exceptions.Exit(EXIT_GATE)


def _compared(again: Replay) -> str:
    if not again.differences:
        return f"The same answer, byte for byte: {again.now}"
    lines = [f"ANOTHER answer: recorded {again.recorded[:16]}, now {again.now[:16]}"]
    lines += [
        f"  {one.field}: {_short(one.recorded)} -> {_short(one.now)}"
        for one in again.differences[:_SHOWN]
    ]
    if len(again.differences) > _SHOWN:
        lines.append(f"  and {len(again.differences) - _SHOWN} more: add --json")
    return "\n".join(lines)


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


@command.command("export")
@_log
@click.option(
    "--key", "keys", multiple=True, metavar="FILE", help="Public key that signed the log."
)
@click.option("--out", default="-", metavar="FILE", help="Where to; default: standard output.")
def export(log: str, keys: tuple[str, ...], out: str) -> None:
    """Write the log as FHIR R4 AuditEvent and Provenance resources, one a line.

    The log is verified first; one that was changed is not exported. FILE appears whole or not
    at all.

    \b
    Example:
      medrag audit export log --out events.ndjson
    """
    from medrag.review.audit import VerifyingKey
    from medrag.review.audit.fhir import export_log

    opened = [VerifyingKey.open(Path(key)) for key in keys]
    count = write_lines(out, export_log(Path(log), opened))
    if out != "-":
        click.echo(f"{count} resources written to {out}", err=True)


@command.command("prove")
@_log
@click.argument("record_id", required=False)
@click.option("--since", metavar="FILE", help="A head saved earlier: prove that the log grew.")
def prove(log: str, record_id: str | None, since: str | None) -> None:
    """Print a proof, as JSON, under the log's newest head.

    With RECORD_ID: that this record stands in the log. With --since: that the log begins with
    what it held under that head.

    \b
    Examples:
      medrag audit prove log 3864f06bdbbe4d9a959fa609f660e8b4 > proof.json
      medrag audit prove log --since head.json
    """
    from medrag.review.audit import TreeHead, prove_growth
    from medrag.review.audit import prove as prove_record

    if (record_id is None) == (since is None):
        raise click.UsageError("give either RECORD_ID or --since FILE.")
    proof = (
        prove_record(Path(log), record_id)
        if record_id is not None
        else prove_growth(Path(log), TreeHead.read(Path(str(since))))
    )
    click.echo(proof.model_dump_json(indent=2))


@command.command("check-proof")
@click.argument("proof", metavar="FILE")
@click.option("--key", metavar="FILE", help="Public key that must have signed the heads.")
def check_proof(proof: str, key: str | None) -> None:
    """Check a proof without the log; exit 1 where it does not hold.

    \b
    Example:
      medrag audit check-proof proof.json --key log.key.pub
    """
    from pydantic import TypeAdapter, ValidationError

    from medrag.cli import EXIT_GATE
    from medrag.review.audit import VerifyingKey
    from medrag.review.audit.proofs import ConsistencyProof, InclusionProof

    any_proof: TypeAdapter[InclusionProof | ConsistencyProof] = TypeAdapter(
        InclusionProof | ConsistencyProof
    )
    try:
        value = any_proof.validate_json(Path(proof).read_bytes())
    except OSError as error:
        raise InputError(f"{proof}: cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        raise InputError(f"{proof}: no proof as `medrag audit prove` prints it.") from error
    if not value.holds(VerifyingKey.open(Path(key)) if key else None):
        click.echo("The proof does NOT hold.")
        raise click.exceptions.Exit(EXIT_GATE)
    click.echo(str(value) if key else f"{value} No signature was checked: give --key.")


@command.command("key")
@click.argument("path", metavar="FILE")
def key(path: str) -> None:
    """Make an Ed25519 key that signs heads: private in FILE, public in FILE.pub.

    \b
    Example:
      medrag audit key log.key
    """
    from medrag.review.audit import SigningKey

    made = SigningKey.create(Path(path))
    click.echo(f"{path} (private, keep it from others), {path}.pub (give it out): key {made.id}")


@command.command("content-key")
@click.argument("path", metavar="FILE")
def content_key(path: str) -> None:
    """Make a key that seals the content of records: AES-256, in FILE.

    Whoever has it can read what was asked and answered; whoever loses it cannot.

    \b
    Example:
      medrag audit content-key content.key
    """
    from medrag.sealing import SecretKey

    made = SecretKey.create(Path(path))
    click.echo(f"{path} (keep it from the readers of the log): key {made.id}")
