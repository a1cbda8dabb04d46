"""JSON documents and JSON Lines at the edge: errors that name the file and the line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from medrag.errors import InputError, nearest_name

_UNPAIRED = "backslashreplace"
"""Writes `\\ud800` for half of a surrogate pair: in a JSON string that is its very escape."""


def read_text(path: str) -> str:
    """Return the UTF-8 text of the file at `path`, or of standard input for `-`.

    Raises:
        InputError: The file is missing, unreadable or not UTF-8.
    """
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or 'cannot be read'}.") from error


def read_json(path: str) -> Any:
    """Return the JSON document in the file at `path`.

    Raises:
        InputError: The file is missing or is not JSON.
    """
    return _parsed(read_text(path), path, lambda error: f"line {error.lineno}")


def read_lines(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield `(place, object)` of each line of a JSON Lines file; blank lines are skipped.

    Raises:
        InputError: A line is not a JSON object; the place (`cases.jsonl:7`) is named.
    """
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        item = _parsed(line, place, lambda error: f"column {error.colno}")
        if not isinstance(item, dict):
            raise InputError(f"{place}: expected a JSON object, found {type(item).__name__}.")
        yield place, item


def _parsed(text: str, place: str, where: Callable[[json.JSONDecodeError], str]) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{place}: not JSON: {error.msg} at {where(error)}.") from error
    except RecursionError as error:
        raise InputError(f"{place}: JSON nested too deep. A case nests under 10 levels.") from error
    except ValueError as error:  # Python refuses to read a whole number of thousands of digits
        raise InputError(f"{place}: holds a whole number with too many digits.") from error


def need(item: Mapping[str, Any], key: str, place: str) -> str:
    """Return the string at `key` of a case.

    Raises:
        InputError: The key is missing or its value is no string.
    """
    value = item.get(key)
    if not isinstance(value, str):
        found = "nothing" if value is None else type(value).__name__
        raise InputError(f"{place}: expected a string at {key!r}, found {found}.")
    return value


def refuse_misspelled(item: Mapping[str, Any], keys: Sequence[str], place: str) -> None:
    """Refuse a case with a key that is nearly one of `keys`; other further keys are let pass.

    A misspelled "patient" would be answered without the patient.

    Raises:
        InputError: Names the key and what it nearly is.
    """
    for key in item:
        if key not in keys and get_close_matches(key, keys, n=1):
            raise InputError(f"{place}: {nearest_name(key, keys, 'key')}")


def write_lines(path: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as JSON Lines and return how many; `-` is standard output.

    Raises:
        InputError: The folder does not exist or cannot be written.
    """
    return write_text(path, (json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def write_text(path: str, lines: Iterable[str]) -> int:
    """Write lines as UTF-8 and return how many; the file appears whole or not at all.

    A device or pipe (`/dev/null`) is written to, never replaced; a link keeps pointing where it
    did. Half of a surrogate pair, which UTF-8 cannot hold, is written as its JSON escape.

    Raises:
        InputError: The folder does not exist or cannot be written.
    """
    if path == "-":
        return _drain(lines, lambda line: click.echo(line, nl=False))
    given = Path(path)
    if not path or given.is_dir():
        raise InputError(f"{path!r} is no file. Give the path of a file to write, or -.")
    special = given.exists() and not given.is_file()
    target = given if special else Path(os.path.realpath(given))
    beside = target if special else target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with beside.open("w", encoding="utf-8", errors=_UNPAIRED, newline="\n") as stream:
            count = _drain(lines, stream.write)
        if not special:
            beside.replace(target)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}.") from error
    finally:
        if not special:
            beside.unlink(missing_ok=True)
    return count


def _drain(lines: Iterable[str], write: Callable[[str], object]) -> int:
    count = 0
    for line in lines:
        write(line)
        count += 1
    return count
