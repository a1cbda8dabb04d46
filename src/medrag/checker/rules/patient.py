"""MED303 and MED306-MED311: conditions, pregnancy, lactation, age, laboratory and vital signs."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.each import alone_of
from medrag.checker.exceeding import breaks
from medrag.checker.lowered import is_lowered, says_less
from medrag.checker.mitigated import (
    COMFORT,
    answers_a_change,
    is_accepted,
    is_before_term,
    is_for_later_weeks,
    is_last_resort,
    is_low_doxepin,
    is_of_pregnancy,
    is_replaced,
    is_suspected,
    reaches,
)
from medrag.checker.rows import DoseRow
from medrag.checker.rows_patient import (
    AgeRow,
    ContraindicationRow,
    DrugLabRow,
    PregnancyRow,
)
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import about, acts_locally, depends_on
from medrag.checker.state import age_years, has_condition, in_state, is_excepted, is_named, value_of
from medrag.checker.wording import amount, name, number
from medrag.clinical import DrugMention, Quantity
from medrag.core.finding import NotChecked, gravity

COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LOCAL = frozenset({"topical", "ophthalmic", "otic", "intranasal", "inhalation", "vaginal"})
_SIGNS = frozenset({"qtc", "qt", "heart-rate", "systolic-bp", "diastolic-bp", "respiratory-rate",
                    "spo2"})  # fmt: skip


_FOR_HIT = frozenset({"argatroban", "bivalirudin", "fondaparinux", "apixaban", "rivaroxaban",
                      "dabigatran"})  # fmt: skip
"""Anticoagulants that treat thrombocytopenia caused by heparin."""
_STATE_OF = {
    ("potassium", ">"): "hyperkalemia",
    ("potassium", "<"): "hypokalemia",
    ("sodium", "<"): "hyponatremia",
    ("sodium", ">"): "hypernatremia",
    ("calcium", ">"): "hypercalcemia",
    ("calcium", "<"): "hypocalcemia",
    ("magnesium", ">"): "hypermagnesemia",
    ("magnesium", "<"): "hypomagnesemia",
    ("glucose", "<"): "hypoglycemia",
    ("platelets", "<"): "thrombocytopenia",
    ("anc", "<"): "neutropenia",
    ("hemoglobin", "<"): "anemia",
    ("heart-rate", "<"): "bradycardia",
    ("systolic-bp", "<"): "hypotension",
    ("qtc", ">"): "long-qt",
    ("respiratory-rate", "<"): "respiratory-depression",
}
"""What a value and a condition of the problem list both say."""


_OF_HORMONES = frozenset({"hyperthyroidism", "hypothyroidism"})
_ONLY_AFTER = re.compile(r"\bonly (?:\w+ )?(?:after|once|when|if|with)\b", re.I)


def _conditions(context: Context) -> Iterator[Verdict]:
    missing: set[str] = set()
    best: dict[tuple[int, str, str], tuple[DrugMention, ContraindicationRow]] = {}
    for mention, drug, row in about(context, ContraindicationRow):
        if acts_locally(mention) and not reaches(drug, row):
            continue
        holds = has_condition(context, row.condition, mention)
        unknown = context.facts.conditions is None and row.severity == "critical"
        if not (holds or unknown) or _ONLY_AFTER.search(context.sentence(mention)):
            continue
        if _waits_for(context, mention, row) or is_accepted(context, mention, drug, row):
            continue
        if unknown:
            missing.add(name(drug))
        key = (mention.start, drug, row.condition)
        if holds and (key not in best or gravity(row.severity) > gravity(best[key][1].severity)):
            best[key] = (mention, row)
    for (_, drug, condition), (mention, row) in best.items():
        yield Signal(
            severity=row.severity,
            message=f"{name(drug)} with {name(condition)}: {row.reason}.",
            span=mention.span,
            reference=context.knowledge.reference(row, drug),
            subject=drug,
            fact=f"{drug}: {row.condition}",
        )
    if missing and context.facts.known:
        yield NotChecked(
            check=f"contraindicating conditions for {', '.join(sorted(missing))}",
            reason="the patient's conditions are not given",
        )


def _waits_for(context: Context, mention: DrugMention, row: ContraindicationRow) -> bool:
    """Return whether a directive waits for the value that makes the condition."""
    condition = mention.condition
    if condition is None:
        return False
    if row.condition in _OF_HORMONES and answers_a_change(mention):
        return True
    makers = {analyte for (analyte, _), state in _STATE_OF.items() if state == row.condition}
    inside = (lab for lab in context.content.labs if condition.start <= lab.start < condition.end)
    return any(x.analyte in makers for x in inside) or bool(makers and answers_a_change(mention))


def _pregnancy(context: Context) -> Iterator[Verdict]:
    yield from _state(context, "pregnant", "pregnancy")


def _lactation(context: Context) -> Iterator[Verdict]:
    yield from _state(context, "lactating", "breastfeeding")


_AFTER_BIRTH = re.compile(
    r"\b(?:after|following|post|once)\b.{0,20}(?:birth|deliver|born|partum|natal|pregnan|wean)",
    re.I,
)


def _is_for_later(context: Context, mention: DrugMention) -> bool:
    """Return whether a directive is for after the pregnancy."""
    condition = mention.condition
    if _AFTER_BIRTH.match(context.sentence(mention)):
        return True
    if condition is None or condition.exception:  # "until after birth" is now
        return False
    return _AFTER_BIRTH.search(condition.text) is not None


def _state(context: Context, state: str, word: str) -> Iterator[Verdict]:
    if state == "pregnant" and is_of_pregnancy(context):
        return
    missing: set[str] = set()
    for mention, drug, row in about(context, PregnancyRow):
        if (
            row.state != state
            or acts_locally(mention)
            or depends_on(mention, "pregnan", "lactat", "breast")
            or (state == "pregnant" and _is_for_later(context, mention))
        ):
            continue
        if is_excepted(context, row) or is_for_later_weeks(context.sentence(mention), row):
            continue
        if is_before_term(context, row):
            continue
        holds = in_state(context, state, mention)
        if holds is None and row.severity == "critical" and _could_be(context):
            missing.add(name(drug))
        if not holds:
            continue
        instead = f"; consider {row.instead}" if row.instead else ""
        yield Signal(
            severity=row.severity,
            message=f"{name(drug)} in {word}: {row.reason}{instead}.",
            span=mention.span,
            reference=context.knowledge.reference(row, drug),
            subject=drug,
            fact=f"{drug}: {'pregnancy' if state == 'pregnant' else 'lactation'}",
        )
    if missing:
        yield NotChecked(
            check=f"{word} for {', '.join(sorted(missing))}", reason=f"{word} is not stated"
        )


def _could_be(context: Context) -> bool:
    patient = context.facts.patient
    age = patient.age_years
    woman = patient.sex not in {"male", "other"}
    return context.facts.known and woman and (age is None or 11 <= age <= 55)


def _young(context: Context) -> Iterator[Verdict]:
    yield from _age(context, "under")


def _old(context: Context) -> Iterator[Verdict]:
    yield from _age(context, "over")


def _age(context: Context, side: str) -> Iterator[Verdict]:
    missing: set[str] = set()
    for mention, drug, row in about(context, AgeRow):
        if row.side != side or (acts_locally(mention) and not _is_made_local(context, drug)):
            continue
        age = age_years(context, mention)
        if not breaks(row, alone_of(context.text, mention, drug)) or (
            row.when and not is_named(context, row.when)
        ):
            continue
        if age is None:
            if row.severity == "critical" and context.facts.known:
                missing.add(name(drug))
            continue
        reached = age < row.age_years if side == "under" else age >= row.age_years
        if side == "over" and (context.says(COMFORT) or COMFORT.whole.search(context.facts.words)):
            continue  # at the end of life comfort weighs more than falls and confusion
        less = says_less(mention)
        if side == "over" and (answers_a_change(mention) or is_last_resort(mention)):
            continue
        low = side == "over" and is_low_doxepin(mention, drug)
        if reached and not less and not low and not is_excepted(context, row):
            yield Signal(
                severity=row.severity,
                message=f"{name(drug)} at {_years(age)}: {row.reason}.",
                span=mention.span,
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )
    if missing:
        yield NotChecked(
            check=f"age limits for {', '.join(sorted(missing))}", reason="the age is not given"
        )


def _is_made_local(context: Context, drug: str) -> bool:
    """Return whether a drug has no other form than eye drops, creams and the like."""
    return all(row.route in _LOCAL for row in context.knowledge.rows(DoseRow, drug))


def _years(age: Decimal) -> str:
    return f"{number(age)} years" if age >= 2 else f"{number(age * 12)} months"


def _values(context: Context) -> Iterator[Verdict]:
    yield from _measured(context, signs=False)


def _vital_signs(context: Context) -> Iterator[Verdict]:
    yield from _measured(context, signs=True)


def _measured(context: Context, *, signs: bool) -> Iterator[Verdict]:
    best: dict[tuple[int, str, str], tuple[DrugMention, DrugLabRow, Decimal]] = {}
    missing: dict[str, set[str]] = {}
    for mention, drug, row in about(context, DrugLabRow):
        if (row.analyte in _SIGNS) is not signs or _depends_on_result(context, mention, row):
            continue
        if _is_answered(context, mention, drug, row):
            continue
        value = value_of(context, row.analyte, row.unit)
        if value is None and row.severity == "critical":
            missing.setdefault(row.analyte, set()).add(name(drug))
        if value is None or not COMPARE[row.op](value, row.value):
            continue
        key = (mention.start, drug, row.analyte)
        if key not in best or gravity(row.severity) > gravity(best[key][1].severity):
            best[key] = (mention, row, value)
    yield from _not_measured(context, missing)
    for (_, drug, analyte), (mention, row, value) in best.items():
        yield Signal(
            severity=row.severity,
            message=f"{name(drug)} with {name(analyte)} {amount(Quantity(value, row.unit))}: "
            f"{row.reason}.",
            span=mention.span,
            reference=context.knowledge.reference(row, drug),
            subject=drug,
            fact=f"{drug}: {_STATE_OF.get((analyte, row.op[0]), analyte)}",
        )


def _is_answered(context: Context, mention: DrugMention, drug: str, row: DrugLabRow) -> bool:
    """Return whether the text deals with a value, or the drug is what treats its cause."""
    if is_lowered(context, mention):
        return True  # less of what is taken answers the value
    if row.analyte == "platelets" and drug in _FOR_HIT and has_condition(context, "hit", None):
        return True  # low platelets are the disease that it treats
    if is_replaced(context, row):
        return True
    return row.severity == "warning" and is_suspected(context, drug)


def _not_measured(context: Context, missing: dict[str, set[str]]) -> Iterator[Verdict]:
    """Say which results would be needed and are not given, one line for each."""
    for analyte, drugs in missing.items() if context.facts.known else ():
        yield NotChecked(
            check=f"{name(analyte)} before {', '.join(sorted(drugs))}", reason="no value is given"
        )


def _depends_on_result(context: Context, mention: DrugMention, row: DrugLabRow) -> bool:
    """Return whether the directive waits for the value itself: "once K is above 3.5"."""
    condition = mention.condition
    if condition is None:
        return depends_on(mention, name(row.analyte))
    if answers_a_change(mention):
        return True
    inside = (lab for lab in context.content.labs if condition.start <= lab.start < condition.end)
    return any(lab.analyte == row.analyte for lab in inside)


def _nobody(context: Context) -> Iterator[Verdict]:
    """Say in one line what was not checked because the text is about nobody known."""
    drugs = sorted({name(i) for mention in context.orders for i in mention.ingredients})
    if drugs and not context.facts.known:
        yield NotChecked(
            check="allergies, current medications, conditions, kidney and liver function, age and "
            f"pregnancy for {', '.join(drugs)}",
            reason="no patient is given",
        )


RULES = (
    Rule(
        id="MED004",
        title="no patient given",
        category="contraindication",
        rationale="What depends on the patient has not been looked at.",
        check=_nobody,
    ),
    Rule(
        id="MED303",
        title="condition that forbids the drug",
        category="contraindication",
        rationale="A drug that helps one disease can worsen another.",
        tables=("contraindications", "stages"),
        check=_conditions,
    ),
    Rule(
        id="MED306",
        title="pregnancy",
        category="pregnancy",
        rationale="Some drugs harm the unborn child.",
        tables=("pregnancy",),
        check=_pregnancy,
    ),
    Rule(
        id="MED307",
        title="breastfeeding",
        category="lactation",
        rationale="Some drugs reach the child through the milk.",
        tables=("pregnancy",),
        check=_lactation,
    ),
    Rule(
        id="MED308",
        title="too young for the drug",
        category="age",
        rationale="Codeine after tonsillectomy, aspirin in influenza, tetracycline in the teeth.",
        tables=("ages",),
        check=_young,
    ),
    Rule(
        id="MED309",
        title="older adult",
        category="age",
        rationale="Sedating and anticholinergic drugs make older people fall and confused.",
        tables=("ages",),
        check=_old,
    ),
    Rule(
        id="MED310",
        title="laboratory value that forbids the drug",
        category="lab",
        rationale="Potassium at 5.9 forbids what raises it.",
        tables=("drug_labs",),
        check=_values,
    ),
    Rule(
        id="MED311",
        title="QT interval or vital sign that forbids the drug",
        category="contraindication",
        rationale="A long QT interval and a drug that lengthens it make torsades.",
        tables=("drug_labs",),
        check=_vital_signs,
    ),
)
