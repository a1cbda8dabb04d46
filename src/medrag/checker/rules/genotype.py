"""MED316: drugs against the patient's genetic and enzyme results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from medrag.checker.asserted import standing
from medrag.checker.context import Context
from medrag.checker.rows_patient import GenotypeRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import about, depends_on
from medrag.checker.wording import name
from medrag.clinical import Content
from medrag.core.span import Span

_DENIED = re.compile(
    r"\b(?:negative|normal|not|no(?![- ](?:function|activity))|never|without|non(?!-?(?:small"
    r"|squam))-?|excluded"
    r"|wild[- ]?type|\*1/\*1|intermediate"
    r"|if|unless|when|until|before|should|must|check|test(?:ing|ed)? for|screen\w*|in case of"
    r"|patients with|those with|carriers of)\b",
    re.I,
)
"""Words between gene and result, or before both, that make no result of this patient's."""
_EXCLUDED = re.compile(
    r"\W*(?:\w+\s){0,4}?(?:excluded|ruled out|unlikely|absent|negative"
    r"|not (?:found|present|detected))",
    re.I,
)
_OF_A_CLASS = re.compile(r"\b(?:in|for|among|of|to)\s(?:all\s|the\s|some\s)?\Z", re.I)
"""Words before carriers of whom something is told in general: "a warning for carriers of"."""
_REDUCED = re.compile(
    r"\b(?:reduc\w*|lower\w*|tenth|10 ?%|quarter|half|50 ?%|three times (?:a|per) week|low[- ]dose"
    r"|one dose level|smaller)\b",
    re.I,
)


def _results(context: Context) -> Iterator[Verdict]:
    said: dict[tuple[str, tuple[str, ...], tuple[str, ...]], str] = {}
    for mention, drug, row in about(context, GenotypeRow):
        gene = row.gene[0]
        if depends_on(mention, *(word.lower() for word in row.gene)):
            continue
        if "alone" in row.text and _is_combined(context, drug):
            continue
        if row.severity != "critical" and _REDUCED.search(context.sentence(mention)):
            continue
        if "contraindicated" not in row.text and _REDUCED.search(context.sentence(mention)):
            continue
        key = (row.key, row.gene, row.result)
        if key not in said:
            said[key] = _stated(context.text, row, context.content) or _stated(
                context.facts.listed, row
            )
        found = said[key]
        if not found:
            continue
        yield Signal(
            severity=row.severity,
            message=f"{name(drug)} with {gene} {found.lower()}: {row.text}.",
            span=mention.span,
            reference=context.knowledge.reference(row, drug),
            subject=drug,
            fact=f"{drug}: {gene}",
        )


def _is_combined(context: Context, drug: str) -> bool:
    """Return whether a product that holds a drug and others is given or taken, too."""
    products = (*context.orders, *(context.facts.medications or ()))
    return any(drug in one.ingredients and len(one.ingredients) > 1 for one in products)


def _stated(text: str, row: GenotypeRow, content: Content | None = None) -> str:
    """Return the words of a result that speaks against the drug, or nothing."""
    for match in _pattern(row.gene, row.result).finditer(text):
        start = max(text.rfind(mark, 0, match.start()) for mark in ".;\n") + 1
        before = text[start : match.start()]
        between = match["between"] or match["middle"] or ""
        after = text[match.end() : match.end() + 40]
        if _EXCLUDED.match(after) or (match["first"] and _OF_A_CLASS.search(before)):
            continue
        if (
            content is not None
            and standing(content, Span(start=match.start(), end=match.end())) in _NOBODYS
        ):
            continue
        if _DENIED.search(between) is None and _DENIED.search(before[-40:]) is None:
            return match["after"] or match["first"]
    return ""


_NOBODYS = frozenset({"not", "unsaid", "over"})
_ABSENT = frozenset({"negative", "wild-type", "wild type"})
"""Results that say that a tumor lacks a marker."""
_EDGE = r"(?<!\w)"
"""A result does not begin within a word; a star allele follows its gene: "CYP2C9*3/*3"."""


@lru_cache(maxsize=256)
def _pattern(gene: tuple[str, ...], result: tuple[str, ...]) -> re.Pattern[str]:
    genes = "|".join(re.escape(word) for word in gene)
    results = "|".join(
        rf"(?-i:\b{word}\b)"
        if word.isalpha() and word.isupper()
        else rf"{_EDGE if word[0].isalnum() else ''}{re.escape(word)}\w*"
        for word in result
    )
    # "EGFR exon 19 deletion, ALK negative": each of a tumor's markers has its own result
    apart = ",/" if _ABSENT.intersection(result) else ""
    return re.compile(
        rf"(?:{genes})(?P<between>(?:[^.;{apart}\n]|\.(?=\d)){{0,90}}?)(?P<after>{results})"
        rf"|(?P<first>{results})(?P<middle>[^.;{apart}\n]{{0,30}}?)(?:{genes})",
        re.I,
    )


RULES = (
    Rule(
        id="MED316",
        title="genetic or enzyme result that forbids the drug",
        category="contraindication",
        rationale="A carrier of HLA-B*57:01 may die of abacavir.",
        tables=("genotypes",),
        check=_results,
    ),
)
