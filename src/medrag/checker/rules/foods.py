"""MED204: drugs with food, alcohol and herbs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from medrag.checker.context import Context
from medrag.checker.eaten import (
    is_anothers_meal,
    is_antidote,
    is_begun_next,
    is_unabsorbed_alone,
)
from medrag.checker.rows_pairs import FoodRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.combining import warns
from medrag.checker.rules.selection import rows_of
from medrag.checker.wording import name
from medrag.checker.words import ALLOWED, NEGATED, find_all
from medrag.clinical import DrugMention
from medrag.clinical.mentions import ENDED, ORDERED
from medrag.core.span import Span

_FORBIDDEN = re.compile(
    r"\b(avoid|should be avoided|contraindicated|not|causes?|may cause|can cause|flushing|vomiting"
    r"|collapse|dangerous|none until|never|reacts?|reaction"
    r"|(?<!drift )(?<!doze )(?<!nod )(?<!wind )off(?: the (?:menu|table|list|plate|program\w*)"
    r"| limits)?"
    r"|(?:skip|stop|omit|drop) (?:it|them|these|this)|(?:is|are) to be stopped|(?:cut|leave"
    r"|left) \w+ out"
    r"|(?:can|may|could|will|would) (?:harm|hurt|damage|cost|ruin|weaken|undo)"
    r"|(?:make|makes|making|render\w*) [\w' -]{1,25}(?:unreliable|toxic|useless|ineffective"
    r"|less effective)"
    r"|(?:lower|reduce|raise|increase|double|weaken)s? (?:it|its|bleeding|potassium|sedation"
    r"|levels?|exposure"
    r"|the (?:level|risk|effect|INR))"
    r"|adds? to the (?:sedation|drowsiness|risk|bleeding|effect)"
    r"|(?:left|leave it|leave them|kept?) (?:alone|out|aside|off|away)|(?:must|has to|have to) go"
    r"|forbidden|banned|taboo|barred|excluded|ruled out|out of (?:the question|bounds)"
    r"|the (?:one|only|ones)\b[^.;]{0,20} to (?:leave|skip|avoid)"
    r"|raises? (?:the|its|your|blood|drug)|interacts?|interferes?)\b",
    re.I,
)
_LESS = re.compile(
    r"\b(?:less|fewer|reduc(?:e|es|ed|ing)|limit\w*|minimi[sz]\w*|moderat(?:e|ing)|lower(?:ing)?"
    r"|watch\w*|abstinen\w+|abstain\w*|cut (?:out|down)|give up"
    r"|keep (?:away|off|clear)|stay (?:away|off|clear)"
    r"|steer clear|hands off|rather than|instead of|in place of|except|apart from|other than"
    r"|swap|replace|banish|drop)\b[^.;]*$",
    re.I,
)
"""Words before a food that take it off the table."""
_LEAVE = re.compile(r"\bleave[^.;,]*$", re.I)
_LEFT = re.compile(r"[^.;,]{0,40}\b(?:out|off|alone|aside|untouched)\b", re.I)
_DENIED = re.compile(
    r"\b(no diet (?:is |are )?(?:needed|necessary|required|called for)"
    r"|no (?:\w+ )?diet(?:ary)? (?:rules?|advice|precautions?|changes?)"
    r"|no need to avoid|not necessary to avoid|need not avoid|not need to (?:be )?avoid"
    r"|no (?:diet(?:ary)? |food |particular |special )*(?:restrictions?|limits?|bans?)\b"
    r"|without restriction|chang(?:es?|ing) nothing"
    r"|(?:do|does|did|will|would)(?: not|n['\u2019]t) (?:really |much )?(?:matter|harm|affect"
    r"|interfere"
    r"|interact|hurt|count)|makes? no difference|(?:no|without) (?:effect|influence|bearing)"
    r"|leaves (?:[\w-]+ ){1,3}(?:alone|untouched|unchanged|as (?:it is|they are)))\b",
    re.I,
)
_NOT_GIVEN_UP = re.compile(
    r"\b(?:(?:no|not|\w+n['\u2019]t) (?:any )?(?:need|necessary|have|reason)(?: for \w+)? to"
    r"|need(?: not|n['\u2019]t)) (?:be )?(?:avoid|give up|cut (?:out|down|back)|skip|stop|abstain"
    r"|forgo|go without|do without|miss out|refuse|say no|stay (?:off|away)|steer clear|restrict"
    r"|limit)[^.;:,]{0,50}\Z"
    r"|\b(?:not|never|nobody|\w+n['\u2019]t) (?:need )?(?:worry|fret|fuss|stress|agoni[sz]e"
    r"|lose sleep)\b[^.;:,]{0,40}\Z",
    re.I,
)
"""What denies, right before a food, that it must be given up."""

_GOOD = re.compile(
    r"\b(?:(?:good|fine|nice|healthy|harmless|pleasant|happy|useful|natural|lovely|sensible"
    r"|wholesome) (?:way|swap|companion|match|mix|pair|partner|habit|idea|drink|custom|treat|remedy"
    r"|addition|combination)|(?:big|large|good|double|extra) (?:portion|helping|serving|bowl)s? of"
    r"|(?:without|no) (?:any |added |real )?(?:risk|danger|worry"
    r"|consequence)s?"
    r"|nothing (?:wrong|against|to (?:fear|fret|worry|fuss|mind|lose sleep|be (?:concerned|afraid"
    r"|anxious|alarmed)))|(?:no|never) (?:a )?(?:worry|trouble|hazard)"
    r"|(?:what|whatever|anything|all) (?:you|he|she|they) (?:like|fancy|want|please|wish)s?"
    r"|as (?:you|he|she) pleases?"
    r"|(?:is|are|all|both)? ?included|still on the menu)\b",
    re.I,
)
"""How a food beside a drug is praised."""
_REFUSED = re.compile(
    r"[:?\u2014]\s*(?:no|never|not)\b"
    r"(?! (?:problem|issue|harm|effect|concern|danger|risk|need|restriction|limit|worr|bother))",
    re.I,
)
"""An answer of no behind what was asked about: "St John's wort with it: no, it lowers ..."."""
_BONE = re.compile(r"(?: carbonate| citrate)?\s?(?:and|plus|/|\+|&)\s?vitamin D", re.I)
"""What follows calcium in "with calcium and vitamin D": a prescription, no time of taking."""
_AT_ONCE = re.compile(
    r"\b(?:same time|together|in one go|along with|all at once|take (?:it )?with)\b", re.I
)
_NO_DRINK = re.compile(
    r"\s(?:withdrawal|use disorder|use\b|dependen|hand|gel|swab|wipe|pad|history|service"
    r"|liaison|free|level"
    r"|misuse|problem|intake\b|team|screen)",
    re.I,
)
"""What makes alcohol a disease, a wipe or a service."""
_LITTLE = re.compile(
    r"\b(?:occasional|small|half|little|moderate|single|one|a glass of)\b[^.;]{0,15}$", re.I
)
"""An amount that does not matter where only large ones do."""


def _foods(context: Context) -> Iterator[Verdict]:
    if context.first(_eaten_as(context.knowledge.words(FoodRow))) is None:
        return  # most texts name none
    for mention in context.content.drugs:
        sentence = context.sentence(mention)
        for drug, row in rows_of(context, mention, FoodRow):
            seen = context.first(_eaten_as(row.food))
            found = _named(sentence, row) if seen is not None else None
            if is_unabsorbed_alone(mention, row) or is_antidote(context, row):
                continue
            if found is None or warns(sentence) or _is_refused(context, mention, sentence, found):
                continue
            start = context.content.sentences[mention.sentence].start
            if is_anothers_meal(context, drug, found.shift(start)):
                continue
            if "large" in row.effect and _LITTLE.search(sentence[: found.start]):
                continue
            yield _food_signal(context, mention, (drug, row), found.of(sentence))
    yield from _foods_with_list(context)


def _may_matter(context: Context, mention: DrugMention, row: FoodRow) -> bool:
    """Return whether the text names a food of a row that could harm with the drug as it is."""
    if is_unabsorbed_alone(mention, row) or is_antidote(context, row):
        return False
    return context.first(_eaten_as(row.food)) is not None


def _foods_with_list(context: Context) -> Iterator[Verdict]:
    """Check foods that the text allows anywhere against all medicines taken."""
    here = tuple(
        m
        for m in context.content.drugs
        if m.polarity in ORDERED
        and m.standing in {"now", "past"}
        and (m.regimens or is_begun_next(context, m))
    )
    looked: set[tuple[str, tuple[str, ...]]] = set()
    for mention in (*(context.facts.medications or ()), *here):
        if set(mention.ingredients) & context.stopped:
            continue
        for drug, row in rows_of(context, mention, FoodRow):
            if (drug, row.food) in looked or not _may_matter(context, mention, row):
                continue
            looked.add((drug, row.food))
            for sentence in context.content.sentences:
                found = _named(sentence.text, row)
                if (
                    found is None
                    or warns(sentence.text)
                    or is_anothers_meal(context, drug, found.shift(sentence.start))
                ):
                    continue
                if sentence.kind == "question" and _ANSWERS_NO.match(context.text, sentence.end):
                    continue
                if "large" in row.effect and _LITTLE.search(sentence.text[: found.start]):
                    continue
                yield Signal(
                    severity=row.severity,
                    message=f"{name(drug)} with {found.of(sentence.text).lower()}: {row.effect}.",
                    span=found.shift(sentence.start),
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )


_ANSWERS_NO = re.compile(
    r"\W*(?:(?:A|Answer|Reply)\s?:\W*)?(?:(?:please|sorry|I['\u2019]m afraid|I am afraid"
    r"|unfortunately"
    r"|my advice is|I would say|here)\W+)*"
    r"(?:no(?!\s(?:problem|issue|harm|effect|concern|danger|risk|need|restriction|limit|worr|reason))\b"
    r"|not\b|never|do not|don['\u2019]t|avoid|leave|skip|(?:it is |it['\u2019]s )?(?:better"
    r"|best|safer)"
    r" (?:not|to (?:leave|avoid|skip|stay))|(?:I|we) (?:would|['\u2019]d) (?:rather )?(?:not"
    r"|leave|avoid"
    r"|skip|advise against)|(?:stay|keep|steer) (?:off|away|clear)|give it a miss|hands off"
    r"|stop)\b",
    re.I,
)
"""How an answer of no begins, behind the question."""


def _is_refused(context: Context, mention: DrugMention, said: str, found: Span) -> bool:
    """Return whether a food was only asked about and refused, or is told of another drug.

    "Can I take St John's wort with X? Please leave it"; "Y with a meal; no X".
    """
    sentence = context.content.sentences[mention.sentence]
    if sentence.kind == "question" and _ANSWERS_NO.match(context.text, sentence.end):
        return True
    part = _part_of(said, found)
    inside = part.start <= mention.start - sentence.start < part.end
    return mention.polarity in ENDED and not inside


_LATER = re.compile(
    r"[^.;]{0,40}\b(?:later|follows?|apart|in the evening"
    r"|(?:at|with|for) (?:lunch|dinner|supper|noon|bedtime|night))\b",
    re.I,
)


_MILD = re.compile(
    r"\b(?:small|cold|soft|hot|sugary|sweet|sports|energy|clear|fresh|cottage|cream|processed"
    r"|pasteuri[sz]ed|ricotta|mozzarella|non-?alcoholic"
    r"|alcohol-free)\s\Z",
    re.I,
)
"""Words that make a food one without what harms: "fresh cheese"."""
_OF_A_TEST = re.compile(
    r"\s(?:(?:plasma|blood|serum|capillary|morning)\s)*(?:glucose|sugars?|lipids?|levels?|values?"
    r"|targets?|tests?|triglyceride\w*|insulin|samples?|readings?|cortisol)\b",
    re.I,
)
"""What makes fasting a part of a test's name: "until fasting glucose is 80 to 130"."""
_ANALYTES = frozenset({"calcium", "iron", "potassium", "magnesium", "zinc", "vitamin k"})
_IS_RESULT = re.compile(
    r"\s?(?:[\d.]+ ?m\w+/d?L|(?:(?:,|and|or|/|level|function)\s?(?:[\w-]+\s){0,3}?)?"
    r"(?:is|are|was|were|of|remains?)\s(?:(?:both|all|now|well|also|within|in|too)\s)*"
    r"(?:\d|normal|fine|low|high|range|adequate|replete|good|unremarkable|satisfactory|corrected))",
    re.I,
)
"""What makes the name of a food that of an analyte: "calcium and kidney function are normal"."""
_IS_FREE = re.compile(r"\w*\s(?:without|free of|with no|that have no) alcohol\b", re.I)
""""Drinks without alcohol" are none of those meant."""


