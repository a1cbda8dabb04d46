"""`medrag eval adverse`: what reviewers rejected or overrode, as cases to judge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag.cli.identifying import open_deidentifier
from medrag.cli.recording import open_keys
from medrag.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from medrag.evaluation.adverse import Adverse, Unusable


@click.command("adverse")
@click.option("--folder", metavar="DIR", help="Folder of sign-offs (`medrag ask --review DIR`).")
@click.option("--audit", metavar="DIR", help="Audit log whose records hold the answers.")
@click.option(
    "--content-key", "keys", multiple=True, metavar="FILE", help="Key that opens sealed content."
)
@click.option("--out", required=True, metavar="FILE.yaml", help="The set that drafts are added to.")
@click.option("--patient", metavar="FHIR.json", help="FHIR Patient whose identifiers are known.")
@click.option("--vault", metavar="FILE", help="Keep surrogates in this encrypted file.")
@click.option("--key", metavar="FILE", help="Key of the vault, or of the date shift alone.")
def command(
    folder: str | None,
    audit: str | None,
    keys: tuple[str, ...],
    out: str,
    patient: str | None,
    vault: str | None,
    key: str | None,
) -> None:
    """Draft a case of every answer that a reviewer rejected or accepted against a finding.

    Questions, patient facts and the reviewer's words lose their identifiers. A draft expects
    what the decision tells: a finding overridden as wrong may not stand, an accepted answer's
    quotations are right, a rejected abstention should have been an answer. The rest is in its
    notes: read them, complete the case, say who judged it, and take the tag `to-be-judged` away.
    What FILE already has stays as it is.

    \b
    Examples:
      medrag eval adverse --folder pending --out adverse.yaml
      medrag eval adverse --audit log --content-key content.key --out adverse.yaml

    Exit status: 0 done, 2 bad input.
    """
    from medrag.evaluation.adverse import add_to, draft

    deidentifier = open_deidentifier(patient, vault, key)
    found = list(_told(_decisions(folder, audit, keys)))
    new = add_to(Path(out), [draft(one, deidentifier) for one in found])
    click.echo(f"{len(found)} decisions against an answer; {len(new)} new drafts in {out}")


def _decisions(
    folder: str | None, audit: str | None, keys: tuple[str, ...]
) -> Iterable[Adverse | Unusable]:
    from medrag.evaluation.adverse import in_folder, in_log
    from medrag.review import ReviewFolder

    if (folder is None) == (audit is None):
        raise InputError("Give either --folder DIR or --audit DIR: where the decisions are.")
    if folder is not None:
        if not Path(folder).is_dir():
            raise InputError(f"{folder}: no such folder. Give the one that holds the sign-offs.")
        return in_folder(ReviewFolder(Path(folder)))
    return in_log(Path(audit or ""), open_keys(keys))


def _told(decisions: Iterable[Adverse | Unusable]) -> Iterator[Adverse]:
    """Yield what a case can be made of, and tell of the rest."""
    from medrag.evaluation.adverse import Unusable

    for one in decisions:
        if isinstance(one, Unusable):
            click.echo(f"{one.id}: left out: {one.why}", err=True)
        else:
            yield one
