"""MED117: whether a drug fits what the text says it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows import LookalikeRow, MisuseRow, UseRow
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
        swapped = swapped or next(_swapped_under(context, mention), None)
        swapped = swapped or next(_swapped_near(context, mention), None)
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
        found = find(words, row.indications)
        if found is None:
            continue
        yield Signal(
            severity=row.severity,
            message=f"{name(drug)} is not for {found.of(words).lower()}: was "
            f"{name(row.intended)} meant?",
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


def _swapped_near(context: Context, mention: DrugMention) -> Iterator[Signal]:
    """Yield that running text treats, beside a drug, what only another of a like name is for.

    Nothing that the drug itself is given for stands in the text or on the list of conditions.
    """
    if _is_taken(context, mention) or not mention.regimens:
        return
    sentences = context.content.sentences
    near = " ".join(one.text for one in sentences[max(0, mention.sentence - 1) :][:2])
    near = _OF_BEARER.sub(r"\1", near if mention.sentence else sentences[0].text)
    near = _BARRED.sub("", near)
    if _TREATS.search(near) is None:
        return
    named = {i for drug in context.content.drugs for i in drug.ingredients}
    known = " ".join((context.text, *(context.facts.patient.conditions or ())))
    for drug, row in rows_of(context, mention, LookalikeRow):
        own = _own_words(context, drug, row)
        if row.intended not in named and own and find(known, own) is None:
            yield from (s for s in _swapped(context, mention, near) if s.subject == drug)
            return


def _own_words(context: Context, drug: str, row: LookalikeRow) -> tuple[str, ...]:
    """Return what a drug itself is for, as the row of the name that is taken for it says."""
    back = context.knowledge.rows(LookalikeRow, row.intended)
    return tuple(word for other in back if other.intended == drug for word in other.indications)


def _swapped_under(context: Context, mention: DrugMention) -> Iterator[Signal]:
    """Yield that a drug stands under a heading of what only another of a like name treats."""
    first = context.content.sentences[0]
    ends = context.text[first.end : first.end + 1] in {"\n", ""} or first.text.endswith("**")
    taken = {i for m in context.facts.medications or () for i in m.ingredients}
    if mention.current or taken & set(mention.ingredients):
        return
    if mention.sentence == 0 or not ends or len(first.text.split()) > _HEADING_WORDS:
        return
    named = {i for drug in context.content.drugs for i in drug.ingredients}
    for drug, row in rows_of(context, mention, LookalikeRow):
        own = _own_words(context, drug, row)
        if row.intended not in named and own and find(context.text, own) is None:
            yield from (s for s in _swapped(context, mention, first.text) if s.subject == drug)
            return


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
    if ahead is not None and not any(
        d.start < mention.start and d.sentence == mention.sentence for d in context.content.drugs
    ):
        return ahead[1]
    following = [d.start for d in context.content.drugs if d.start > mention.end]
    end = min([sentence.end, *following])
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
        tables=("lookalikes", "misuses", "uses"),
        check=_unsuited,
    ),
)
