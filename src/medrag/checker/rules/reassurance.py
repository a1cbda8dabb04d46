"""MED317: what a text calls safe, against what the tables say of the drug.

Such a sentence harms without a patient: "lisinopril is safe in pregnancy" is wrong of everybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.exceeding import breaks
from medrag.checker.kidney import kidney_of
from medrag.checker.rows import Row
from medrag.checker.rows_pairs import InteractionRow
from medrag.checker.rows_patient import AgeRow, AllergyRow, HepaticRow, PregnancyRow, RenalRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import is_of_earlier, is_of_later, rows_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import name
from medrag.clinical import DrugMention
from medrag.core.finding import Category, Severity, gravity

_SAFE = sifted(
    r"\b(?:safe(?:ly)?|fine|okay|ok|acceptable|harmless|preferred|first[- ]line|compatible"
    r"|recommended(?! (?:dose|dosage|starting|maximum|daily|initial))|drug of choice"
    r"|poses? no|of no concern|well tolerated"
    r"|no (?:known |additional |increased |particular |special )?"
    r"(?:risks?|harm|concerns?|problems?|precautions?|danger|restrictions?|effect on)"
    r"|without (?:any )?(?:concern|risk|restriction|precaution|harm|worry)s?"
    r"|(?:can|may) (?:still |also |safely )?be (?:used|taken|given|continued|prescribed)"
    r"|(?:can|may) (?:still |also |safely )?(?:take|use|continue|have|carry on|go on|keep))\b",
    re.I,
)
_UNADJUSTED = sifted(
    r"\b(?:no|without(?: any)?|never needs?|(?:not|\w+n['\u2019]t) (?:need|require)(?: an?| any)?"
    r"|(?:not|\w+n['\u2019]t) necessary)\s(?:\w+\s){0,3}?(?:adjust\w*|reduc\w*|change|modif\w*"
    r"|dose limit)"
    r"|\b(?:adjustment|reduction)s? (?:is|are) (?:not (?:needed|required|necessary)|unnecessary)"
    r"|\b(?:full|usual|same|normal|standard) (?:adult )?dos\w+",
    re.I,
)
_DOUBT = sifted(
    r"\b(?:neither|nor|not (?!need|require|necess)|\w+n['\u2019]t (?!need|require)|never|unsafe"
    r"|avoid\w*"
    r"|contraindicat\w*"
    r"|unless|except|until|stop\w*|instead|rather than|switch\w*|only|caution\w*|teratogen\w*"
    r"|pharmacokinetic\w*|recommended that|(?:monitoring|testing|modification|reduction)"
    r" (?:\S+ ){0,6}?is recommended|whether|ask|less safe"
    r"|safer|no longer|before|after delivery)\b|\?",
    re.I,
)
_MILD = re.compile(
    r"\b(?:mild|normal|Child[- ]?Pugh A|above|over|at least|greater|stage [12])\b|[>≥]", re.I
)
_VALUE = re.compile(
    r"\b(?:eGFR|GFR|CrCl|clearance)\b[^.;\d]{0,25}(\d{1,3})(?:\s?(?:-|to|–)\s?\d+)?", re.I
)
_OLDER = re.compile(r"\b(?:over|above|older|from|aged? \d+ (?:and|or) (?:over|older|up))\b", re.I)
_TOGETHER = sifted(
    r"\b(?:no (?:\w+ ){0,2}interactions?|(?:combin|mix|taken? together|given together"
    r"|co-?administ|concurrent|used? together|add(?:ed)? to|alongside)\w*|with)\b",
    re.I,
)


_NO_CLASH = sifted(
    r"\bno (?:\w+ ){0,3}(?:interact\w*|problems?|issues?|concerns?|conflicts?|danger"
    r"|risk|effect|reason)\b",
    re.I,
)
"""Words that deny that two things clash."""


@dataclass(frozen=True, slots=True)
class _Topic:
    """For whom a drug is called safe, and which rows say otherwise."""

    category: Category
    words: re.Pattern[str]
    table: type[Row]
    holds: Callable[[Context, Row, str], bool]
    unadjusted: bool = False


_HIS_KIDNEYS = re.compile(
    r"\b(?:this|these|his|her|their|your|current|present)\s(?:\w+\s)?"
    r"(?:kidneys?|renal|e?GFR|creatinine|CrCl)\b",
    re.I,
)
"""The function of this patient, which the list may state: "at this kidney function"."""


def _renal(context: Context, row: Row, said: str) -> bool:
    assert isinstance(row, RenalRow)
    value = _VALUE.search(said)
    if value is not None:
        return Decimal(value[1]) < row.below
    own = kidney_of(context).measure(row.measure) if _HIS_KIDNEYS.search(said) else None
    if own is not None:
        return own[0] < row.below
    return _MILD.search(said) is None and row.below >= 30


def _hepatic(_: Context, row: Row, said: str) -> bool:
    assert isinstance(row, HepaticRow)
    return _MILD.search(said) is None and row.action != "note"


def _too_young(_: Context, row: Row, said: str) -> bool:
    assert isinstance(row, AgeRow)
    return row.side == "under" and row.severity == "critical" and _OLDER.search(said) is None


def _too_old(_: Context, row: Row, __: str) -> bool:
    assert isinstance(row, AgeRow)
    return row.side == "over"


def _state(state: str) -> Callable[[Context, Row, str], bool]:
    return lambda _, row, __: isinstance(row, PregnancyRow) and row.state == state


def _class_allergy(_: Context, row: Row, said: str) -> bool:
    assert isinstance(row, AllergyRow)
    allergen = name(row.allergen.removesuffix("-class"))
    return row.grade == "class" and row.severity == "critical" and allergen in said.lower()


_TOPICS: tuple[_Topic, ...] = (
    _Topic("pregnancy", re.compile(
        r"\bpregnan\w*|\btrimesters?\b|\bgestation|\bconception\b|\bconceiv\w+", re.I),
           PregnancyRow, _state("pregnant")),
    _Topic("lactation", re.compile(r"\bbreast-?\s?feed\w*|\blactat\w*|\bnursing\b|\bmilk\b", re.I),
           PregnancyRow, _state("lactating")),
    _Topic("renal", re.compile(
        r"\b(?:renal|kidney|dialysis|CKD|eGFR|GFR|creatinine clearance|CrCl)\b", re.I),
        RenalRow, _renal, unadjusted=True),
    _Topic("hepatic", re.compile(r"\b(?:hepatic|liver|cirrho\w+|Child[- ]?Pugh)\b", re.I),
           HepaticRow, _hepatic, unadjusted=True),
    _Topic("age", re.compile(r"\b(?:child|children|infants?|toddlers?|newborns?|babies"
                             r"|p(?:a)?ediatric|neonates?)\b", re.I), AgeRow, _too_young),
    _Topic("age", re.compile(r"\b(?:older (?:adults?|people|patients)|elderly|frail)\b", re.I),
           AgeRow, _too_old),
    _Topic("allergy", re.compile(r"\ballerg\w+", re.I), AllergyRow, _class_allergy),
)  # fmt: skip


_IS_ALLERGEN = re.compile(r"[\s-](?:allerg\w+|hypersensitiv\w+|intoleran\w+|anaphylaxis)", re.I)
"""What makes a drug's name that of an allergy: "fine in penicillin allergy"."""