_SUCH_AS = {
    "alcohol": (
        "whisky", "whiskey", "vodka", "rum", "gin and", "brandy", "champagne", "prosecco", "cider",
        "liquor", "liqueur", "spirits", "cocktail", "sherry", "bourbon", "tequila", "nightcap",
        "beer", "lager", "wine", "martini", "margarita", "tipple", "booz", "bubbly", "sangria",
        "evening pint", "usual pint", "pints at", "couple of pints", "few pints", "pint of beer",
        "pint of ale", "pint at", "social drink", "odd drink", "occasional drink",
    ),
    "grapefruit": ("pomelo", "seville orange"),
    "coffee": ("espresso", "cappuccino", "latte"),
    "yogurt": ("yoghurt",),
    "with a meal": (
        "with meals", "with each meal", "with every meal", "with breakfast", "with lunch",
        "with dinner", "with supper", "cooked breakfast", "full breakfast", "hearty breakfast",
        "substantial meal", "large meal", "big meal", "heavy meal", "rich meal",
    ),
}  # fmt: skip
"""What a food of the table is drunk or eaten as."""


@lru_cache(maxsize=512)
def _eaten_as(food: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys((*food, *(kind for word in food for kind in _SUCH_AS.get(word, ()))))
    )


def _named(sentence: str, row: FoodRow) -> Span | None:
    """Return where a sentence first allows a food of the row at the time of the drug."""
    read = -1
    for found in find_all(sentence, _eaten_as(row.food)):
        if _OF_A_TEST.match(sentence, found.end) or (
            found.of(sentence).lower() in _ANALYTES and _IS_RESULT.match(sentence, found.end)
        ):
            continue
        if _MILD.search(sentence[: found.start]) or _IS_FREE.match(sentence, found.end):
            continue
        if found.start < read:
            continue
        if _allowed(sentence, found) and not _is_later(sentence, found, row):
            return found
        read = _part_of(sentence, found).end  # the first of a clause speaks for its others
    return None


