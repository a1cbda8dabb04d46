"""Judged sets as YAML that people like to edit; `medrag.evaluation.reading` reads it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import yaml

from medrag.evaluation.judged_set import Case, JudgedSet
from medrag.evaluation.yaml_tree import plain

_ON_ONE_LINE = (
    "tags",
    "documents",
    "not_documents",
    "passages",
    "status",
    "spans",
    "findings",
    "not_findings",
)
_ALSO_ALONE = ("status",)
"""Lists of which one item stands without brackets."""
_DAYS = ("as_of", "judged_on")
_WIDTH = 100


class _Line(list[Any]):
    """A list that is written on one line."""


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML has no types
    """Indents lists below their key, and writes a `_Line` on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        # `indentless` puts a list's dashes under the key's first letter; below it reads better
        del indentless
        super().increase_indent(flow, False)


_Dumper.add_representer(
    _Line,
    lambda dumper, items: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", items, flow_style=True
    ),
)


def _written(dumper: Any, text: str) -> Any:
    """Write a text of several lines as a block, and one that reads as a number in quotes.

    PyYAML quotes what YAML 1.1 takes for a number; `1e5` is one only as JSON writes them.
    """
    style = "|" if "\n" in text else None if plain(text) == text else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _written)


def yaml_set(judged: JudgedSet) -> str:
    """Return the whole set; what holds for all of its cases is said once, at its head."""
    header = judged.model_dump(mode="json", exclude={"cases"}, exclude_none=True)
    return (
        _dump({name: _short(name, item) for name, item in header.items()})
        + "cases:\n"
        + yaml_cases(judged.cases, of_all=judged)
    )


def yaml_cases(cases: Iterable[Case], *, of_all: JudgedSet | None = None) -> str:
    """Return cases as the items of a set's list, indented to stand below its `cases:`.

    Args:
        cases: In the order to write; of each only what was said.
        of_all: The set they go to; what its head says already is left out.
    """
    text = "".join(_dump([_fields(case, of_all)]) for case in cases)
    return "".join(f"  {line}" if line.strip() else line for line in text.splitlines(True))


def _fields(case: Case, of_all: JudgedSet | None) -> dict[str, Any]:
    fields = case.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    if case.patient is not None:
        fields["patient"] = _plain(case.patient.model_dump(mode="json", exclude_none=True))
    for name in ("judged_by", "judged_on") if of_all is not None else ():
        if getattr(of_all, name) == getattr(case, name):
            fields.pop(name, None)
    if "expect" in fields:
        fields["expect"] = {name: _short(name, item) for name, item in fields["expect"].items()}
        if case.expect is not None and case.expect.findings is not None:
            fields["expect"]["findings"] = _Line(case.expect.findings)
    return {name: _short(name, item) for name, item in fields.items()}


def _short(name: str, item: Any) -> Any:
    """Return a field as people write it: one wording for a fact, one line for a few words."""
    if name in ("quotations", "not_quotations"):
        return [one if one.keys() > {"text"} else one["text"] for one in item]
    if name in ("must", "must_not"):
        return [fact[0] if len(fact) == 1 else _Line(fact) for fact in item]
    if name in _ALSO_ALONE and len(item) == 1:
        return item[0]
    if name in _DAYS:
        return date.fromisoformat(item)  # the reader takes it as the text that is written
    return _Line(item) if name in _ON_ONE_LINE else item


def _plain(item: Any) -> Any:
    """Write whole numbers as people do: 71, not 71.0."""
    if isinstance(item, dict):
        return {name: _plain(one) for name, one in item.items()}
    if isinstance(item, list):
        return [_plain(one) for one in item]
    return int(item) if isinstance(item, float) and item.is_integer() else item


def _dump(item: Any) -> str:
    return str(yaml.dump(item, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH))