def _reassured(context: Context) -> Iterator[Verdict]:
    for mention in context.dosed:
        if _is_conditional(mention) or _IS_ALLERGEN.match(context.text, mention.end):
            continue
        said = context.sentence(mention)
        safe, adjusted = context.search(_SAFE, said), context.search(_UNADJUSTED, said)
        if not (safe or adjusted) or context.search(_DOUBT, said):
            continue
        for topic in _TOPICS:
            if topic.words.search(said) is None:
                continue
            unadjusted = adjusted if topic.unadjusted else None
            start = context.content.sentences[mention.sentence].start
            if unadjusted and is_of_earlier(context, mention, start + unadjusted.end()):
                unadjusted = None
            if safe and (
                is_of_earlier(context, mention, start + safe.end())
                or is_of_later(context, mention, start + safe.start())
            ):
                continue  # "X is preferred, since Y has been linked with"
            if safe or unadjusted:
                yield from _contradicted(context, mention, topic, said)
    yield from _pairs(context)


def _is_conditional(mention: DrugMention) -> bool:
    """Return whether an "if" or "unless" governs the drug; "in pregnancy" is no such thing."""
    condition = mention.condition
    if condition is None:
        return False
    return condition.exception or condition.text.lower().startswith(("if", "when", "once"))


def _contradicted(
    context: Context, mention: DrugMention, topic: _Topic, said: str
) -> Iterator[Verdict]:
    found = [
        (drug, row)
        for drug, row in rows_of(context, mention, topic.table)
        if topic.holds(context, row, said) and _severity(row) != "info" and _is_met(row, mention)
    ]
    for drug, row in sorted(found, key=lambda pair: -gravity(_severity(pair[1])))[:1]:
        yield Signal(
            severity=_severity(row),
            message=f"The text reassures about {name(drug)} ({topic.category}), but: "
            f"{_reason(row)}.",
            span=mention.span,
            reference=context.knowledge.reference(row, drug),
            subject=drug,
            category=topic.category,
            fact=f"{drug}: {topic.category}",
        )