def _is_later(sentence: str, found: Span, row: FoodRow) -> bool:
    """Return whether what hinders absorption is taken at another time of the day."""
    if "absor" not in row.effect or _AT_ONCE.search(sentence):
        return False
    return _LATER.match(sentence, found.end) is not None


def _food_signal(
    context: Context, mention: DrugMention, pair: tuple[str, FoodRow], food: str
) -> Signal:
    drug, row = pair
    return Signal(
        severity=row.severity,
        message=f"{name(drug)} with {food.lower()}: {row.effect}.",
        span=mention.span,
        reference=context.knowledge.reference(row, drug),
        subject=drug,
    )


def _part_of(sentence: str, found: Span) -> Span:
    """Return the clause that a food stands in."""
    start = max(sentence.rfind(mark, 0, found.start) for mark in ";.") + 1
    ends = (sentence.find(mark, found.end) for mark in ";.")
    return Span(start=start, end=min((end for end in ends if end >= 0), default=len(sentence)))


_TOPIC = re.compile(r"\s*(?:About|As (?:for|to)|Regarding|On|For|With|Concerning)\b[^:]*:", re.I)
"""What an answer is about, ahead of what it says: "About breakfast after a transplant: ..."."""


_DOSE_WITH = re.compile(
    r"(?:\b(?:doses?|tablets?|capsules?|daily|a day)|\d\s?m?c?g)\b[^.;:]{0,40}?\s"
    r"(?:with\s(?:[\w-]+\s){0,3})?\Z",
    re.I,
)
_WITH = re.compile(r"with\b", re.I)
"""A dose that goes down with what follows: "300 mg twice daily, each dose with a heavy meal"."""
_INTERVAL = re.compile(r"\b(?:about |some )?(?:6|8|12|24|six|eight|twelve) hours apart\b", re.I)
"""The time between two doses parts the drug from nothing."""
_CALLED_FINE = re.compile(
    r";[^;.]{0,60}\b(?:that|it|this|which)(?:['\u2019]s| is)\s(?:\w+\s)?(?:fine|ok(?:ay)?|safe"
    r"|all right|harmless|no (?:problem|trouble|harm)|only an? )",
    re.I,
)
"""What was asked about in one part of a sentence and allowed in the next."""
_TAKEN_WITH = re.compile(
    r"\b(?:take|takes|taken|give|given|swallow"
    r"|administer(?:ed)?)\b[^.;]*\bwith\s(?:[\w-]+\s){0,5}\Z",
    re.I,
)
"""An order whose drug goes down with what follows: "take X 20 mg at night with grapefruit"."""


