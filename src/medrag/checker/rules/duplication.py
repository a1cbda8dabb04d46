"""MED202-MED203: one ingredient in two products, two drugs of one class."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal

from medrag.checker.combined import daily_of
from medrag.checker.context import Context
from medrag.checker.ended import is_held
from medrag.checker.rows import DoseRow
from medrag.checker.rows_pairs import DuplicateRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.combining import Given, pairs, relation, warned
from medrag.checker.second_supply import is_begun_again, is_lasting
from medrag.checker.wording import amount, name
from medrag.clinical import DrugMention, Quantity, convert
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import ENDED

_ADDING = re.compile(
    r"\b(add|also|plus|additional|in addition(?! to)|on top(?! of))\b[^.;,]{0,25}$", re.I
)
_BACK = 40
"""Sentences behind which what is taken already may have been told."""
_FAR = 4
"""Sentences or list items between two products of one plan."""
_PARTS = re.compile(
    r"\b(in it|already|nothing is added|contain\w*|component|consist\w*|equivalent|each tablet"
    r"|adds? up to|amounts? to"
    r"|combination of)\b",
    re.I,
)
"""A sentence about what a product is made of names its parts, not further products."""
_SUMMED = re.compile(
    r"\d\s?(?:m?g|grams?)\s(?:a day\s|daily\s)?(?:in (?:all|total)|altogether|together)\b", re.I
)
_NO_SUM = frozenset(
    {"naloxone", "clavulanate", "carbidopa", "cilastatin", "tazobactam", "ivacaftor"}
)
"""Ingredients that only go with another and of which no sum matters, or that come in two parts."""


def _summed(context: Context) -> Iterator[Verdict]:
    """Sum an ingredient of the text with the same one in other products the patient takes."""
    for mention in context.orders:
        if _is_listed_part(context, mention) and not _is_added(context, mention):
            continue
        for ingredient in mention.ingredients:
            others = _other_products(context, mention, ingredient)
            row = _limit(context, ingredient)
            if ingredient in _NO_SUM:
                continue
            if not others:
                yield from _alone(context, mention, ingredient, row)
                continue
            parts = [daily_of(context.text, mention, ingredient)]
            parts += [daily_of(source, other, ingredient) for source, other in others]
            yield from _verdict(context, (mention, ingredient), parts, row)


def _alone(
    context: Context, mention: DrugMention, ingredient: str, row: DoseRow | None
) -> Iterator[Verdict]:
    """Report one combination product whose own daily amount is above an ingredient's limit."""
    if len(mention.ingredients) < 2 or row is None or row.daily is None:
        return
    day = daily_of(context.text, mention, ingredient)
    given = convert(day, row.unit) if day is not None else None
    if given is None or given.top <= row.daily:
        return
    yield Signal(
        severity="critical" if given.top >= row.daily * Decimal("1.25") else "warning",
        message=f"{mention.text} amounts to {amount(given)} of {name(ingredient)} a day, above the "
        f"maximum of {amount(Quantity(row.daily, row.unit))}.",
        span=mention.span,
        reference=context.knowledge.reference(row, ingredient),
        subject=ingredient,
        category="daily-dose",
    )


def _other_products(
    context: Context, mention: DrugMention, ingredient: str
) -> list[tuple[str, DrugMention]]:
    """Return the other products with the ingredient: another combination, or one added to."""
    earlier = context.content.drug_before(mention.start)
    begin = max(mention.start - 30, 0 if earlier is None else earlier.end)
    before = context.text[begin : mention.start]
    adding = _ADDING.search(before) is not None
    listed = [
        (context.facts.source, other)
        for other in context.facts.medications or ()
        if ingredient in other.ingredients
        and (adding or _differs(mention, other) or is_begun_again(context, mention, other))
        and not (mention.current and set(mention.ingredients) < set(other.ingredients))
        and other.text.lower() not in context.once(_stopped_words)
        and not is_held(context, other)
        and not _is_left(context, ingredient)
    ]
    written = [
        (context.text, other)
        for other in _near(context, mention)
        if other is not mention
        and ingredient in other.ingredients
        and set(other.ingredients) != set(mention.ingredients)
        and (other.start > mention.start or other.current)
        and (other.regimens or mention.regimens)
        and not _is_part(context.text, mention, other)
        and not _is_listed_part(context, other)
        and all(
            context.content.choices.between(ingredient, name) == "together"
            for name in other.ingredients
        )
        and not _PARTS.search(context.sentence(mention))
    ]
    return listed + written


_BESIDE = re.compile(r"\b(?:plus|and|add\w*|with|to|keep\w*|at|also|beside)\b|[;+&]", re.I)


def _is_part(text: str, one: DrugMention, other: DrugMention) -> bool:
    """Return whether a name right behind a product is a part of it: "co-trimoxazole, X 5 mg"."""
    first, second = sorted((one, other), key=lambda mention: mention.start)
    parts, whole = set(second.ingredients), set(first.ingredients)
    between = text[first.end : second.start]
    near = first.sentence == second.sentence and len(between) <= 30
    return near and len(parts) == 1 and parts < whole and _BESIDE.search(between) is None


