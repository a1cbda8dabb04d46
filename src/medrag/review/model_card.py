"""A model card, filled from the answers of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from string import Template

from medrag.core.answer import DISCLAIMER, CheckedAnswer, Versions
from medrag.errors import InputError
from medrag.review.approval import scope_version

_NO_NOTICE = "The answerer comes without terms of its own."


def model_card(answers: Sequence[CheckedAnswer], *, notice: str | None = None) -> str:
    """Return the model card of the configuration that gave `answers`, as Markdown.

    Args:
        answers: Of one run: at least one, and all of one configuration.
        notice: The terms of the model, where it has some.

    Raises:
        InputError: There is no answer, or two were made with different versions.
    """
    versions = _only_versions(answers)
    template = Template(
        files("medrag.review").joinpath("model_card.md").read_text(encoding="utf-8")
    )
    return template.substitute(
        versions.model_dump(),
        scope=scope_version(),
        disclaimer=DISCLAIMER,
        notice=notice or _NO_NOTICE,
        **_figures(answers),
    )


def _only_versions(answers: Sequence[CheckedAnswer]) -> Versions:
    if not answers:
        raise InputError("A model card needs the answers of a run, and there are none.")
    first = answers[0].versions
    for answer in answers:
        if answer.versions != first:
            names = Versions.model_fields
            differing = [n for n in names if getattr(answer.versions, n) != getattr(first, n)]
            raise InputError(
                f"The answers come from different configurations ({', '.join(differing)}). "
                "Give the answers of one run."
            )
    return first


def _figures(answers: Sequence[CheckedAnswer]) -> dict[str, object]:
    statuses = Counter(answer.status for answer in answers)
    severities = Counter(f.severity for answer in answers for f in answer.findings)
    claims = [claim for answer in answers for claim in answer.quoted.claims]
    quotes = [quote for claim in claims for quote in claim.quotes]
    return {
        "questions": len(answers),
        "statuses": "\n".join(f"| {name} | {count} |" for name, count in sorted(statuses.items())),
        "claims": len(claims),
        "withheld": sum(len(answer.quoted.withheld) for answer in answers),
        "quotes": len(quotes),
        "verified": sum(quote.match.verified for quote in quotes),
        "critical": severities["critical"],
        "warning": severities["warning"],
        "not_checked": sum(len(answer.not_checked) for answer in answers),
    }