def _allowed(sentence: str, found: Span) -> bool:
    part = _part_of(sentence, found)
    topic = _TOPIC.match(sentence, part.start, found.start)
    before = _INTERVAL.sub(" ", sentence[topic.end() if topic else part.start : found.start])
    after = sentence[found.end : part.end]
    fine = _CALLED_FINE.match(sentence, part.end)
    named = found.of(sentence)
    if _NO_DRINK.match(after):
        return False
    sentence = part.of(sentence)
    against = NEGATED.search(before) or _LESS.search(before) or _FORBIDDEN.search(after)
    if _REFUSED.match(after, max(0, after.find(":"), after.find("?"))):
        return False
    kept = _NOT_GIVEN_UP.search(before) is not None and _FORBIDDEN.search(after) is None
    if kept or _DENIED.search(sentence):
        return True
    if _BONE.match(after) and _AT_ONCE.search(sentence) is None:
        return False
    left = _LEAVE.search(before) and _LEFT.match(after)
    is_allowed = (
        fine
        or ALLOWED.search(sentence)
        or _TAKEN_WITH.search(before)
        or _GOOD.search(sentence)
        or ((_WITH.match(named) or "meal" in named) and _DOSE_WITH.search(before))
    )
    return not (against or left) and bool(is_allowed)


RULES = (
    Rule(
        id="MED204",
        title="food, alcohol or herb",
        category="interaction",
        rationale="Cheese with an MAO inhibitor, alcohol with metronidazole.",
        tables=("foods",),
        check=_foods,
    ),
)
