"""Cases in, reports out: the batch format of `medrag check --cases`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from medrag.checker.engine import check
from medrag.checker.policy import Policy
from medrag.core.finding import CheckReport
from medrag.core.patient import read_patient
from medrag.errors import InputError, nearest_name

_KEYS = ("id", "text", "patient", "quotes")


def check_cases(
    cases: Iterable[Mapping[str, Any]], *, policy: Policy | None = None
) -> Iterator[dict[str, Any]]:
    """Yield one output row for each case, in order.

    A case is `{"id", "text", "patient"?, "quotes"?}`; a row is `{"id", "findings":
    [{"rule_id", "category", "severity", "message", "span", "reference"}], "not_checked":
    [{"check", "reason"}]}`, spans as `[start, end]` or null.

    Raises:
        InputError: A case breaks the format; names its number and id, and the key.
    """
    for number, case in enumerate(cases, start=1):
        yield check_case(case, number=number, policy=policy)


def check_case(
    case: Mapping[str, Any], *, number: int = 1, policy: Policy | None = None
) -> dict[str, Any]:
    """Return the output row of one case; see `check_cases`.

    Raises:
        InputError: The case breaks the format; names its number and id, and the key.
    """
    where = _where(case, number)
    _known(case, _KEYS, where=where)
    identity, text = case.get("id"), case.get("text")
    if not isinstance(identity, (str, int)) or isinstance(identity, bool):
        raise InputError(f'{where}: "id" must be a string, found {_kind(identity)}.')
    if not isinstance(text, str):
        raise InputError(f'{where}: "text" must be a string, found {_kind(text)}.')
    patient = read_patient(case.get("patient"), where=where)
    report = check(text, patient, quotes=_quotes(case.get("quotes"), where), policy=policy)
    return {"id": identity, **report_row(report)}


def report_row(report: CheckReport) -> dict[str, Any]:
    """Return the findings and the checks not done as JSON values, in the report's order."""
    return {
        "findings": [finding.model_dump(mode="json") for finding in report.findings],
        "not_checked": [item.model_dump(mode="json") for item in report.not_checked],
    }


def _quotes(value: object, where: str) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise InputError(f'{where}: "quotes" must be a list of strings, found {_kind(value)}.')
    return tuple(value)


def _known(fields: Mapping[str, Any], keys: tuple[str, ...], *, where: str) -> None:
    for key in fields:
        if key not in keys:
            raise InputError(f"{where}: {nearest_name(str(key), keys, 'key')}")


def _where(case: object, number: int) -> str:
    if not isinstance(case, Mapping):
        raise InputError(f"case {number}: must be a JSON object, found {_kind(case)}.")
    identity = case.get("id")
    named = isinstance(identity, (str, int))
    return f"case {number} (id {identity!r})" if named else f"case {number}"


def _kind(value: object) -> str:
    kinds = {type(None): "nothing", dict: "an object", list: "a list", str: "a string"}
    return kinds.get(type(value), type(value).__name__)