def _is_listed_part(context: Context, other: DrugMention) -> bool:
    """Return whether a bare name only stands for a listed product that holds it."""
    bare = not any(r.single is not None or r.count is not None for r in other.regimens)
    return bare and any(
        set(other.ingredients) < set(listed.ingredients)
        for listed in context.facts.medications or ()
    )


def _is_added(context: Context, mention: DrugMention) -> bool:
    """Return whether the text starts or adds a drug, rather than speaks of it."""
    told = mention.directive.text.lower() if mention.directive is not None else ""
    adding = _ADDING.search(context.text, max(0, mention.start - 30), mention.start)
    return adding is not None or told.startswith(("add", "start", "begin", "prescrib", "initiat"))


def _near(context: Context, mention: DrugMention) -> Sequence[DrugMention]:
    """Return what the text orders or says is taken already, within reach of a mention."""
    taken = context.once(_taken)
    first = bisect_left(taken, mention.sentence - _BACK, key=lambda drug: drug.sentence)
    last = bisect_right(taken, mention.sentence + _FAR, key=lambda drug: drug.sentence)
    return taken[first:last]


def _taken(context: Context) -> tuple[DrugMention, ...]:
    return tuple(d for d in context.content.drugs if d.current or context.is_ordered(d))


def _differs(one: DrugMention, other: DrugMention) -> bool:
    """Return whether two products are named: other ingredients, or two brands of the same."""
    if set(one.ingredients) != set(other.ingredients):
        return True
    both = one.kind == "brand" and other.kind == "brand"
    return both and one.text.lower() != other.text.lower()


def _stopped_words(context: Context) -> set[str]:
    return {d.text.lower() for d in context.content.drugs if d.polarity in ENDED}


_FROM = re.compile(
    r"\b(?:conver(?:sion|t\w*)|switch\w*|chang\w*|transition\w*|rotat\w*|mov(?:e"
    r"|ing))\s(?:[\w-]+\s){0,3}?"
    r"from\s(?:[\w-]+\s){0,2}\Z",
    re.I,
)


def _is_left(context: Context, ingredient: str) -> bool:
    """Return whether the text leads away from a product of the ingredient: "switch from X to Y"."""
    return any(
        _FROM.search(context.text, max(0, drug.start - 50), drug.start)
        for drug in context.content.drugs
        if ingredient in drug.ingredients
    )


def _limit(context: Context, ingredient: str) -> DoseRow | None:
    rows = [
        row
        for row in context.knowledge.rows(DoseRow, ingredient)
        if row.daily
        and row.route == "oral"
        and row.population == "adult"
        and "/" not in row.unit
        and not row.words
    ]
    return rows[0] if rows else None


def _verdict(
    context: Context,
    subject: tuple[DrugMention, str],
    parts: list[Quantity | None],
    row: DoseRow | None,
) -> Iterator[Verdict]:
    mention, ingredient = subject
    twice = any(
        other.ingredients == mention.ingredients for other in context.facts.medications or ()
    ) or is_lasting(context, mention, ingredient)
    known = [convert(part, row.unit) for part in parts if part is not None] if row else []
    total = sum((part.top for part in known if part is not None), Decimal(0))
    if len(known) < len(parts) and _SUMMED.search(context.sentence(mention)):
        return  # the text adds them up itself
    usual = any(
        ingredient in context.knowledge.members(key) for key in _IN_BOTH_FORMS
    ) and _is_breakthrough(context, mention, ingredient)
    if row is None or row.daily is None or len(known) < len(parts):
        yield Signal(
            severity="info" if usual else "warning",
            message=f"{name(ingredient)} is also in another product of this patient; the daily "
            "sum is not known.",
            span=mention.span,
            subject=ingredient,
        )
        return
    if total <= row.daily:
        yield Signal(
            severity="warning" if len(mention.ingredients) == 1 and twice and not usual else "info",
            message=f"{name(ingredient)} is in two products: {amount(Quantity(total, row.unit))} "
            f"a day together, within {amount(Quantity(row.daily, row.unit))}.",
            span=mention.span,
            reference=context.knowledge.reference(row, ingredient),
            subject=ingredient,
        )
        return
    yield Signal(
        severity="critical",
        message=f"{name(ingredient)} is in two products: {amount(Quantity(total, row.unit))} a day "
        f"together, above the maximum of {amount(Quantity(row.daily, row.unit))}.",
        span=mention.span,
        reference=context.knowledge.reference(row, ingredient),
        subject=ingredient,
    )


_LONG_ACTING = re.compile(
    r"\b(?:(?:extended|sustained|controlled|prolonged|modified|slow)[- ]release|long[- ]acting"
    r"|ER|XR|CR|SR|XL|LA|PR|MR|patch)\b|\w+contin\b",
    re.I,
)


_IN_BOTH_FORMS = ("@opioid", "@stimulant")


