"""Reads the drugs of one sentence: name, directive, dosing, strengths, indication."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from medrag.clinical.dosing import Dosing, Item, is_in_all, read_dosing
from medrag.clinical.governed import govern, standing
from medrag.clinical.matching import Hit
from medrag.clinical.mentions import Condition, DrugMention, Mention, NameKind
from medrag.clinical.parts import SentenceParts
from medrag.clinical.polarity import Decision, decide
from medrag.clinical.populations import who
from medrag.clinical.products import Contents, contents, strength_named, strengths_behind
from medrag.clinical.quantity import Quantity
from medrag.clinical.spelling import misspellings
from medrag.clinical.supplements import SALT
from medrag.clinical.windows import dosing_windows

NAMES = frozenset({"drug", "class", "combination"})
_OFFSET = re.compile(
    r"\s(?P<side>after|before|following|prior\sto)\s(?:(?:the|a|his|her|their|your|last|first"
    r"|next|final"
    r"|morning|evening|prior|previous|therapeutic|prophylactic)\s)*(?:(?:dose|doses|injection"
    r"|stopping"
    r"|starting|administration|discontinuation)\s)?(?:of\s)?(?:\w+\s)?\Z"
)
_INDICATION = re.compile(
    r"\bfor\s(?:the\s(?:treatment|management|prevention)\sof\s)?(?!\s?(?:\d|a\stotal|at\sleast"
    r"|up\sto|one"
    r"|two|three|four|five|six|seven|ten|this|the\s(?:next|first|patient)|his|her|patients|adults"
    r"|children|example|another|oral|iv|as\slong))"
    r"((?:an?\s|the\s|her\s|his\s)?[a-za-z][\w'’/-]*(?:\s(?!(?:in|with|at|for|and|or|if|when|is"
    r"|are|to|by"
    r"|every|once|twice|daily|then|who|because|unless|while|on)\b)[\w'’/-]+){0,4})"
)
_LOOKED_FOR = re.compile(
    r"\b(?:watch|monitor|check|screen|look|observe|assess|test|examine)\w*"
    r"(?:\s(?:the|his|her|your|an?)(?:\s[\w-]+){1,2})?\s\Z"
)
"""Words before what is looked for, not treated: "watch the baby for sleepiness"."""
_OTHER_ORAL = re.compile(
    r"\s(?:(?:and\sintranasal\s)?inhalation|agents?|drugs?|medic\w+|intake|fluids?|contracepti\w+"
    r"|antibiotics?|anticoagula\w+|hypoglyc\w+|(?:anti)?diabet\w+|container|bags?\b|regional"
    r"|hygiene|feed\w*"
    r"|(?:therapy|treatment)(?!\swith\s\d)|food|diet|mucosa|lesions?|ulcers?|thrush|cavity"
    r"|rehydration|surgery"
    r"|temperature|iron\b|line\b|access"
    r"|catheter|cannula|lines\b|contrast|steroids?|route\sis\snot)"
)
_LED = ("through ", "via ", "into ", "down ")
_LED_TO = re.compile(r"\b(?:connect\w*|attach\w*|hook\w*|via|through|into|down)\s[^.;]{0,22}\Z")
"""What makes "IV line" the way of a drug: "connect it to the peripheral IV line"."""
_LISTED = re.compile(r"(?:,|\bor|\band|\bplus|\bthen)\s\Z")
_NEXT_NAME = re.compile(
    r"(?<=topical)\s(?!(?:cream|gel|ointment|lotion|solution|foam|spray|form|use|twice|once|daily"
    r"|every"
    r"|three|for|to|and|or|on|in|at|only|treatment|therapy)\b)[a-z]{4,}"
)
"""What makes "topical" the first word of the next item: "X 60 mg, topical capsaicin"."""
_CALLS = re.compile(r"\s(?:us|me|the|him|her|your|if|at|for|999|911|112|back|before)\b")
"""What makes "ring" a call."""
_COUNTED = re.compile(r"(?:\d|mg|mcg|one|two|\bg)\s?\Z")
_HARMS = re.compile(
    r"(?:\s(?:use|injections?|administration|routes?|doses?))?"
    r"\s(?:stops|kills|killed|causes|ha(?:s|ve)\s(?:killed|been\s(?:fatal|lethal)|caused)"
    r"|(?:can|may|will|would)\s(?:kill|stop|be\sfatal|cause)"
    r"|is\s(?:fatal|lethal|never|not|dangerous|forbidden|prohibited))\b"
)
_NEVER_BY = re.compile(
    r"(?:,\s[a-z-]+|\s(?:and|or|nor)\s[a-z-]+)*(?:\s(?:use|injections?|administration|routes?"
    r"|doses?))?"
    r"\s(?:is|are)\s(?:contra-?indicated|not\srecommended|unsafe|prohibited|avoided)"
)
"""What follows ways of giving that are forbidden: "subcutaneous and X injection are unsafe"."""
_NOT_BY = re.compile(
    r"\b(?:and|plus)\s(?:her|his|their|your|the|usual|regular|other)\s(?:\w+\s)?\Z|\b(?:cannot"
    r"|can['’]?t|unable\sto|not\sable\sto|nothing|nil|not|never|trouble|difficulty"
    r"|(?:not|never)\s(?:for|by|via|to\sbe\sgiven|meant\sfor|intended\sfor)|instead\sof"
    r"|rather\sthan|preclud\w+|prevent\w*"
    r"|type|stage|class|grade|group|phase|factor|schedule|part|table"
    r"|until\s(?:he|she|they|you)\scan|if\s(?:he|she|they|you)\scan)\s(?:take\s|be\sgiven\s)?\Z"
    r"|\bc-\Z"
)
_OF_ANOTHER = re.compile(
    r"(?:\b(?:and|because|while|whereas|as|since|but|when|if|that)|[,;])\s(?:(?:the|his|her|your"
    r"|any|all"
    r"|iodinated|iv)\s){0,2}(?!(?:it|this|that|which|they|these|dose|doses|drug|tablets?"
    r"|capsules?|infusion|injection"
    r"|treatment|therapy|solution|medicine|both|each|bolus|rest|half)\b)[a-z]{4,}\s(?:is|are|was"
    r"|were|will\sbe"
    r"|has\sbeen)\s(?:\w+ly\s|only\s)?(?:given|administered|injected|infused|delivered)\s\Z"
)
"""Words that make a way of giving that of something else: "since contrast is given ..."."""
_SINCE = re.compile(r"\s(?:ago|earlier|previously|before\stoday)\b")
_ENDED = re.compile(
    r"\b(?:stopp?(?:ed|ing)?|discontinued|finished|completed|last\s(?:dose|took|taken|tablet"
    r"|capsule|injection|given)|ended"
    r"|came\soff|took|off|weaned|withdrawn|quit|was\staken|had)\b"
)
_SPANS = frozenset({"h", "d", "wk", "mo", "a"})
_NEAR = 60
_OF_PERSONS = re.compile(r"s?[\s-](?:na[iï]ve|tolerant|experienced|free|sparing)\b")


def _is_excluded(parts: SentenceParts, hit: Hit) -> bool:
    """Return whether words beside a class make it none: "a non-thiazide", "opioid-naive"."""
    if hit.kind != "class":
        return False
    behind = _OF_PERSONS.match(parts.folded, hit.end)
    return behind is not None or parts.folded.endswith(("non-", "non "), 0, hit.start)


def read_drugs(parts: SentenceParts, used: frozenset[int]) -> tuple[DrugMention, ...]:
    """Return the drugs and drug classes of one sentence with what is said about them.

    Args:
        parts: The sentence.
        used: Starts of quantities that belong to laboratory values.
    """
    names = [hit for hit in parts.hits if hit.kind in NAMES and not _is_excluded(parts, hit)]
    held = contents(parts, names)
    names = [n for n in names if not any(s < n.start < c.end for s, c in held.items())]
    spans = [(hit.start, hit.end) for hit in names]
    windows = dosing_windows(parts, names)
    found: list[DrugMention] = []
    for index, hit in enumerate(names):
        items, strengths = _items(parts, names, index, windows, held=held.get(hit.start))
        dosing = read_dosing(parts.folded, items, used, anchor=windows[index][0][0])
        dosed = _is_dosed(dosing)
        decision = decide(parts.folded, parts.clauses, spans, index, dosed=dosed)
        decision = govern(parts, decision, spans[index])
        until, given = windows[index][0][1], (dosing, strengths)
        mention = _mention(parts, hit, decision, until=until, given=given)
        found.append(_without_sum(parts.folded, mention, found))
    wrong = [
        DrugMention(
            start=start,
            end=end,
            text=parts.text[start:end],
            ingredients=(),
            kind="misspelling",
            near=near,
            sentence=parts.number,
        )
        for start, end, near in misspellings(parts)
    ]
    return tuple(sorted((*found, *wrong), key=lambda drug: drug.start)) if wrong else tuple(found)


def _without_sum(folded: str, drug: DrugMention, earlier: Sequence[DrugMention]) -> DrugMention:
    """Return a mention without a dose that sums up those of the same drug named before it.

    "Four cycles of X 60 mg/m2 and Y 600 mg/m2, 240 mg/m2 of X in all".
    """
    doses = [
        regimen.dose
        for one in earlier
        if one.ingredients == drug.ingredients
        for regimen in one.regimens
        if regimen.dose is not None
    ]
    if not doses or len(drug.regimens) != 1:
        return drug
    whole = drug.regimens[0].dose
    less = whole is not None and any(
        dose.unit == whole.unit and dose.value < whole.value for dose in doses
    )
    if not less or not (is_in_all(folded, drug.regimens[0].end) or is_in_all(folded, drug.end)):
        return drug
    return replace(drug, regimens=())


def _is_dosed(dosing: Dosing) -> bool:
    return bool(dosing.maximums) or any(
        r.single is not None or r.count is not None or r.frequency for r in dosing.regimens
    )


def _items(
    parts: SentenceParts,
    names: Sequence[Hit],
    index: int,
    windows: Sequence[Sequence[tuple[int, int]]],
    *,
    held: Contents | None,
) -> tuple[list[Item], tuple[Quantity, ...]]:
    hit, own = names[index], windows[index]

    old = [
        (start, end)
        for start, end, attitude in parts.place.cells
        if attitude == "past" and not start <= hit.start < end
    ]  # the column "Before" of a row

    def inside(place: int) -> bool:
        return any(start <= place < end for start, end in own) and not any(
            start <= place < end for start, end in old
        )

    strengths, skip = strengths_behind(parts.text, hit, hit.end if held is None else held.end)
    if held is not None and held.strengths:
        strengths = held.strengths
    strengths = strengths or strength_named(parts.text, hit)
    items: list[Item] = [
        q for q in parts.quantities if inside(q.start) and not hit.start <= q.start < skip
    ]
    items += [f for f in parts.frequencies if inside(f.start) and f.start >= skip - 1]
    items += [h for h in parts.hits if inside(h.start) and is_way(parts, h)]
    if index == len(names) - 1 or parts.frequencies:
        items += _leading(parts, names, index)
    return sorted(items, key=lambda item: item.start), strengths


def is_way(parts: SentenceParts, hit: Hit) -> bool:
    """Return whether a name is the route or form of a drug: not "oral agents", "cannot swallow"."""
    if hit.kind == "route":
        led = parts.folded.startswith(_LED, hit.start) or _LED_TO.search(
            parts.folded, max(0, hit.start - 30), hit.start
        )
        return not (
            (not led and _OTHER_ORAL.match(parts.folded, hit.end))
            or _NOT_BY.search(parts.folded, parts.clauses.start, hit.start)
            or _HARMS.match(parts.folded, hit.end)
            or _NEVER_BY.match(parts.folded, hit.end)
            or _OF_ANOTHER.search(parts.folded, parts.clauses.start, hit.start)
            or (
                _NEXT_NAME.match(parts.folded, hit.end)
                and _LISTED.search(parts.folded, parts.clauses.start, hit.start)
            )
        )
    if parts.folded[hit.start : hit.end] == "ring" and _CALLS.match(parts.folded, hit.end):
        return False
    short = parts.folded[hit.start : hit.end] in {"cap", "caps"}
    return hit.kind == "form" and not (
        short and _COUNTED.search(parts.folded, max(0, hit.start - 6), hit.start) is None
    )


def _leading(parts: SentenceParts, names: Sequence[Hit], index: int) -> list[Item]:
    """Return a frequency that stands before the only name: "twice daily metoprolol"."""
    if len(names) > 1 or index:
        return []
    start = names[0].start
    return [f for f in parts.frequencies if f.end <= start and start - f.end <= 2]


def _mention(
    parts: SentenceParts,
    hit: Hit,
    decision: Decision,
    *,
    until: int,
    given: tuple[Dosing, tuple[Quantity, ...]],
) -> DrugMention:
    text, clauses = parts.text, parts.clauses
    name = text[hit.start : hit.end]
    salt = _salt(name)
    cue, region = decision.cue, decision.region
    offset, side = _offset(parts, hit)
    begin, end = clauses.clause(hit.start)
    indication = _INDICATION.search(parts.folded, hit.end, min(end, until))
    if indication and _LOOKED_FOR.search(parts.folded, hit.end, indication.start()):
        indication = None
    return DrugMention(
        start=hit.start,
        end=hit.end,
        text=name,
        ingredients=() if hit.kind == "class" else hit.keys,
        drug_class=hit.keys[0] if hit.kind == "class" else None,
        kind="salt" if salt else _kind(hit),
        salt=salt,
        polarity=decision.polarity,
        directive=Mention(cue.start, cue.end, text[cue.start : cue.end]) if cue else None,
        condition=Condition(
            region.start, region.end, text[region.start : region.end].strip(), region.exception
        )
        if region
        else None,
        who=who(parts.folded, begin, end),
        current=decision.current,
        reported=decision.reported,
        standing=standing(parts, decision, hit.start),
        ago=_ago(parts, hit),
        until=parts.number,
        offset=offset,
        offset_side=side,
        indication=text[indication.start(1) : indication.end(1)] if indication else None,
        sentence=parts.number,
        regimens=given[0].regimens,
        maximums=given[0].maximums,
        strengths=given[1],
    )


def _kind(hit: Hit) -> NameKind:
    if hit.kind == "class":
        return "class"
    kinds: dict[str, NameKind] = {"brand": "brand", "abbreviation": "abbreviation"}
    return kinds.get(hit.form, "ingredient")


def _salt(name: str) -> str | None:
    match = SALT.search(name)
    return match[1] if match is not None and match.end() == len(name) else None


def _offset(
    parts: SentenceParts, hit: Hit
) -> tuple[Quantity | None, Literal["after", "before"] | None]:
    for mention in reversed(parts.quantities):
        if mention.end > hit.start:
            continue
        match = _OFFSET.fullmatch(parts.folded, mention.end, hit.start)
        if match is None or mention.quantity.unit not in {"min", "h", "d", "wk"}:
            break
        after = match["side"] in {"after", "following"}
        return mention.quantity, "after" if after else "before"
    return None, None


def _ago(parts: SentenceParts, hit: Hit) -> Quantity | None:
    """Return how long ago a drug was stopped or last taken; None where nothing says so."""
    text, (begin, end) = parts.folded, parts.clauses.clause(hit.start)
    for mention in parts.quantities:
        if not begin <= mention.start < end or mention.quantity.unit not in _SPANS:
            continue
        if _SINCE.match(text, mention.end) and _ENDED.search(text, begin, mention.start):
            near = text[min(hit.end, mention.end) : max(hit.start, mention.start)]
            if len(near) <= _NEAR and ";" not in near:
                return mention.quantity
    return None
