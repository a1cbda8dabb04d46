"""What a run depends on: put together before it, compared with what a folder holds."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from medrag.config import Settings
from medrag.errors import InputError
from medrag.evaluation.code import code_digest
from medrag.evaluation.judged_set import JudgedSet
from medrag.evaluation.record import Record
from medrag.evaluation.results import Signature

_PACKAGES = (
    "medrag",
    "faiss-cpu",
    "onnxruntime",
    "tantivy",
    "torch",
    "transformers",
    "llguidance",
    "tokenizers",
    "bitsandbytes",
)
_HELD = (
    "asked",
    "index",
    "llm",
    "closed_book",
    "settings",
    "as_of",
    "code",
    "seed",
    "repeats",
)
"""What answers depend on; figures depend on the judgements besides, and are made anew."""


def signature_of(
    judged: JudgedSet,
    *,
    index: str,
    settings: Settings,
    repeats: int = 1,
    closed_book: bool = False,
) -> Signature:
    """Return the signature of a run that is to be made.

    Args:
        judged: The set.
        index: The index's generation.
        settings: Of the engine, with what answers and the first seed.
        repeats: How often each question is asked.
        closed_book: Whether multiple-choice questions are asked without passages.
    """
    return Signature(
        set_name=judged.name,
        asked=judged.asked_digest,
        judged=judged.judged_digest,
        index=index,
        llm=settings.llm,
        closed_book=closed_book,
        settings=settings.digest,
        as_of=str(judged.as_of),
        medrag=version("medrag"),
        code=code_digest(),
        seed=settings.seed,
        repeats=repeats,
        packages={name: found for name in _PACKAGES if (found := _installed(name))},
        machine=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    )


def with_versions(signature: Signature, records: Sequence[Record]) -> Signature:
    """Return the signature with the versions that the answers tell."""
    known = [record.versions for record in records if record.versions is not None]
    return signature.model_copy(
        update={
            "models": _listed(versions.model for versions in known),
            "prompts": _listed(versions.prompt for versions in known),
            "rules": _listed(versions.rules for versions in known),
        }
    )


def held(path: Path, signature: Signature) -> None:
    """Write what a run depends on, or compare it with what is there.

    Raises:
        InputError: The folder holds a run of something else.
    """
    identity = {name: getattr(signature, name) for name in _HELD}
    if not path.exists():
        beside = path.with_name(f".{path.name}.part")  # a run that is killed leaves no half of it
        beside.write_text(json.dumps(identity, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        beside.replace(path)
        return
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: not JSON. Give another --out.") from error
    other = sorted(key for key in {*kept, *identity} if kept.get(key) != identity.get(key))
    if other:
        raise InputError(
            f"{path.parent} holds a run with another {', '.join(other)}. Give another --out, or "
            "the same arguments to go on with that run."
        )


def _listed(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