def _is_breakthrough(context: Context, mention: DrugMention, ingredient: str) -> bool:
    """Return whether an immediate form comes to the long-acting form of the same, or the reverse.

    A dose for breakthrough pain, or of a stimulant in the afternoon, is how both are meant.
    """
    listed = [other for other in context.facts.medications or () if ingredient in other.ingredients]
    lines = (line for line in context.facts.patient.medications or ())
    taken = [line for line in lines if any(other.text in line for other in listed)]
    own = context.text[mention.start : max((r.end for r in mention.regimens), default=mention.end)]
    long = {_LONG_ACTING.search(line) is not None for line in taken}
    return long == {_LONG_ACTING.search(own) is None}


def _classes(context: Context) -> Iterator[Verdict]:
    """Report two drugs of one class of which the text gives at least one."""
    drugs = load().drugs
    rows = {row.key: row for row in context.knowledge.all(DuplicateRow)}
    seen: set[tuple[str, ...]] = set()
    for first, second in pairs(context):
        if relation(context, first, second) != "together":
            continue
        one, other = drugs.get(first.ingredient), drugs.get(second.ingredient)
        if one is None or other is None or one.duplicate_class is None:
            continue
        both = tuple(sorted((one.key, other.key)))
        row = rows.get(one.duplicate_class, rows["*"])
        if one.duplicate_class != other.duplicate_class or both in seen or _usual(row, both):
            continue
        if first.mention is second.mention:  # one product: mixed amphetamine salts
            continue
        if _apart(context, first, second) or warned(context, first, second):
            continue
        if not _are_joined(context, first, second):
            continue
        seen.add(both)
        yield Signal(
            severity=row.severity,
            message=f"{name(one.key)} with {name(other.key)}: {row.text} "
            f"({name(one.duplicate_class)}).",
            span=first.mention.span,
            reference=context.knowledge.reference(row),
            subject="+".join(both),
        )


_BOTH = re.compile(
    r"\b(?:add\w*|also|plus|both|together|as well|on top|in addition|combin\w*|alongside|besides?"
    r"|dual|continu\w*|keep\w*|stays?|goes on|carr(?:y|ies) on|unchanged|concurrent\w*)\b|\+",
    re.I,
)
"""Words that put a drug beside what is taken anyway."""


_SWITCHING = re.compile(r"(?:switch|chang|convert|transition|replac|rotat|swap|exchang)", re.I)


def _replaces(context: Context, order: Given) -> bool:
    """Return whether an order takes the place of what the patient takes: "switching to X"."""
    told = order.mention.directive.text if order.mention.directive is not None else ""
    return _SWITCHING.match(told) is not None or (
        order.ingredient in context.content.choices.alternatives
    )


_PARTED = re.compile(
    r"\b(?:until|then|followed by|switch\w*|chang\w* to|instead|thereafter|later|equals?"
    r"|equivalent|corresponds?|comparable|as strong as)\b|[=\u2248]",
    re.I,
)
"""Words that put one after the other, or make one the measure of the other."""


def _are_joined(context: Context, first: Given, second: Given) -> bool:
    """Return whether words say that two drugs of one class are taken together.

    Drugs of one class in one text are most often choices. What the patient takes anyway is
    beside a new order; two drugs of the text are so where one sentence orders both, or where a
    sentence adds or keeps one of them.
    """
    if not (first.in_text and second.in_text):
        return not _replaces(context, first if first.in_text else second)
    one, other = sorted((first.mention, second.mention), key=lambda mention: mention.start)
    if one.sentence == other.sentence:
        return _PARTED.search(context.text, one.end, other.start) is None
    if one.current or other.current:
        return True
    return any(_BOTH.search(context.sentence(mention)) is not None for mention in (one, other))


def _usual(row: DuplicateRow, both: tuple[str, ...]) -> bool:
    return any(tuple(sorted(pair.split("+"))) == both for pair in row.pairs)


_LOCAL = frozenset({"topical", "ophthalmic", "otic", "intranasal", "inhalation", "vaginal"})


def _apart(context: Context, one: Given, other: Given) -> bool:
    """Return whether two drugs act at different places; two inhalers act at the same."""
    places = [_places(context, drug) for drug in (one, other)]
    both_inhaled = all(place == {"inhalation"} for place in places)
    unknown = any(
        not {r.route for r in drug.mention.regimens} - {None}
        and not context.knowledge.rows(DoseRow, drug.ingredient)
        for drug in (one, other)
    )
    return any(places) and not both_inhaled and not unknown


def _places(context: Context, drug: Given) -> set[str]:
    """Return the local routes of a drug: as stated, else the only ones that it has."""
    stated = {regimen.route for regimen in drug.mention.regimens} - {None}
    usual = {row.route for row in context.knowledge.rows(DoseRow, drug.ingredient)}
    return {r for r in stated or usual if r in _LOCAL} if stated or usual <= _LOCAL else set()


RULES = (
    Rule(
        id="MED202",
        title="one ingredient in two products",
        category="duplication",
        rationale="Acetaminophen hides in combination products; the sum is what counts.",
        tables=("doses",),
        check=_summed,
    ),
    Rule(
        id="MED203",
        title="two drugs of one class",
        category="duplication",
        rationale="A second drug of a class adds harm, not effect.",
        tables=("duplicates",),
        check=_classes,
    ),
)
