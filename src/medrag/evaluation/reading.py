"""Judged sets in files: YAML for people, JSON Lines for programs.

YAML: a mapping with `cases`, a list of cases, and beside it what holds for all of them (`name`,
`title`, `as_of`, `judged_by`, ...); or the list alone. JSON Lines: a case a line; the first line
may be `{"set": {...}}` with the same. A case's `patient` is an object, or the name of a JSON file
beside the set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from medrag.core.patient import read_patient
from medrag.core.span import Value
from medrag.errors import InputError, nearest_name
from medrag.evaluation.judged_set import Case, Expected, JudgedSet, Quotation
from medrag.evaluation.yaml_tree import Path as Place
from medrag.evaluation.yaml_tree import Tree, read_yaml

_YAML = (".yaml", ".yml")
_INSIDE: dict[str, type[Value]] = {
    "expect": Expected,
    "quotations": Quotation,
    "not_quotations": Quotation,
}
_OF_ALL = ("judged_by", "judged_on")


def read_set(path: Path) -> JudgedSet:
    """Return the judged set in the file at `path`; its name is the file's where it has none.

    Raises:
        InputError: The file is missing, neither YAML nor JSON Lines, or something in it does not
            fit; names the file, the line, the case and the field.
    """
    text = read_text(path)
    tree = read_yaml(text, str(path)) if path.suffix in _YAML else _json_lines(text, path)
    whole = tree.value if isinstance(tree.value, dict) else {"cases": tree.value}
    raw = whole.get("cases")
    if not isinstance(raw, list) or not raw:
        raise InputError(f"{path}: no case. Expected a list of cases, each with an id.")
    return _Reader(path, tree).judged_set(whole, raw)


def read_text(path: Path) -> str:
    """Return the UTF-8 text of a file.

    Raises:
        InputError: It is missing, unreadable or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or 'cannot be read'}.") from error


def dump_lines(judged: JudgedSet) -> str:
    """Return the set as JSON Lines, the header first; `read_set` reads it back as it is."""
    header = judged.model_dump(mode="json", exclude={"cases"}, exclude_none=True)
    cases = (
        case.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        for case in judged.cases
    )
    rows = ({"set": header}, *cases)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _json_lines(text: str, path: Path) -> Tree:
    header: dict[str, Any] = {}
    cases: list[Any] = []
    lines: dict[Place, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        row = _json(line, f"{path}:{number}")
        if not cases and not header and isinstance(row, dict) and set(row) == {"set"}:
            header = row["set"] if isinstance(row["set"], dict) else {}
            continue
        lines["cases", len(cases)] = number
        cases.append(row)
    return Tree({**header, "cases": cases}, lines)


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise InputError(f"{place}: not JSON: {error.msg} at column {error.colno}.") from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"{place}: not a case: {error}.") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


class _Reader:
    """Turns what a file says into values, and a value's complaint into a place in the file."""

    def __init__(self, path: Path, tree: Tree) -> None:
        self._path = path
        self._tree = tree
        self._base: Place = ("cases",) if isinstance(tree.value, dict) else ()

    def judged_set(self, whole: Mapping[str, Any], raw: list[Any]) -> JudgedSet:
        header = {name: value for name, value in whole.items() if name != "cases"}
        fields = {"name": self._path.stem, **header}
        of_all = {name: fields[name] for name in _OF_ALL if name in fields}
        cases = [self._case(number, item, of_all) for number, item in enumerate(raw)]
        self._refuse_twins(cases)
        try:
            return JudgedSet.model_validate({**fields, "cases": cases})
        except ValidationError as error:
            raise InputError(f"{self._path}: {_complaint(error, JudgedSet, header)}") from error

    def _case(self, number: int, item: Any, of_all: Mapping[str, Any]) -> Case:
        at: Place = (*self._base, number)
        if not isinstance(item, dict):
            raise InputError(f"{self._where(at)}: expected a case with an id and a question.")
        fields = {**of_all, **item}
        fields["patient"] = self._patient(item.get("patient"), (*at, "patient"))
        try:
            return Case.model_validate(fields)
        except ValidationError as error:
            loc = error.errors(include_input=False, include_url=False)[0]["loc"]
            name = f": case {item['id']!r}" if isinstance(item.get("id"), str) else ""
            complaint = _complaint(error, Case, item)
            raise InputError(f"{self._where((*at, *loc))}{name}: {complaint}") from error

    def _patient(self, given: Any, at: Place) -> Any:
        if not isinstance(given, str):
            return read_patient(given, where=self._where(at))
        file = self._path.parent / given
        try:
            fields = json.loads(file.read_bytes())
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self._where(at)}: {given!r} is no JSON file beside the set. Give a patient's "
                "facts or the name of a file with them."
            ) from error
        return read_patient(fields, where=str(file))

    def _refuse_twins(self, cases: list[Case]) -> None:
        known: dict[str, int] = {}
        for number, case in enumerate(cases):
            if case.id in known:
                first = self._tree.line((*self._base, known[case.id]))
                raise InputError(
                    f"{self._where((*self._base, number))}: the id {case.id!r} stands twice, first "
                    f"in line {first}. Give each case its own."
                )
            known[case.id] = number

    def _where(self, place: Place) -> str:
        return f"{self._path}:{self._tree.line(place)}"


def _complaint(error: ValidationError, kind: type[Value], given: Mapping[str, Any]) -> str:
    """Return the first complaint as `field: what is wrong`; a near miss is named."""
    first = error.errors(include_input=False, include_url=False)[0]
    loc = first["loc"]
    if first["type"] == "extra_forbidden":
        owner = next((_INSIDE[str(part)] for part in reversed(loc[:-1]) if part in _INSIDE), kind)
        outer = "".join(f"{part}: " for part in loc[:-1])
        return outer + nearest_name(str(loc[-1]), owner.model_fields, "field")
    place = ".".join(str(part) for part in loc)
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing" and not given:
        message = "the case is empty"
    return f"{place}: {message}." if place else f"{message}."
