"""MED312, MED313: tests before and during a drug."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from medrag.checker.context import Context
from medrag.checker.put_off import comes_after, is_put_off, is_seen_late
from medrag.checker.rows_patient import PrerequisiteRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import is_of_earlier, rows_of
from medrag.checker.waiving import all_waived, waived
from medrag.checker.wording import name
from medrag.checker.words import find
from medrag.clinical import DrugMention
from medrag.core.finding import NotChecked
from medrag.text.prefilter import prefiltered

_NOTHING = (
    "monitoring", "follow-up", "follow up", "test", "lab", "blood", "screening", "baseline",
    "level", "surveillance", "check",
)  # fmt: skip
_WHOLE = re.compile(
    r"(?:tests?|testing|labs?|laborator\w*|labwork|levels?|checks?|checking|check-?ups?"
    r"|(?!test|lab|level|check)\w[\w-]*(?: up)?)\b",
    re.I,
)
"""A general word for tests, not the beginning of another: "lab" is no label."""
_ANYBODYS = frozenset(
    {"blood", "labs", "monitoring", "screening", "exam", "baseline", "ecg", "renal", "kidney",
     "follow-up", "blood test", "weight", "hospital"}
)  # fmt: skip
"""Words of tests that belong to many drugs: elsewhere in the text they may be of another."""


def _genotype(context: Context) -> Iterator[Verdict]:
    yield from _waived(context, "genotype")
    untold = {
        f"{name(drug)} ({row.tests[0]})"
        for mention in context.orders
        for drug, row in rows_of(context, mention, PrerequisiteRow)
        if row.kind == "genotype"
        and find(context.text, row.tests) is None
        and find(context.facts.words, row.tests) is None
    }
    if untold and context.facts.known:
        yield NotChecked(
            check=f"genetic or enzyme test before {', '.join(sorted(untold))}",
            reason="no result is given",
        )


def _monitoring(context: Context) -> Iterator[Verdict]:
    yield from _waived(context, "monitoring")


def _waived(context: Context, kind: str) -> Iterator[Verdict]:
    """Report a drug whose test the text calls unnecessary; silence about a test is no finding."""
    monitoring = kind == "monitoring"
    none_listed = monitoring and _NONE_LISTED.search(context.text) is not None
    for mention in context.dosed:
        if _is_left_behind(context, mention):
            continue
        for drug, row in rows_of(context, mention, PrerequisiteRow):
            if row.kind != kind:
                continue
            words = (*row.tests, *_NOTHING) if monitoring else row.tests
            near = any(
                _is_waived(context, mention, text, (words, row)) for text in _near(context, mention)
            )
            apart = monitoring and _waived_apart(context, mention, row)
            late = monitoring and _is_put_off(context, mention, row)
            late = late or _is_begun_before(context, mention, row)
            if not (near or none_listed or apart or late):
                continue
            said = "puts it off" if late else "says that it is not needed"
            yield Signal(
                severity=row.severity,
                message=f"{name(drug)}: {row.text}; the text {said}.",
                span=mention.span,
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )
            break


_FIRST = re.compile(r"\b(?:first|before|excluded|must be|should be|baseline)\b", re.I)


def _is_begun_before(context: Context, mention: DrugMention, row: PrerequisiteRow) -> bool:
    """Return whether a drug is begun before a test that comes first."""
    if mention.polarity != "give" or mention.current or mention.standing != "now":
        return False
    if row.kind == "monitoring" and _FIRST.search(row.text) is None:
        return False
    own = tuple(test for test in row.tests if test.lower() not in _ANYBODYS)
    return any(comes_after(text, own) for text in _near(context, mention))


def _is_put_off(context: Context, mention: DrugMention, row: PrerequisiteRow) -> bool:
    """Return whether a drug is begun and its tests wait for half a year."""
    taken = {i for d in context.facts.medications or () for i in d.ingredients}
    if (
        "year" in row.text
        or mention.current
        or taken & set(mention.ingredients)
        or mention.polarity != "give"
    ):
        return False
    near = " ".join(_near(context, mention))
    unasked = context.first((*row.tests, *_NOTHING)) is None
    return is_put_off(near, row.tests) or (unasked and is_seen_late(near))


def _is_waived(
    context: Context, mention: DrugMention, text: str, sought: tuple[Sequence[str], PrerequisiteRow]
) -> bool:
    words, row = sought
    found = next(
        (
            f
            for f in all_waived(text, words)
            if _WHOLE.match(text, f.start) and not _is_anothers(text, f.start, row)
        ),
        None,
    )
    if (
        found is not None
        and find(found.of(text), row.tests) is None
        and _asks(text[found.end :], row)
    ):
        return False  # "blood counts are not needed; eye examination yearly"
    sentence = context.content.sentences[mention.sentence]
    if found is None or text != sentence.text:
        return found is not None
    at = sentence.start + found.start
    if _is_of_later(context, mention, at) or _is_of_neighbour(context, mention, at):
        return False
    return not is_of_earlier(context, mention, sentence.start + found.end)


_NEXT_PART = re.compile(r";|\s(?:but|while|whereas)\s", re.I)


def _is_of_later(context: Context, mention: DrugMention, at: int) -> bool:
    """Return whether a waiver at `at` is of a drug in a later part: "X is held; Y needs none"."""
    between = context.content.drugs_in(mention.end, at)
    return bool(between) and (
        between[-1].ingredients != mention.ingredients
        and _NEXT_PART.search(context.text, mention.end, between[-1].start) is not None
    )


def _is_of_neighbour(context: Context, mention: DrugMention, at: int) -> bool:
    """Return whether another drug's name stands right before a test: "a clozapine level"."""
    named = (drug for drug in context.content.drugs if at - 2 <= drug.end <= at)
    own = {*mention.ingredients}
    if any(not own & {*drug.ingredients} for drug in named):
        return True
    return any(
        lab.start < at < lab.end and not lab.analyte.startswith(tuple(own))
        for lab in context.content.labs
        if lab.analyte.endswith(("-level", "-trough", "-peak"))
    )


