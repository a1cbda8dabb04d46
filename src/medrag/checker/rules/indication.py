"""MED117: whether a drug fits what the text says it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.checker.context import Context
from medrag.checker.rows_uses import LookalikeRow, MisuseRow, PurposeRow, UseRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import rows_of
from medrag.checker.wording import name
from medrag.checker.words import find
from medrag.clinical import DrugMention

_AHEAD = re.compile(r"(?:for |to treat )?([^.;:]{4,80}?)(?::|,)\s*[^:;]{0,60}$", re.I)
"""What a sentence is about, before the order: "Parkinson disease: start ..."."""
_FOR_FIRST = re.compile(
    r"\W*(?:for|to treat) (?:the |your |her |his |this )?([\w\s-]{4,50}?),? "
    r"(?:take|give|use|start|prescribe|try|begin)\b",
    re.I,
)
_BESIDE = re.compile(
    r"\b(?:and|with|despite|because|who|not|after|before|during|or|risk|history|if|when|in|from"
    r"|pulmonary|portal|intracranial|ocular|febrile|gestational|withdrawal"
    r"|prevent\w*|prophyla\w*|induced|associated|related|secondary|due)\b",
    re.I,
)
"""Words that put between the drug and a disease something else that it is for."""
_OTHER_KIND = re.compile(r"\b(?:bipolar|psychotic|post-?ictal|respiratory) depression\b", re.I)
"""A disease whose last word alone names another one."""
_HEADING_WORDS = 12
_WATCHED = re.compile(
    r"\b(?:watch\w*|monitor\w*|check\w*|risk|screen\w*|look|assess\w*|observ\w*|evaluat\w*|need|test"
    r"\w*|allerg\w*|except|allow\w*|caution|wait|responsible|reason|call|return|ask)"
    r"(?:\s(?:the|his|her|your|an?)(?:\s[\w-]+){1,2})?\s*$",
    re.I,
)


_BEARER = (
    r"\s+in (?:a|an|the|this|his|her|your|our) (?:[\w-]+ ){0,4}?(?:wom[ae]n|m[ae]n|patients?"
    r"|child(?:ren)?|boys?|girls?|adults?|persons?|people|infants?|adolescents?|recipients?)\b"
)
_TO_BEARER = re.compile(_BEARER, re.I)
_OF_BEARER = re.compile(rf"(\bfor (?!\d)[^.;:,()]{{3,60}}?){_BEARER}[^.;:]*", re.I)
"""Who takes the drug: what follows are his other diseases ("for angina in a man with epilepsy")."""


def _unsuited(context: Context) -> Iterator[Verdict]:
    for mention in context.orders:
        words = _TO_BEARER.split(_indication(context, mention))[0]
        swapped = next(_misused(context, mention, words), None) if words else None
        swapped = swapped or (next(_swapped(context, mention, words), None) if words else None)
        object_ = _object(context, mention)
        swapped = swapped or (next(_swapped(context, mention, object_), None) if object_ else None)
        swapped = swapped or next(_swapped_here(context, mention), None)
        if swapped is not None:
            yield swapped
        elif words and not _is_taken(context, mention):
            yield from _without_use(context, mention, words)


def _is_taken(context: Context, mention: DrugMention) -> bool:
    """Return whether the patient has the drug already: what it is for was settled then."""
    taken = {i for m in context.facts.medications or () for i in m.ingredients}
    return mention.current or bool(taken & set(mention.ingredients))


_OUTSIDE = frozenset({"topical", "ophthalmic", "otic", "intranasal", "vaginal", "buccal"})
_IN_ADDITION = re.compile(
    r"\b(?:not|except|unless|until|if|excluded|ruled out|rather than)\b", re.I
)


def _misused(context: Context, mention: DrugMention, words: str) -> Iterator[Signal]:
    """Yield that a drug is given for what its label says it is not for."""
    outside = any(regimen.route in _OUTSIDE for regimen in mention.regimens)
    for drug, row in rows_of(context, mention, MisuseRow):
        found = find(words, row.indications)
        if found is None or outside or _IN_ADDITION.search(words[: found.start]):
            continue
        yield Signal(
            severity=row.severity,
            message=f"{name(drug)} for {found.of(words).lower()}: {row.text}.",
            span=mention.span,
            reference=context.knowledge.reference(row, drug),
            subject=drug,
            category="contraindication",
        )


def _swapped(context: Context, mention: DrugMention, words: str) -> Iterator[Signal]:
    """Yield that a drug is named for what another of a like name is given for."""
    for drug, row in rows_of(context, mention, LookalikeRow):
        if find(words, row.indications) is not None:
            yield _swap(context, mention, (drug, row))


def _swap(context: Context, mention: DrugMention, known: tuple[str, LookalikeRow]) -> Signal:
    drug, row = known
    return Signal(
        severity=row.severity,
        message=f"{name(drug)} is not for {row.indications[0]}: was {name(row.intended)} meant?",
        span=mention.span,
        reference=context.knowledge.reference(row, drug),
        subject=drug,
    )


_TREATS = re.compile(
    r"\b(?:treat(?:ed|ment|s)?|choice|therapy|prevent(?:s|ed|ion)?|helps?|eases?|relieves?|controls?"
    r"|calms?|works?|clears?|cures?|heals?|settles?|soothes?|gets? rid of|eradicates?|managed?"
    r"|responds?|indicated|maintenance|against|boosts?|prophylaxis|induction|first[- ]line"
    r"|(?:usual|standard|next|right|best) (?:\w+ )?(?:drug|agent|option)|gets? better"
    r"|option|for)\b",
    re.I,
)


_BARRED = re.compile(
    r"\b(?:ruled out|out|excluded|unsuitable|forbidden|contra-?indicated|avoided|unwise"
    r"|off the table)"
    r" (?:by|because of|given|with|due to|in view of|on account of|for) (?:his|her|their|your|the)"
    r" [\w-]+(?: [\w-]+)?",
    re.I,
)
"""A disease that bars another drug is not what this one is for: "X is ruled out by his asthma"."""


def _of_today(context: Context) -> Sequence[str]:
    """Return what is on the list of conditions, without what is called over."""
    problems = [one.partition(",")[0] for one in context.facts.patient.conditions or ()]
    return [one for one in problems if not _OVER.search(one)]


def _swapped_here(context: Context, mention: DrugMention) -> Iterator[Signal]:
    """Yield that text and record name what another drug of a like name is for, and nothing else.

    What is treated stands beside the drug, in a heading above it, or on the list of conditions.
    """
    if _is_taken(context, mention) or not mention.regimens:
        return
    named = context.once(_named)
    sentences = context.content.sentences
    near = sentences[max(mention.sentence - 1, 0)].start, sentences[mention.sentence].end
    named_near = [
        d
        for d in context.content.drugs_in(*near)
        if d.ingredients and d.ingredients != mention.ingredients
    ]
    for drug, row in rows_of(context, mention, LookalikeRow):
        if row.intended in named or not context.once(_tells_of, row.indications):
            continue  # most texts name no disease of the other drug: the long list is not read
        own = _own_words(context, drug, row)
        if not own or context.once(_tells_of, own):
            continue
        purposes = context.knowledge.rows(PurposeRow, drug)
        around = _treated_near(context, mention)
        others: frozenset[str] = frozenset()
        if find(around, row.indications) and (purposes or _TREATS.search(around)):
            if any(find(d.indication or "", row.indications) for d in named_near):
                continue  # "felodipine for blood pressure, and atorvastatin"
        elif find(_heading(context, mention), row.indications):
            pass  # several drugs may stand under one heading
        elif _tells(purposes) and any(
            find(one, row.indications) for one in context.once(_of_today)
        ):
            others = named | {i for m in context.facts.medications or () for i in m.ingredients}
        else:
            continue
        if not _has_its_drug(context, others - set(mention.ingredients), row):
            yield _swap(context, mention, (drug, row))
            return


def _named(context: Context) -> frozenset[str]:
    return frozenset(i for drug in context.content.drugs for i in drug.ingredients)


def _tells_of(context: Context, words: tuple[str, ...]) -> bool:
    """Return whether the text or the list of conditions names one of `words`."""
    listed = context.facts.patient.conditions or ()
    return context.first(words) is not None or any(find(one, words) for one in listed)


def _tells(purposes: Sequence[PurposeRow]) -> bool:
    """Return whether a list of conditions alone says what a drug would be given for."""
    return bool(purposes) and all(not one.listed for one in purposes)


def _has_its_drug(context: Context, others: frozenset[str], row: LookalikeRow) -> bool:
    """Return whether one of some other drugs is for what the row speaks of."""
    said = " ; ".join(row.indications)
    for other in others:
        if any(find(said, one.words) for one in context.knowledge.rows(PurposeRow, other)):
            return True
    for use in context.knowledge.all(UseRow) if others else ():
        given = {i for cell in use.members for i in context.knowledge.members(cell)}
        if given & others and (
            find(said, use.words) or find(" ; ".join(use.words), row.indications)
        ):
            return True
    return False


_EASES = re.compile(
    r"[^.;]{0,60}?\b(?:eases?|relieves?|controls?|calms?|settles?|clears? up|cures?|loosens?"
    r"|soothes?|quietens?|dampens?|treats?|abolish(?:es)?|suppress(?:es)?|combats?|brings? down"
    r"|ends?|stops?)"
    r"\s(?:the|her|his|your|their|these|this)\s(?P<what>[^.,;:()]{3,40})",
    re.I,
)
"""What a drug does for the patient: "X 25 mg should control the tremor"."""


def _object(context: Context, mention: DrugMention) -> str:
    """Return what the sentence says that a drug acts on; empty where it says nothing."""
    following = context.content.drug_behind(mention.end)
    end = context.content.sentences[mention.sentence].end
    end = end if following is None else min(end, following.start)
    found = _EASES.match(context.text, mention.end, end)
    return found["what"] if found is not None else ""


_OVER = re.compile(
    r"\b(?:no|not|without|denies|former\w*|history|prior|previous\w*|resolved|family|risk|past|old"
    r"|remission|controlled|screen\w*|excluded|ruled out|ago)\b",
    re.I,
)
"""Words of a list of conditions by which one is not what a drug is begun for."""


def _treated_near(context: Context, mention: DrugMention) -> str:
    """Return the sentence of an order and the one before, where they speak of treating."""
    sentences = context.content.sentences
    near = " ".join(one.text for one in sentences[max(0, mention.sentence - 1) :][:2])
    near = _OF_BEARER.sub(r"\1", near if mention.sentence else sentences[0].text)
    return _ABSENT.sub("", _BARRED.sub("", near))


_ABSENT = re.compile(r"\b(?:no|without|denies|denied|never had|free of|neither)\s[^.;:]*", re.I)
"""What the patient does not have is not what is treated."""


def _heading(context: Context, mention: DrugMention) -> str:
    """Return the short first line of a text, or its short first sentence."""
    first = context.content.sentences[0]
    short = mention.sentence > 0 and len(first.text.split()) <= _HEADING_WORDS
    return _TO_BEARER.split(first.text)[0] if short else ""


def _own_words(context: Context, drug: str, row: LookalikeRow) -> tuple[str, ...]:
    """Return what a drug itself is for, by its own row and that of the name taken for it."""
    own = [word for one in context.knowledge.rows(PurposeRow, drug) for word in one.words]
    back = context.knowledge.rows(LookalikeRow, row.intended)
    back_words = (w for other in back if other.intended == drug for w in other.indications)
    return tuple(dict.fromkeys((*own, *back_words)))


def _without_use(context: Context, mention: DrugMention, words: str) -> Iterator[Signal]:
    """Yield that a drug is not among those given for a disease."""
    rows = context.knowledge.all(UseRow)
    if not mention.ingredients or find(words, context.knowledge.words(UseRow)) is None:
        return
    for row in rows:
        found = find(words, row.words)
        if found is None or _BESIDE.search(words[: found.end]) or _OTHER_KIND.search(words):
            continue
        given = {i for cell in row.members for i in context.knowledge.members(cell)}
        if given & set(mention.ingredients):
            return
        drug = mention.ingredients[0]
        yield Signal(
            severity=row.severity,
            message=f"{name(drug)} is not given for {found.of(words).lower()}: check the name of "
            "the drug and the indication.",
            span=mention.span,
            reference=context.knowledge.reference(row),
            subject=drug,
        )
        return


def _indication(context: Context, mention: DrugMention) -> str:
    """Return the words that say what a drug is for: what clinical read, else "for ..."."""
    sentence = context.content.sentences[mention.sentence]
    if mention.indication:
        return mention.indication
    said = context.text[sentence.start : mention.start]
    ahead = _AHEAD.match(said) or _FOR_FIRST.match(said)
    if ahead is not None and not context.content.drugs_in(sentence.start, mention.start):
        return ahead[1]
    following = context.content.drug_behind(mention.end)
    end = sentence.end if following is None else min(sentence.end, following.start)
    said = context.text[mention.end : end]
    for match in re.finditer(r"\bfor (?!\d)([^.;,:()]{3,60})", said):
        if _WATCHED.search(said[: match.start()]) is None:
            return match[1]
    return ""


RULES = (
    Rule(
        id="MED117",
        title="drug does not fit its indication",
        category="notation",
        rationale="Names that look or sound alike are swapped.",
        tables=("lookalikes", "purposes", "misuses", "uses"),
        check=_unsuited,
    ),
)
