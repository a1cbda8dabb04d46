"""MED319: a hormone that the body lacks, left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.state import has_condition
from medrag.clinical import DrugMention
from medrag.clinical.mentions import ENDED
from medrag.core.finding import Reference

_ADA = Reference(
    title="Standards of Care in Diabetes (American Diabetes Association)",
    section="16: Diabetes care in the hospital",
    edition="2025",
    url="https://doi.org/10.2337/dc25-SINT",
)
_MEAL = frozenset({"insulin-lispro", "insulin-aspart", "insulin-glulisine", "insulin-regular"})
_MEALTIME = re.compile(
    r"\b(?:meal-?time|prandial|rapid(?:-acting)?|short(?:-acting)?|bolus(?:es)?|correction|sliding"
    r"|mixed|premixed)\s(?:\w+\s)?\Z",
    re.I,
)
_NOT_ENDED = re.compile(
    r"\b(?:never|not|\w+n['\u2019]t|no)\s(?:\w+\s){0,3}(?:stop\w*|omit\w*|hold|held|skip\w*|withh\w+|miss\w*"
    r"|interrupt\w*|without|withdrawn?)\b|\bnever\b|\bwithout\b[^.;]{0,40}\b(?:death|danger|keto)",
    re.I,
)


def _withheld(context: Context) -> Iterator[Verdict]:
    """Report that somebody with type 1 diabetes is to go without any basal insulin."""
    insulins = context.knowledge.members("@insulins")
    named = [drug for drug in context.content.drugs if _is_insulin(drug, insulins)]
    if not named or not has_condition(context, "type-1-diabetes", None):
        return
    if any(drug.polarity == "give" for drug in named):
        return
    for mention in named:
        if mention.polarity not in ENDED:
            continue
        start = context.content.sentences[mention.sentence].start
        meal = set(mention.ingredients) <= _MEAL and mention.ingredients
        if meal or _MEALTIME.search(context.text, start, mention.start):
            continue
        held = mention.condition is None or mention.condition.exception
        if held and not _NOT_ENDED.search(context.sentence(mention)):
            yield Signal(
                severity="critical",
                message="In type 1 diabetes the basal insulin is never left out, fasting or not: "
                "ketoacidosis.",
                span=mention.span,
                reference=_ADA,
                subject="insulin",
            )
            return


def _is_insulin(mention: DrugMention, insulins: frozenset[str]) -> bool:
    of_class = (mention.drug_class or "").startswith("insulin") and not mention.ingredients
    return of_class or bool(insulins & set(mention.ingredients))


RULES = (
    Rule(
        id="MED319",
        title="basal insulin withheld in type 1 diabetes",
        category="contraindication",
        rationale="Without any insulin ketoacidosis follows within hours.",
        check=_withheld,
    ),
)
