"""MED201 and MED002: drugs with drugs, and the missing list of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from itertools import chain, takewhile

from medrag.checker.amounts import amounts
from medrag.checker.context import Context, is_label
from medrag.checker.ended import FINISHED, first_ended, is_held
from medrag.checker.fitting import INJECTED
from medrag.checker.heeded import asks_less, is_heeded, is_parted, is_watched
from medrag.checker.rows_pairs import InteractionRow, WashoutRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.waiving import asked_for
from medrag.checker.wording import name
from medrag.clinical import DrugMention, Quantity, convert
from medrag.clinical.mentions import ENDED
from medrag.clinical.together import Relation
from medrag.core.finding import NotChecked, gravity

_OWN = re.compile(r"\b(?:his|her|their|your|the patient's|usual|regular)\s(?:[\w-]+\s){0,2}$", re.I)
_KEPT = re.compile(
    r"(?: [\w./,]+){0,5}?[*_]*:? (?:stays?|remains?|goes on|go on|is kept|keeps?|continues?"
    r"|carr(?:y|ies) on|is (?:still )?taken|takes?|unchanged|as before|as it is)\b",
    re.I,
)
_JOINED = re.compile(
    r"\b(?:with|plus|and|alongside|on top of|added to|beside|in addition to|together with"
    r"|combined with|along with|taking|takes|on)\s(?:the\s|a\s|an\s)?(?:[\w-]+\s)?$|[+&/]\s?$",
    re.I,
)
_JOINED_AFTER = re.compile(
    r"(?: [\d.,]+ ?\w+)?(?: (?:once|twice|three times))?(?: (?:a day|daily|weekly))?"
    r" ?(?:[+&/]|with\b|plus\b|and\b|together\b|alongside\b|at the same time)",
    re.I,
)
"""Words that put a name beside another: positive evidence that both are taken."""

_WARNING = re.compile(
    r"\b((?:drugs|products|medicines|agents)\b[^.;]{0,40}\b(?:that|which) (?:may|can)\b"
    r"[^.;]*\binclude"
    r"|increased? (?:the )?(?:risk|levels?|exposure|concentrations?|toxicity|effects?)"
    r"|interact\w*|contraindicated|should be avoided|avoid|not recommended|caution|toxicity"
    r"|concomitant\w*|(?:would|will|does|only|just|merely|simply) (?:\w+ ){0,2}?"
    r"(?:duplicat\w*|repeats?|doubles?(?: up)?|overlaps?|copy|copies)\b|collapses?"
    r"|wipes? out|(?:brings?|does|causes?|adds?) (?:only |more |nothing but )?(?:harm"
    r"|bleeding))\b",
    re.I,
)
_REASSURING = re.compile(
    r"\b(no (?:increased |significant |known |clinically )*(?:risk|interactions?|concerns?)|safe\w*"
    r"|fine|can be (?:taken|given|used|combined)|without (?:risk|concern|interaction)"
    r"|(?:no (?:need|reason)|not necessary|unnecessary|need not) (?:to )?(?:be )?"
    r"(?:avoid|separat|stop|worr)\w*)\b",
    re.I,
)
_UNCHANGED = re.compile(
    r"\b(exactly as|as usual|unchanged|no change|same dose|same \w+ dose|no extra|no additional"
    r"|no adjustment|as before|no dose change|as planned|as scheduled|as (?:it|they) (?:is|are)"
    r"|untouched|unaltered|needs? no (?:change|attention))\b",
    re.I,
)
_STAYS = re.compile(
    r"\b(?:remains?|stays?|continues?|goes on|is (?:kept|left|continued))"
    r" (?:at|on) (?:his |her |the )?\d",
    re.I,
)
"""Words that leave a dose as it is."""
_NEXT_DAY = re.compile(
    r"\b(?:tomorrow|(?:the )?(?:next|following) (?:day|morning)|(?:24 h(?:ours)?|a day) later)\b",
    re.I,
)
_FAR = 12
"""Two drugs of one text that stand more sentences apart are not taken to be one regimen."""


@dataclass(frozen=True, slots=True)
class Given:
    """A drug that the patient has or gets.

    Attributes:
        ingredient: Lexicon key.
        mention: Where it was read.
        ordered: The text orders it, rather than that it is taken anyway.
        in_text: Named in the text, not only in the medication list.
    """

    ingredient: str
    mention: DrugMention
    ordered: bool
    in_text: bool = True


def given(context: Context) -> tuple[Given, ...]:
    """Return what the text gives and what the patient keeps taking, the text's drugs first."""
    return context.once(_given)


def _given(context: Context) -> tuple[Given, ...]:
    found = [Given(i, m, ordered=True) for m in context.orders for i in m.ingredients]
    known = {item.ingredient for item in found} | set(context.stopped)
    dosed = {id(mention) for mention in context.dosed}
    near = _Orders(
        frozenset(mention.sentence for mention in context.orders),
        frozenset(mention.start for mention in context.orders),
    )
    kept = [
        (mention, True)
        for mention in context.content.drugs
        if id(mention) in dosed
        and not context.is_ordered(mention)
        and _beside(context, mention, near)
    ]
    gone = {i for d in context.content.drugs if _is_switched(d) for i in d.ingredients}
    gone |= first_ended(context)
    kept += [
        (mention, False)
        for mention in context.facts.medications or ()
        if gone.isdisjoint(mention.ingredients) and not is_held(context, mention)
    ]
    for mention, in_text in kept:
        for ingredient in mention.ingredients:
            if ingredient not in known:
                known.add(ingredient)
                found.append(Given(ingredient, mention, ordered=False, in_text=in_text))
    return tuple(found)


