"""YAML read as plainly as JSON, with the line on which everything stands.

YAML's usual reader turns `no` into false, `2024-02` into a date and `1:30` into ninety; a file
that people edit must mean what it says. Here a plain word is a number only where JSON would write
it so, `true`, `false` and `null` are themselves, and everything else is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from medrag.errors import InputError

Path = tuple[str | int, ...]
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_DEEPEST = 30
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Tree(NamedTuple):
    """What a file says and where.

    Attributes:
        value: Of dicts, lists, texts, numbers, booleans and None.
        lines: The line, from 1, of everything in `value` by its path.
    """

    value: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of what stands at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str, where: str) -> Tree:
    """Return the one document in `text`.

    Raises:
        InputError: It is not YAML, nests deeper than any set does, has a key twice in one place,
            a key that is no text, a merge (`<<`), or an alias before its anchor; names the line.
    """
    reader = _Reader(where, yaml.parse(text, Loader=_LOADER))
    try:
        value = reader.document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{where}:{line}: not YAML: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise InputError(f"{where}: not YAML: a character that no text has.") from error
    return Tree(value, reader.lines)


class _Reader:
    """Reads the parser's events one by one: libyaml's own tree overflows on deep nesting."""

    def __init__(self, where: str, events: Iterator[yaml.Event]) -> None:
        self._where = where
        self._events = events
        self._anchors: dict[str, Any] = {}
        self.lines: dict[Path, int] = {}

    def document(self) -> Any:
        """Return what the first document says; None where there is none."""
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                value = self._value(event, ())
                break
        else:
            return None
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                raise self._error(event, "a second document; give each set a file of its own.")
        return value

    def _value(self, event: yaml.Event, path: Path) -> Any:
        """Return what begins with `event`; what an alias names is not copied."""
        self.lines.setdefault(path, event.start_mark.line + 1)
        if len(path) > _DEEPEST:
            raise self._error(event, f"nested too deep; a set nests under {_DEEPEST} levels.")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise self._error(event, f"*{event.anchor} stands before &{event.anchor} ends.")
            return self._anchors[event.anchor]
        value = self._written(event, path)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _written(self, event: yaml.Event, path: Path) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            found: list[Any] = []
            while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
                found.append(self._value(item, (*path, len(found))))
            return found
        return self._mapping(path)

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            name = key.value if isinstance(key, yaml.ScalarEvent) else None
            if name is None or name == "<<":
                raise self._error(key, "expected a word as the key; write merged keys out.")
            if name in found:
                raise self._error(key, f"the key {name!r} stands here twice.")
            inner = (*path, name)
            self.lines[inner] = key.start_mark.line + 1
            found[name] = self._value(next(self._events), inner)
        return found

    def _error(self, event: yaml.Event, problem: str) -> InputError:
        return InputError(f"{self._where}:{event.start_mark.line + 1}: {problem}")


def _scalar(event: yaml.ScalarEvent) -> Any:
    text: str = event.value
    # quoted, or a block: text whatever it looks like
    return plain(text) if event.style in (None, "") else text


def plain(text: str) -> Any:
    """Return what a word without quotation marks says: None, a boolean, a number, or itself."""
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text)
    if number is None or len(text) > 30:
        return text
    return float(text) if number[1] or number[2] else int(text)