def _is_left_behind(context: Context, mention: DrugMention) -> bool:
    """Return whether a drug is only named as one that harmed the patient or is over."""
    if context.is_ordered(mention):
        return False
    taken = {i for d in context.facts.medications or () for i in d.ingredients}
    allergies = (*(context.facts.allergies or ()), *context.facts.stated_allergies)
    harmed = {i for allergy in allergies for i in allergy.ingredients}
    own = {*mention.ingredients}
    return bool(own & harmed or mention.standing == "past") and not own & taken


def _asks(text: str, row: PrerequisiteRow) -> bool:
    """Return whether the next part of a sentence names a test of the row's own, not waived."""
    _, ends, rest = text.partition(";")
    own = tuple(test for test in row.tests if test.lower() not in _ANYBODYS)
    return bool(ends) and find(rest, own) is not None and waived(rest, own) is None


_KIND = re.compile(
    r"\b(?P<kind>coagulation|clotting|INR|anti-?Xa|(?:drug |blood |serum )?levels?|ECG|liver"
    r"|thyroid"
    r"|lipid|hearing|eye|bone|G6PD|genetic|allergy|vitamin|dietary|potassium|glucose|fasting)\s\Z",
    re.I,
)
"""A test named before a general word: "no coagulation monitoring" waives nothing else."""


_OF_CURE = re.compile(r"\w+[\s-]of[\s-]\w+", re.I)
"""A test that its own words name: "a test of cure"."""


def _is_anothers(text: str, start: int, row: PrerequisiteRow) -> bool:
    """Return whether a general word for tests is of a test that the row does not ask for."""
    if _OF_CURE.match(text, start):
        return True
    named = _KIND.search(text, max(0, start - 25), start)
    return named is not None and find(named["kind"], row.tests) is None


def _waived_apart(context: Context, mention: DrugMention, row: PrerequisiteRow) -> bool:
    """Return whether the text waives a test of the drug's own elsewhere, about no other drug."""
    own = tuple(test for test in row.tests if test.lower() not in _ANYBODYS)
    return any(
        not _names_another(context, mention, number)
        for number in context.once(_sentences_waiving, own)
    )


def _sentences_waiving(context: Context, tests: tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers of the sentences that waive one of some tests."""
    return tuple(
        number
        for number, sentence in enumerate(context.content.sentences)
        if tests and waived(sentence.text, tests) is not None
    )


def _names_another(context: Context, mention: DrugMention, sentence: int) -> bool:
    """Return whether a sentence names a drug other than `mention`."""
    drugs = context.content.drugs
    first = bisect_left(drugs, sentence, key=lambda drug: drug.sentence)
    return any(
        drug.ingredients != mention.ingredients
        for drug in takewhile(lambda drug: drug.sentence == sentence, islice(drugs, first, None))
    )


_NONE_LISTED = prefiltered(
    r"\b(?:before|baseline|tests?|blood tests?|bloods|monitoring|laboratory|labs|checks?|follow-up"
    r"|surveillance)\b[*_]*\s*[:|][*_|\s]*(?:nothing|none|not needed|unnecessary|no tests?)\b",
    re.I,
)
"""A plan that lists no test: "**Before:** nothing"."""


def _near(context: Context, mention: DrugMention) -> list[str]:
    """Return the drug's sentence and the next one, if that one names no other drug."""
    sentences = context.content.sentences
    texts = [sentences[mention.sentence].text]
    following = mention.sentence + 1
    if following < len(sentences) and not _names_another(context, mention, following):
        texts.append(sentences[following].text)
    return texts


RULES = (
    Rule(
        id="MED312",
        title="genetic or enzyme test waived",
        category="contraindication",
        rationale="Some drugs are safe only for carriers of the right gene.",
        tables=("prerequisites",),
        check=_genotype,
    ),
    Rule(
        id="MED313",
        title="monitoring waived",
        category="monitoring",
        rationale="Clozapine without blood counts, lithium without levels.",
        tables=("prerequisites",),
        check=_monitoring,
    ),
)
