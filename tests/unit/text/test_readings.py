"""What is kept of patterns is what is read of them; what is stale is not believed."""

import json
import sys
from pathlib import Path

import pytest

from medrag.text.beginnings import RUN, beginnings, endings, needs
from medrag.text.readings import Readings, kept

PATTERN, FLAGS = r"\b(?:MRN|chart)\s?\d{4,}", 2
ENDING = r"\b(?:mrs?|dr)\.?\s$"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a file that is kept of two patterns; the fixture is its name and the file."""
    folder = tmp_path / "examplary" / "data"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    file = folder / "patterns.jsonl"
    file.write_text(kept([(PATTERN, FLAGS)], [(ENDING, FLAGS)]), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield "examplary", file
    sys.modules.pop("examplary", None)


def read(readings):
    return (
        [set(runs) for runs in readings.needs(PATTERN, FLAGS)],
        readings.beginnings(PATTERN, FLAGS),
        readings.endings(ENDING, FLAGS),
    )


ANEW = (
    [set(runs) for runs in needs(PATTERN, FLAGS)],
    beginnings(PATTERN, RUN, FLAGS),
    endings(ENDING, FLAGS),
)


def test_what_is_kept_is_what_is_read(package):
    readings = Readings(package[0])
    assert readings.holds(PATTERN, FLAGS)
    assert readings.holds(ENDING, FLAGS)
    assert read(readings) == ANEW == read(Readings())


def test_what_is_kept_is_taken_without_reading(package):
    name, file = package
    reader, *rows = map(json.loads, Path(file).read_text(encoding="utf-8").splitlines())
    for _, row in rows:
        row.update({what: [["planted"]] for what in row})
    file.write_text("\n".join(map(json.dumps, [reader, *rows])), encoding="utf-8")
    assert read(Readings(name)) == ([{"planted"}], {"planted"}, {"planted"})


def test_a_pattern_that_changed_is_read_anew(package):
    readings = Readings(package[0])
    assert not readings.holds(PATTERN + "x", FLAGS)
    assert not readings.holds(PATTERN, 0)
    assert readings.beginnings(r"\bxyz", 0) == {"xyz"}
    assert readings.needs(r"\bxyz", 0) == ({"xyz"},)
    assert readings.endings(r"\bxyz\s$", 0) == {"xyz "}


def test_nothing_is_taken_that_another_reader_read(package):
    name, file = package
    _, *rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(['"another"', *rows]), encoding="utf-8")
    assert not Readings(name).holds(PATTERN, FLAGS)
    assert read(Readings(name)) == ANEW


def test_without_a_file_all_is_read_anew(package):
    package[1].unlink()
    assert not Readings(package[0]).holds(PATTERN, FLAGS)
    assert read(Readings(package[0])) == ANEW