_SWITCH = re.compile(r"(?:switch|chang|convert|transition|replac|rotat|swap|exchang)", re.I)


def _is_switched(drug: DrugMention) -> bool:
    """Return whether a drug goes when another comes: "switch X to Y once the INR is below 2"."""
    told = drug.directive.text if drug.directive is not None else ""
    return drug.polarity == "stop" and _SWITCH.match(told) is not None


@dataclass(frozen=True, slots=True)
class _Orders:
    """Where the orders of a text stand: their sentences, and where each begins."""

    sentences: frozenset[int]
    starts: frozenset[int]


def _beside(context: Context, mention: DrugMention, orders: _Orders) -> bool:
    """Return whether a drug that the text does not order is taken beside one that it does."""
    if mention.polarity in ENDED or mention.who == "other":
        return False
    if mention.standing in {"past", "hypothetical", "told"} or FINISHED.match(
        context.text, mention.end
    ):
        return False
    if is_label(context, mention):
        return False
    if mention.current:
        return True
    sentence = context.content.sentences[mention.sentence]
    before = context.text[sentence.start : mention.start]
    after = context.text[mention.end : sentence.end]
    kept = _OWN.search(before) or _KEPT.match(after) or _JOINED.search(before)
    linked = kept or _JOINED_AFTER.match(after)
    listed = not orders.starts.isdisjoint(range(mention.end + 1, mention.end + len(", ") + 1))
    return mention.sentence in orders.sentences and (linked is not None or listed)


def pairs(context: Context) -> tuple[tuple[Given, Given], ...]:
    """Return each two drugs of which the text gives at least one, once.

    Of two orders that stand far apart neither is taken to be beside the other, so the work
    grows with the text and not with its square.
    """
    return context.once(_paired)


def _paired(context: Context) -> tuple[tuple[Given, Given], ...]:
    return tuple(_pairs(context))


def _pairs(context: Context) -> Iterator[tuple[Given, Given]]:
    items = given(context)
    orders = [item for item in items if item.ordered]
    kept = items[len(orders) :]
    for index, first in enumerate(orders):
        near = takewhile(partial(_is_near, first), orders[index + 1 :])
        for second in chain(near, kept):
            if first.ingredient != second.ingredient and (
                relation(context, first, second) != "choice"
            ):
                yield first, second


def _is_near(first: Given, second: Given) -> bool:
    return abs(first.mention.sentence - second.mention.sentence) <= _FAR


def relation(context: Context, first: Given, second: Given) -> Relation:
    """Return how two drugs of the text stand to one another; with the own list: together."""
    if not (first.in_text and second.in_text):
        return "together"
    return context.content.choices.between(first.ingredient, second.ingredient)


def _interactions(context: Context) -> Iterator[Verdict]:
    for first, second in pairs(context):
        rows = [
            (row, one, other)
            for one, other in ((first, second), (second, first))
            for row in context.knowledge.interactions(one.ingredient, other.ingredient)
        ]
        local = [found for found in rows if context.knowledge.is_own(found[0])]
        acting = [found for found in local or rows if _acts(context, *found)]
        if not acting:
            continue
        if warned(context, first, second) or _a_day_apart(context, first, second):
            continue
        row, one, other = max(acting, key=lambda found: gravity(found[0].severity))
        yield Signal(
            severity=row.severity,
            message=f"{name(one.ingredient)} with {name(other.ingredient)}: {row.effect}; "
            f"{row.action}.",
            span=first.mention.span,
            reference=context.knowledge.reference(row, one.ingredient),
            subject="+".join(sorted((one.ingredient, other.ingredient))),
            fact="+".join(sorted((one.ingredient, other.ingredient))),
        )


def warned(context: Context, first: Given, second: Given) -> bool:
    """Return whether the one sentence that names both drugs itself warns of them together."""
    if not second.in_text:
        sentence = context.content.sentences[first.mention.sentence]
        beside = context.content.drugs_in(sentence.start, sentence.end)
        if not any(second.ingredient in drug.ingredients for drug in beside):
            return False
    elif first.mention.sentence != second.mention.sentence:
        return False
    return warns(context.sentence(first.mention))


def warns(sentence: str) -> bool:
    """Return whether a sentence tells of the harm of a combination, and not that there is none."""
    return _WARNING.search(sentence) is not None and _REASSURING.search(sentence) is None