def _is_met(row: Row, mention: DrugMention) -> bool:
    """Return whether a drug is given beyond what a row allows, or no dose of it is stated."""
    if not isinstance(row, RenalRow | HepaticRow | AgeRow) or not mention.regimens:
        return True
    return breaks(row, mention)


def _severity(row: Row) -> Severity:
    found: Severity = getattr(row, "severity", "warning")
    return found


def _reason(row: Row) -> str:
    return str(getattr(row, "reason", "") or getattr(row, "text", "") or getattr(row, "note", ""))


def _pairs(context: Context) -> Iterator[Verdict]:
    """Report two drugs that one sentence calls safe together and a row does not."""
    for sentence in context.content.sentences:
        said = sentence.text
        own = context.content.drugs_in(sentence.start, sentence.end)
        if len(own) < 2 or not (context.search(_SAFE, said) or context.search(_NO_CLASH, said)):
            continue
        if not context.search(_TOGETHER, said) or context.search(_DOUBT, said):
            continue
        yield from _interacting(context, own)


def _interacting(context: Context, own: Sequence[DrugMention]) -> Iterator[Verdict]:
    for index, first in enumerate(own):
        for second in own[index + 1 :]:
            row = _interaction(context, first, second) or _interaction(context, second, first)
            if row is None or "avoid" in {first.polarity, second.polarity}:
                continue
            both = sorted({*first.ingredients[:1], *second.ingredients[:1]})
            yield Signal(
                severity=row.severity,
                message=f"The text calls {name(both[0])} with {name(both[-1])} safe, but: "
                f"{row.effect}; {row.action}.",
                span=first.span,
                reference=context.knowledge.reference(row, first.ingredients[0]),
                subject="+".join(both),
                category="interaction",
                fact="+".join(both),
            )


def _interaction(context: Context, one: DrugMention, other: DrugMention) -> InteractionRow | None:
    for ingredient in one.ingredients:
        for row in context.knowledge.rows(InteractionRow, ingredient):
            members = context.knowledge.members(row.other)
            others = set(other.ingredients) - set(one.ingredients)
            if row.severity != "info" and row.max_daily is None and members & others:
                return row
    return None


RULES = (
    Rule(
        id="MED317",
        title="called safe against the tables",
        category="contraindication",
        rationale="A reassurance is acted on: lisinopril is not safe in pregnancy.",
        tables=("pregnancy", "renal", "hepatic", "ages", "allergies", "interactions"),
        check=_reassured,
    ),
)
