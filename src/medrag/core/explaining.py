"""Why a search found what it found, in short lines for a clinician."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from medrag.core.understanding import Added, AddedKind, Explanation, HitScores, UnderstoodQuery

_LIKELY, _UNLIKELY = 0.7, 0.3
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}
_HEADINGS_SHOWN = 5
_WHAT: Mapping[AddedKind, str] = {
    "abbreviation": "what it stands for",
    "related": "goes with it",
    "ingredient": "the same drug",
    "brand": "brand names",
    "spelling": "other spelling",
    "synonym": "other name",
    "misspelling": "nearest drug name; the word itself is none",
}
_LITTLE_WORDS = frozenset(
    """
    a an and any are as at be been by can could did do does for from had has have how i if in into
    is it its me my of on or our per shall should so than that the their them then there these this
    to was we were what when where which who why will with would you your
    """.split()  # noqa: SIM905 - quoted, they are no easier to read
)


def understood_lines(understood: UnderstoodQuery) -> list[str]:
    """Return how a question was read: what it asks for, what else is looked for, and where."""
    lines = []
    if understood.kinds:
        kinds = (f'{kind.name} ("{kind.told_by}")' for kind in understood.kinds)
        lines.append(f"Asks for: {', '.join(kinds)}")
    if understood.added:
        lines.append("Looked for as well:")
        lines += [f"  {line}" for line in _additions(understood.added)]
    else:
        lines.append("Looked for as it is asked; no words added.")
    if understood.dense_text != understood.question:
        lines.append("The corrected spelling is what is compared by meaning.")
    for prior in understood.headings:
        shown = list(prior.phrases[:_HEADINGS_SHOWN])
        shown += ["..."] if len(prior.phrases) > _HEADINGS_SHOWN else []
        lines.append(f"Headings preferred for {prior.kind}: {', '.join(shown)}")
    return [*lines, *(f"Left open: {note}" for note in understood.notes)]


def why_lines(scores: HitScores) -> list[str]:
    """Return why one hit ranks where it does: the parts of its score, and the words it holds."""
    parts = [
        _part("meaning", scores.dense, scores.dense_rank),
        _part("words", scores.lexical, scores.lexical_rank),
    ]
    if scores.fused is not None:
        parts.append(f"together {scores.fused:.2f}")
    if scores.prior:
        parts.append(f"heading for {scores.prior_kind} {scores.prior:+.3f}")
    if scores.rerank is not None:
        parts.append(f"read again {scores.rerank:.2f}")
    lines = [f"why: {'; '.join(parts)}"]
    telling = [word for word in scores.matched if word.casefold() not in _LITTLE_WORDS]
    if telling:
        lines.append(f"words asked: {', '.join(telling)}")
    if scores.matched_added:
        lines.append(f"words added: {', '.join(scores.matched_added)}")
    return lines


def answerable_line(explanation: Explanation, *, only_unlikely: bool = False) -> str | None:
    """Return how likely these passages answer the question, where that is estimated.

    Args:
        explanation: The search.
        only_unlikely: Say nothing where an answer is likely or uncertain.
    """
    chance = explanation.answerable
    if chance is None or (only_unlikely and chance >= _UNLIKELY):
        return None
    words = "likely" if chance >= _LIKELY else "unlikely" if chance < _UNLIKELY else "uncertain"
    return f"That these passages answer it is {words} ({chance:.0%})."


def _additions(added: Iterable[Added]) -> Iterator[str]:
    """Yield a line for the words added for one reason: `asked: added (what they are; source)`."""
    groups: dict[tuple[str, AddedKind, str], list[Added]] = {}
    for more in added:
        alone = more.reason if more.kind == "patient" else ""
        groups.setdefault((more.asked, more.kind, alone), []).append(more)
    for (asked, kind, _), group in groups.items():
        texts = ", ".join(more.text for more in group)
        if kind == "patient":
            yield f"{texts} ({group[0].reason})"
            continue
        source = group[0].source.partition(": ")[2] or group[0].source
        yield f"{asked}: {texts} ({_WHAT[kind]}; {source})"


def _part(name: str, score: float | None, rank: int | None) -> str:
    if score is None and rank is None:
        return f"{name}: not among the best"
    shown = "" if score is None else f" {score:.2f}"
    return f"{name}{shown}" if rank is None else f"{name}{shown} ({_ordinal(rank)})"


def _ordinal(rank: int) -> str:
    teen = 10 < rank % 100 < 14
    return f"{rank}{'th' if teen else _ORDINALS.get(rank % 10, 'th')}"
