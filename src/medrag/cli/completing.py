"""What a shell offers for a word that is not finished yet; loaded only where one asks."""

from __future__ import annotations

import re

import click
from click.shell_completion import CompletionItem

_FOLDER = re.compile(r"\b(?:DIR|LOG|RUN)\b")
_FILE = re.compile(r"\bFILE\b|\.jsonl\b|\.json\b|\bSOURCE\b|\.trec\b|\bPATH\b|\bBUNDLE\b")


def offer_paths() -> None:
    """Make words that stand for a file or folder, by their metavar, complete as such.

    Commands take paths as strings, since they tell better than click what is wrong with one.
    """
    click.types.StringParamType.shell_complete = _paths  # type: ignore[method-assign]


def _paths(
    self: object, ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    del self
    said = param.make_metavar(ctx)
    if _FOLDER.search(said):
        return [CompletionItem(incomplete, type="dir")]
    return [CompletionItem(incomplete, type="file")] if _FILE.search(said) else []


def rule_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the ids of rules that begin so."""
    del ctx, param
    from medrag.checker import rules

    return [rule.id for rule in rules() if rule.id.startswith(incomplete.upper())]
