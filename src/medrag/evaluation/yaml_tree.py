"""YAML read as plainly as JSON, with the line on which everything stands.

YAML's usual reader turns `no` into false, `2024-02` into a date and `1:30` into ninety; a file
that people edit must mean what it says. Here a plain word is a number only where JSON would write
it so, `true`, `false` and `null` are themselves, and everything else is text.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from medrag.errors import InputError

Path = tuple[str | int, ...]
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
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
        InputError: It is not YAML, has a key twice in one place, a key that is no text, or a
            merge (`<<`); names the line.
    """
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{where}:{line}: not YAML: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise InputError(f"{where}: not YAML: a character that no text has.") from error
    except RecursionError as error:
        raise InputError(f"{where}: YAML nested too deep.") from error
    reader = _Reader(where)
    return Tree(reader.value(node, ()) if node is not None else None, reader.lines)


class _Reader:
    def __init__(self, where: str) -> None:
        self._where = where
        self._around: list[yaml.Node] = []
        self.lines: dict[Path, int] = {}

    def value(self, node: yaml.Node, path: Path) -> Any:
        """Return what `node` says; an anchor's words are read anew where they are repeated."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if node in self._around or len(self.lines) > 1_000_000:
            raise self._error(node, "an anchor that holds itself, or too many repeats.")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        self._around.append(node)
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self._around.pop()

    def _mapping(self, node: yaml.Node, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name is None or name == "<<":
                raise self._error(key, "expected a word as the key; write merged keys out.")
            if name in found:
                raise self._error(key, f"the key {name!r} stands here twice.")
            inner = (*path, name)
            self.lines[inner] = key.start_mark.line + 1
            found[name] = self.value(value, inner)
        return found

    def _error(self, node: yaml.Node, problem: str) -> InputError:
        return InputError(f"{self._where}:{node.start_mark.line + 1}: {problem}")


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style is not None or node.tag == "!":  # quoted, or a block: text whatever it looks like
        return text
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text)
    if number is None or len(text) > 30:
        return text
    return float(text) if number[1] or number[2] else int(text)
