"""MED301-MED302: allergies, to the drug itself and across."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medrag.checker.context import Context
from medrag.checker.facts import Allergy
from medrag.checker.rows_patient import AllergyRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import class_members, depends_on
from medrag.checker.sieve import sifted
from medrag.checker.wording import name
from medrag.clinical import DrugMention
from medrag.clinical.lexicon import load
from medrag.core.finding import NotChecked, Reference, Severity

_TOLERATED = re.compile(
    r"\s(?:is|was|were|has been|have been)\s(?:\w+\s)?(?:fine|tolerated|no problem|safe"
    r"|well tolerated|taken (?:since )?without)",
    re.I,
)
_TOLD = sifted(
    r"\b(?:allerg\w*|anaphyla\w*|intoleran\w*|reaction|hives|rash|angio-?o?edema|history|avoid|no"
    r"|not|without|instead|swelling|sjs|stevens|provok\w+|cross-?react\w*|trigger\w*|bronchospasm"
    r"|induced|caused|due to|secondary to"
    r"|wheez\w*|urticaria)\b",
    re.I,
)
"""Words of a line that tells of an allergy or of what is not given."""

_REASON = re.compile(r"\b(?:because|since|whereas|although)\s[^.;:]{0,60}\Z", re.I)
"""Words before a name that make it a reason, no item of a plan."""


_LIGHT = frozenset({"mild", "side-effect"})


@dataclass(frozen=True, slots=True)
class _Match:
    mention: DrugMention
    drug: str
    allergy: Allergy


def _matches(context: Context) -> Sequence[_Match]:
    """Return each drug the text orders beside each entry of the allergy list."""
    return tuple(_ordered(context))


def _ordered(context: Context) -> Iterator[_Match]:
    beside = {mention.sentence for mention in context.orders}
    every = (*(context.facts.allergies or ()), *context.facts.stated_allergies)
    allergies = tuple(dict.fromkeys(every))
    for mention in context.dosed if allergies else ():
        planned = mention.sentence in beside and _is_planned(context, mention)
        if not (planned or context.is_ordered(mention)):
            continue
        if depends_on(mention, "allerg", "anaphyla", "hypersens"):
            continue
        drugs = mention.ingredients or _representatives(mention)
        for allergy in allergies:
            for drug in drugs:
                yield _Match(mention, drug, allergy)


def _is_planned(context: Context, mention: DrugMention) -> bool:
    """Return whether a drug stands in a line without a verb, as a plan's items do."""
    sentence = context.content.sentences[mention.sentence]
    told = mention.reported or mention.condition is not None or mention.standing != "now"
    told = told or (mention.polarity == "mention" and mention.directive is not None)
    told = told or _REASON.search(context.text[sentence.start : mention.start]) is not None
    return (
        sentence.kind in {"fragment", "order"}
        and not told
        and not context.search(_TOLD, sentence.text)
    )


def _representatives(mention: DrugMention) -> tuple[str, ...]:
    """Return one member for a class named as such: "a penicillin" is as good as amoxicillin."""
    return class_members(mention.drug_class)[:1] if mention.drug_class else ()


def _same(context: Context) -> Iterator[Verdict]:
    for found in context.once(_matches):
        if found.drug in found.allergy.ingredients:
            severity: Severity = "warning" if found.allergy.grade in _LIGHT else "critical"
            severity = "info" if _is_explained(context, found) else severity
            harmed = found.allergy.grade == "harm"
            where = "has harmed this patient before" if harmed else "is on the allergy list"
            yield Signal(
                severity=severity,
                message=f"{name(found.drug)} {where}: choose another drug.",
                span=found.mention.span,
                reference=Reference(
                    title=f"{name(found.drug)} prescribing information (FDA label)",
                    section="Contraindications: known hypersensitivity",
                ),
                subject=found.drug,
            )


def _cross(context: Context) -> Iterator[Verdict]:
    for found in context.once(_matches):
        if found.drug in found.allergy.ingredients or _is_tolerated(context, found):
            continue
        if _is_explained(context, found):
            continue
        row = _row(context, found)
        if found.allergy.grade == "harm" and (row is None or not _IS_THE_SAME.search(row.note)):
            row = None
        if row is not None and "dry powder" in row.note and _is_no_powder(context, found):
            continue
        if row is not None:
            yield Signal(
                severity=_weigh(row, found.allergy),
                message=f"{name(found.drug)} with an allergy to {_allergen(found.allergy)}: "
                f"{row.note}.",
                span=found.mention.span,
                reference=context.knowledge.reference(row, found.drug),
                subject=found.drug,
            )
        elif _of_class(found):
            yield Signal(
                severity=_weigh_class(found.allergy),
                message=f"{name(found.drug)} with an allergy to {_allergen(found.allergy)}: it is "
                "one of that class.",
                span=found.mention.span,
                reference=Reference(
                    title=f"{name(found.drug)} prescribing information (FDA label)",
                    section="Contraindications: known hypersensitivity",
                ),
                subject=found.drug,
            )


