"""Every exception that medrag raises, as one tree.

```
MedragError
├── InputError                 you can fix it: a file, an argument, a name
│   ├── CorpusError            a document cannot be read or attributed
│   │   ├── PartlyReadError    parts of a file cannot be read; the rest of it was
│   │   └── RefusedCorpusError a strict build: a file failed or lacks provenance
│   ├── IndexStateError        the index on disk is missing, damaged or of another version
│   ├── UnknownNameError       a registry holds no such name
│   ├── NotFoundError          nothing here has the id that was asked for
│   ├── OverdueError           a check took longer than the caller allowed
│   ├── ConfigError            a setting or table row is wrong
│   ├── NotReviewedError       an action needs a valid sign-off
│   └── AuditError             the audit log is damaged, locked or cannot be written
├── BackendError               something beneath failed: a model, a server, a library
│   ├── BackendMissingError    an optional dependency is not installed
│   ├── OverloadedError        what answers has too much to do; ask again later
│   └── PartialSearchError     parts of the index could not be searched
├── DraftParseError            a model's reply does not follow the answer contract
└── RuleError                  a checker rule failed while running
```

A message says what was found, what was expected and what to do next. It never holds
patient text, a question or a completion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


def nearest_name(name: str, known: Iterable[str], noun: str) -> str:
    """Return `unknown NOUN 'name'. Did you mean ...? Known: ...`, for a message about a key."""
    return f"unknown {noun} {name!r}.{_hint(name, sorted(known))}"


def _hint(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=1)
    meant = f" Did you mean {close[0]!r}?" if close else ""
    return f"{meant} Known: {', '.join(known) or 'none'}."


class MedragError(Exception):
    """The root of every error that medrag raises on purpose; it goes to another process whole."""

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[MedragError], args: tuple[object, ...], facts: dict[str, object]) -> object:
    # Its own message stands in `args`, which most kinds make from what they are given.
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error


class InputError(MedragError):
    """Something the caller gave cannot be used; the message says what to change."""


class CorpusError(InputError):
    """A source document cannot be read or attributed."""


class PartlyReadError(CorpusError):
    """Some parts of a file cannot be read; every other document of it has been given.

    Attributes:
        parts: Why each part is not read, in file order; names the part.
    """

    def __init__(self, path: object, parts: Sequence[str]) -> None:
        self.parts = tuple(parts)
        count = f"{len(parts)} parts" if len(parts) > 1 else "one part"
        super().__init__(f"{path}: {count} not read, the rest was: {'; '.join(parts)}.")


class RefusedCorpusError(CorpusError):
    """A strict build met files that failed or lack provenance; the index is as it was.

    Attributes:
        failed, unattributed: (file or document, why) of each.
    """

    def __init__(
        self, failed: Sequence[tuple[str, str]], unattributed: Sequence[tuple[str, str]]
    ) -> None:
        self.failed = tuple(failed)
        self.unattributed = tuple(unattributed)
        place, why = (*failed, *unattributed)[0]
        super().__init__(
            f"Nothing was indexed: {len(failed)} files failed and {len(unattributed)} documents "
            f"lack provenance. First: {place}: {why}. Mend them, or build without strict."
        )


class IndexStateError(InputError):
    """An index directory is missing, damaged, locked or written by another version."""


class NotFoundError(InputError):
    """Nothing here has the id that was asked for; the message says what lists those there are."""


class OverdueError(InputError):
    """A text took longer to check than the caller allowed; nothing is said about it."""


class ConfigError(InputError):
    """A setting, a knowledge table or a policy file breaks its schema."""


class NotReviewedError(InputError):
    """An action was asked for without a valid, unexpired, matching sign-off."""


class AuditError(InputError):
    """The audit log is damaged, locked or cannot be written; nothing was recorded."""


class UnknownNameError(InputError):
    """A name was asked of a registry that does not hold it."""

    def __init__(self, name: str, *, kind: str, known: Iterable[str]) -> None:
        self.name = name
        self.kind = kind
        self.known = tuple(sorted(known))
        super().__init__(f"No {kind} is named {name!r}.{_hint(name, self.known)}")


class BackendError(MedragError):
    """Something beneath medrag failed: a model, a server, a native library."""


class BackendMissingError(BackendError):
    """An optional dependency is not installed."""

    def __init__(self, module: str, *, extra: str) -> None:
        self.module = module
        self.extra = extra
        super().__init__(f"{module!r} is not installed. Run: pip install 'medrag[{extra}]'")


class OverloadedError(BackendError):
    """What answers has too much to do; nothing of the request was done.

    Attributes:
        retry_s: Seconds after which to ask again, at least 1.
    """

    def __init__(self, message: str, *, retry_s: int = 1) -> None:
        self.retry_s = max(1, retry_s)
        super().__init__(message)


class PartialSearchError(BackendError):
    """Parts of the index could not be searched, and what was asked for cannot say so.

    Raised where the result is a plain list; `Index.retrieved` and `Index.explain` return what
    the other parts hold, with what is missing.

    Attributes:
        parts: (part, why) of each.
    """

    def __init__(self, parts: Sequence[tuple[str, str]]) -> None:
        self.parts = tuple(parts)
        named = "; ".join(f"{part}: {reason}" for part, reason in parts)
        super().__init__(
            f"The search was partial ({named}). Ask again when all shards answer, or use what "
            "tells what is missing: Index.retrieved or Index.explain."
        )


class DraftParseError(MedragError):
    """A model's reply does not follow the answer contract; the raw reply is kept for audit."""


class RuleError(MedragError):
    """A checker rule failed while running; the engine reports the check as not done."""

    def __init__(self, rule_id: str) -> None:
        self.rule_id = rule_id
        super().__init__(f"Rule {rule_id} failed while running; its check was not done.")