def _a_day_apart(context: Context, first: Given, second: Given) -> bool:
    """Return whether one drug is given once and the other begins a day later.

    That does not part drugs that act on after the last dose (those with a row of washouts).
    """
    if relation(context, first, second) != "sequence":
        return False
    one, other = sorted((first, second), key=lambda drug: drug.mention.start)
    often = [r.frequency for r in one.mention.regimens]
    if not often or not all(found is not None and found.once for found in often):
        return False
    if any(context.knowledge.rows(WashoutRow, drug.ingredient) for drug in (one, other)):
        return False
    sentence = context.content.sentences[other.mention.sentence]
    return _NEXT_DAY.search(context.text, one.mention.end, sentence.end) is not None


def _acts(context: Context, row: InteractionRow, one: Given, other: Given) -> bool:
    if row.route == "inj" and not (_may_be_injected(one) and _may_be_injected(other)):
        return False
    if _is_opposite(context, row) or any(_is_on_skin(context, drug) for drug in (one, other)):
        return False
    near = " ".join(context.sentence(drug.mention) for drug in (one, other) if drug.in_text)
    unchanged = _UNCHANGED.search(near) is not None or (
        row.severity == "critical" and asks_less(row) and _STAYS.search(near) is not None
    )
    if not unchanged and asked_for(context.text, _in_other_words(row.unless)):
        return False
    day = _daily(_last_order(context, one), row.unit) if row.max_daily is not None else None
    if day is not None and row.max_daily is not None:
        return day.top > row.max_daily
    if unchanged and is_parted(near, row):
        return False  # "the tablet unchanged at noon, the other 12 hours before"
    return unchanged or not _is_done_as_asked(context, row, one, other)


def _is_done_as_asked(context: Context, row: InteractionRow, one: Given, other: Given) -> bool:
    """Return whether the sentences about the two drugs do what the row asks."""
    drugs = {one.ingredient, other.ingredient}
    named = {d.sentence for d in context.content.drugs if drugs & set(d.ingredients)}
    places = sorted({n + step for n in named for step in (0, 1)})
    sentences = context.content.sentences
    near = " ".join(sentences[n].text for n in places if n < len(sentences))
    return is_heeded(context.text, near, row) or is_watched(near, row)


_OTHER_WORDS = {
    "level": ("trough", "concentration", "drug monitoring", "TDM"),
    "levels": ("trough", "concentration", "drug monitoring", "TDM"),
    "INR": ("prothrombin time", "anticoagulation clinic"),
    "apart": ("hours from", "hours between", "hours away", "hours either side"),
}
"""Other words for what makes two drugs acceptable together."""


@lru_cache(maxsize=512)
def _in_other_words(unless: tuple[str, ...]) -> tuple[str, ...]:
    return (*unless, *(more for word in unless for more in _OTHER_WORDS.get(word, ())))


def _is_on_skin(context: Context, drug: Given) -> bool:
    """Return whether a drug is only put on the skin, from where little of it is taken up."""
    if not drug.in_text:
        return {r.route for r in drug.mention.regimens} - {None} == {"topical"}
    routes = {
        regimen.route
        for mention in context.orders
        if mention.sentence == drug.mention.sentence and drug.ingredient in mention.ingredients
        for regimen in mention.regimens
    }
    return routes - {None} == {"topical"}


_LOW_POTASSIUM = Decimal("3.5")


def _is_opposite(context: Context, row: InteractionRow) -> bool:
    """Return whether the patient's value is at the other end from what two drugs do to it."""
    potassium = context.facts.lab("potassium", "mmol/L")
    low = potassium is not None and potassium < _LOW_POTASSIUM
    return low and "hyperkalemia" in row.effect


def _last_order(context: Context, drug: Given) -> DrugMention:
    """Return the last order of a drug: "takes 100 mg daily. Cut it to 25 mg daily"."""
    later = [
        mention
        for mention in context.orders
        if mention.ingredients == drug.mention.ingredients
        and any(r.single is not None or r.count is not None for r in mention.regimens)
    ]
    return later[-1] if later and drug.in_text else drug.mention


def _may_be_injected(drug: Given) -> bool:
    """Return whether a drug is injected, or nobody says how it is given."""
    routes = {regimen.route for regimen in drug.mention.regimens} - {None}
    return not routes or bool(routes & INJECTED)


def _daily(mention: DrugMention, unit: str) -> Quantity | None:
    for regimen in reversed(mention.regimens):  # "325 mg now, then 81 mg daily": the last holds
        stated = amounts(regimen, mention)
        found = stated.daily or stated.single
        converted = convert(found, unit) if found is not None else None
        if converted is not None:
            return converted
    limits = [convert(m.quantity, unit) for m in mention.maximums if m.per in {"dose", "day"}]
    return next(filter(None, limits), None)


def _unknown_medications(context: Context) -> Iterator[Verdict]:
    if not context.facts.lists_medications and context.facts.known and context.orders:
        yield NotChecked(
            check="interactions with current medications",
            reason="the patient's medication list is not given",
        )


RULES = (
    Rule(
        id="MED201",
        title="interaction",
        category="interaction",
        rationale="Two drugs that are each right can be wrong together.",
        tables=("interactions",),
        check=_interactions,
    ),
    Rule(
        id="MED002",
        title="medication list missing",
        category="interaction",
        rationale="Without the list no interaction with it has been looked for.",
        check=_unknown_medications,
    ),
)