_IS_THE_SAME = re.compile(r"\b(?:becomes|same|metabolite|active form|isomer)\b")
"""Notes of what repeats a harm that is no reaction: the same substance in another form."""


_NO_POWDER = re.compile(
    r"\b(?:HFA|MDI|metered|pressuri[sz]ed|aerosol|Aerosphere|Respimat|soft mist|nebul\w+|nasal"
    r"|spray"
    r"|puffs?|cream|ointment|spacer)\b",
    re.I,
)


def _is_no_powder(context: Context, found: _Match) -> bool:
    """Return whether the text gives a drug in a form without the powder's milk sugar."""
    last = max([found.mention.end, *(r.end for r in found.mention.regimens)])
    return _NO_POWDER.search(context.text, found.mention.start, last + 10) is not None


def _is_tolerated(context: Context, found: _Match) -> bool:
    """Return whether the text says that the patient takes the drug without harm."""
    return found.drug in context.once(_tolerated)


def _tolerated(context: Context) -> frozenset[str]:
    return frozenset(
        ingredient
        for mention in context.content.drugs
        if _TOLERATED.match(context.text, mention.end)
        for ingredient in mention.ingredients
    )


def _row(context: Context, found: _Match) -> AllergyRow | None:
    rows = context.knowledge.rows(AllergyRow, found.drug)
    return next((row for row in rows if _is_allergen(context, row, found.allergy)), None)


def _is_allergen(context: Context, row: AllergyRow, allergy: Allergy) -> bool:
    if row.allergen == "penicillin-class":
        return allergy.drug_class == "penicillin" or allergy.text.lower().startswith("penicillin")
    members = context.knowledge.members(row.allergen)
    if members & set(allergy.ingredients):
        return True
    if allergy.drug_class and row.allergen.startswith("@"):
        return (
            row.allergen[1:] == allergy.drug_class
            or set(class_members(allergy.drug_class)) <= members
        )
    written = allergy.text.lower().replace("-", " ")
    return row.allergen.replace("-", " ") in written and row.allergen not in load().drugs


def _of_class(found: _Match) -> bool:
    drug = load().drugs.get(found.drug)
    return (
        found.allergy.drug_class is not None
        and drug is not None
        and found.allergy.drug_class in drug.classes
    )


_NO_ALLERGY = sifted(
    r"\b(?:not|no|rather than|isn't|is not)\s(?:(?:a|an|any|true|real)\s)*allerg\w+"
    r"|\bside[- ]effects?\b"
    r"|\bintoleran\w+|\btolerate[sd]?\b|\bre-?challeng\w+|\bdesensiti[sz]\w+",
    re.I,
)
"""Words that deal with an entry of the allergy list that is no allergy."""

_AGAIN = sifted(r"\bre-?(?:challeng|introduc|expos)\w*", re.I)
"""Words that give again, knowingly, what has harmed before."""


def _is_explained(context: Context, found: _Match) -> bool:
    """Return whether the text says why a light reaction does not speak against the drug."""
    if found.allergy.grade == "harm":
        return context.says(_AGAIN)
    return found.allergy.grade in _LIGHT and context.says(_NO_ALLERGY)


def _weigh(row: AllergyRow, allergy: Allergy) -> Severity:
    if allergy.grade == "side-effect" or (row.severe_only and allergy.grade != "severe"):
        return "info"
    if allergy.grade == "mild" and row.severity == "critical":
        return "warning"
    return row.severity


def _weigh_class(allergy: Allergy) -> Severity:
    weights: dict[str, Severity] = {"mild": "warning", "side-effect": "info"}
    return weights.get(allergy.grade, "critical")


def _allergen(allergy: Allergy) -> str:
    """Return the allergen's name; never the whole entry, which is patient text."""
    named = allergy.ingredients or ((allergy.drug_class,) if allergy.drug_class else ("it",))
    return name(named[0])


def _unknown(context: Context) -> Iterator[Verdict]:
    if context.facts.known and context.facts.allergies is None and context.orders:
        yield NotChecked(check="allergies", reason="the patient's allergy list is not given")


RULES = (
    Rule(
        id="MED003",
        title="allergy list missing",
        category="allergy",
        rationale="Without the list no allergy has been looked for.",
        check=_unknown,
    ),
    Rule(
        id="MED301",
        title="allergy to the drug",
        category="allergy",
        rationale="A drug on the allergy list may kill.",
        check=_same,
    ),
    Rule(
        id="MED302",
        title="allergy across a class",
        category="allergy",
        rationale="Relatives of an allergen cross-react, some often and some hardly ever.",
        tables=("allergies",),
        check=_cross,
    ),
)
