"""A run as JUnit XML, which every CI server reads: a test for each gate and each case.

Where an earlier run is given, a case that is wrong in both is skipped, not failed: what fails is
what became worse. Without one, every wrong case fails.

The elements are those of `junit-10.xsd` of the Jenkins xUnit plug-in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from medrag.evaluation.comparing import compare
from medrag.evaluation.gates import Gates, failures
from medrag.evaluation.record import Record
from medrag.evaluation.reports.cases import expected_of, faults_of
from medrag.evaluation.reports.words import seconds_of, signed
from medrag.evaluation.run import Run, by_id

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(run: Run, against: Run | None = None, *, kept: Gates | None = None) -> str:
    """Return the run as one XML document; it holds ids and faults, no words of any question.

    Args:
        run: The run.
        against: An earlier run; what was wrong there as well does not fail.
        kept: Thresholds; each that is not kept is a test that fails. With an earlier run and
            None, the usual ones: nothing may be significantly worse.

    Raises:
        InputError: The runs have no case in common.
    """
    suites = ET.Element("testsuites", name=_clean(f"medrag {run.judged.name}"))
    _add(suites, "gates", [*_gates(run), *_thresholds(run, against, kept)])
    known = {record.id for record in against.records if _is_wrong(record)} if against else set()
    fields: dict[str, list[ET.Element]] = {}
    for case in _cases(run, known):
        fields.setdefault(case.get("classname", ""), []).append(case)
    for field in sorted(fields):
        _add(suites, field, fields[field])
    _add_properties(suites[0], run)
    ET.indent(suites)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + ET.tostring(suites, encoding="unicode") + "\n"


def _gates(run: Run) -> Iterator[ET.Element]:
    for gate in run.results.summary.gates:
        case = _case(gate.name, "gates", 0.0)
        if not gate.passed:
            named = ", ".join(gate.found)
            _note(case, "failure", f"it happened in {len(gate.found)} cases", named)
        yield case


def _thresholds(run: Run, against: Run | None, kept: Gates | None) -> Iterator[ET.Element]:
    """Yield a test that fails for each threshold that is not kept, or one that passes."""
    if against is None and kept is None:
        return
    gates = kept or Gates()
    held = compare(against, run, gates).failed if against else failures(gates, run.results)
    broken = list(held)
    for line in broken or ["every threshold is kept"]:
        case = _case(line, "thresholds", 0.0)
        if broken:
            _note(case, "failure", line)
        yield case


def _cases(run: Run, known: set[str]) -> Iterator[ET.Element]:
    wanted = expected_of(run)
    for name, records in by_id(run.records).items():
        field = records[0].specialty or "no specialty"
        case = _case(name, field, sum(record.seconds for record in records))
        wrong = [record for record in records if _is_wrong(record)]
        if wrong:
            expect = wanted.get(name)
            told = dict.fromkeys(fault for one in wrong for fault in faults_of(one, expect))
            words = "; ".join(told)
            if all(record.error for record in wrong):
                _note(case, "error", words)
            elif name in known:
                _note(case, "skipped", f"wrong in the earlier run as well: {words}")
            else:
                _note(case, "failure", words)
        yield case


def _is_wrong(record: Record) -> bool:
    return bool(record.error or record.right is False or record.unsupported or record.not_verbatim)


def _case(name: str, group: str, seconds: float) -> ET.Element:
    fields = {"classname": group, "name": name, "time": seconds_of(seconds)}
    return ET.Element("testcase", {key: _clean(value) for key, value in fields.items()})


def _note(case: ET.Element, kind: str, message: str, more: str = "") -> None:
    note = ET.SubElement(case, kind, message=_clean(message))
    if kind != "skipped":
        note.set("type", kind)
    note.text = _clean(more) or None


def _add(suites: ET.Element, name: str, cases: list[ET.Element]) -> None:
    suite = ET.SubElement(suites, "testsuite", name=_clean(name), tests=str(len(cases)))
    for kind, field in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(field, str(sum(case.find(kind) is not None for case in cases)))
    suite.set("time", seconds_of(sum(float(case.get("time", "0")) for case in cases)))
    suite.extend(cases)


def _add_properties(suite: ET.Element, run: Run) -> None:
    properties = ET.Element("properties")
    for name, value in signed(run.results):
        ET.SubElement(properties, "property", name=name, value=_clean(value))
    suite.insert(0, properties)


def _clean(text: str) -> str:
    """Return text without what XML 1.0 cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
