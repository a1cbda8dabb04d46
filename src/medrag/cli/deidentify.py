"""`medrag deidentify`: one text, or a file of cases, without identifiers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from medrag.cli.identifying import open_deidentifier
from medrag.cli.jsonlines import (
    need,
    read_lines,
    read_text,
    refuse_misspelled,
    write_lines,
)
from medrag.cli.progress import watched
from medrag.errors import InputError

if TYPE_CHECKING:
    from medrag.privacy import Deidentifier


@click.command("deidentify")
@click.argument("file", metavar="[FILE|-]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print text and spans as one JSON document.")
@click.option("--cases", metavar="IN.jsonl", help='Lines of {"id","text"}.')
@click.option("--out", metavar="OUT.jsonl", help="Where --cases writes; - is standard output.")
@click.option("--patient", metavar="FHIR.json", help="FHIR Patient whose identifiers are known.")
@click.option("--vault", metavar="FILE", help="Keep surrogates in this encrypted file.")
@click.option("--key", metavar="FILE", help="Key of the vault, or of the date shift alone.")
@click.option("--relink", is_flag=True, help="Turn surrogates back; needs --vault and --key.")
def command(
    file: str | None,
    as_json: bool,
    cases: str | None,
    out: str | None,
    patient: str | None,
    vault: str | None,
    key: str | None,
    relink: bool,
) -> None:
    """Replace names, dates, numbers, addresses and other identifiers; clinical facts stay.

    \b
    Examples:
      medrag deidentify note.txt
      echo "Mrs. Doe, INR 4.5 on 3/14/2024" | medrag deidentify - --json
      medrag deidentify note.txt --patient patient.json --vault v.vault --key vault.key
      medrag deidentify answer.txt --patient patient.json --vault v.vault --key vault.key --relink
      medrag deidentify --cases in.jsonl --out out.jsonl

    Exit status: 0 done, 2 bad input.
    """
    if (file is None) == (cases is None):
        raise click.UsageError("give either FILE or --cases IN.jsonl with --out OUT.jsonl.")
    if cases is not None and (out is None or relink):
        raise click.UsageError("--cases needs --out OUT.jsonl, and does not turn back.")
    if vault is not None and key is None:
        raise click.UsageError("--vault needs --key FILE.")
    made = open_deidentifier(patient, vault, key)
    if cases is not None:
        count = write_lines(str(out), _rows(made, cases, str(out)))
        click.echo(f"{count} cases de-identified", err=True)
    elif relink:
        click.echo(made.relink(read_text(str(file))), nl=False)
    else:
        done = made.deidentify(read_text(str(file)))
        click.echo(done.model_dump_json(indent=2) if as_json else done.text, nl=as_json)


def _rows(made: Deidentifier, cases: str, out: str) -> Iterator[dict[str, Any]]:
    for place, case in watched(list(read_lines(cases)), "de-identifying", "case", out=out):
        refuse_misspelled(case, ("id", "text"), place)
        if "id" not in case:
            raise InputError(f'{place}: expected a key "id", found nothing.')
        done = made.deidentify(need(case, "text", place))
        spans = [span.model_dump() for span in done.spans]
        yield {"id": case["id"], "text": done.text, "spans": spans}
