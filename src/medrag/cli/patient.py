"""`medrag patient`: the facts in a patient file, and what of it was not used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from medrag.cli.jsonlines import read_json
from medrag.core.patient import Patient

if TYPE_CHECKING:
    from medrag.interop.fhir import FhirPatient


@click.command("patient")
@click.argument("path", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day for which the facts shall hold; today.",
)
def command(path: str, as_json: bool, as_of: datetime | None) -> None:
    """Show the facts that medrag reads from FILE: FHIR R4 or R5 resources of one patient.

    Lists what was not used and why, and what was used and is old. The object under "patient" is
    what `--patient` takes elsewhere; every `--patient` takes the FHIR file as well.

    \b
    Examples:
      medrag patient bundle.json
      medrag patient bundle.json --as-of 2026-01-31 --json
    """
    from medrag.interop.fhir import read_fhir

    found = read_fhir(read_json(path), as_of=as_of.date() if as_of else None, where=path)
    if as_json:
        click.echo(found.model_dump_json(indent=2, exclude_none=True))
        return
    click.echo("\n".join([*_facts(found.patient), "", *_notes(found)]))


def _facts(patient: Patient) -> Iterator[str]:
    for name, value in patient:
        if name == "unread":  # told with its places below
            continue
        title = name.replace("_", " ")
        if value is None:
            yield f"{title}: not known"
        elif isinstance(value, tuple):
            yield f"{title}: none known" if not value else f"{title}:"
            yield from (f"  {item}" for item in value)
        else:
            yield f"{title}: {value}"


def _notes(found: FhirPatient) -> Iterator[str]:
    """Yield what was not used and what is old, the same reasons together."""
    titles = (
        ("unread", "Current, and cannot be read"),
        ("doubtful", "Used, but in doubt"),
        ("stale", "Used, but old"),
    )
    for kind, title in (*titles, ("unused", "Not used")):
        reasons = Counter(
            f"{note.resource} {note.reason}" for note in found.notes if note.kind == kind
        )
        if reasons:
            yield f"{title}:"
            yield from (f"  {count} x {reason}" for reason, count in reasons.most_common())
    if found.passed_over:
        counts = ", ".join(f"{kind} {count}" for kind, count in found.passed_over.items())
        yield f"Not read, no facts for medrag: {counts}"
