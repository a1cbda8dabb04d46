"""MED113: what must not be crushed, chewed or opened."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows_forms import CrushRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import rows_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import name
from medrag.clinical import DrugMention

_CRUSH = sifted(
    r"\b(crush\w*|chew\w*|pulveri\w*|grind|ground up|break open|opened"
    r"|open(?:ing)? (?:the |up |her |his |a |each )?(?:[\w-]+ ){0,4}caps\w*|sprinkl\w*"
    r"|bit(?:e|es|ing|ten)\b(?! of)|dissolv(?:e|ed|ing)|split)\b",
    re.I,
)
_HALVED = sifted(
    r"\b(?:halv(?:e|es|ed|ing)|split(?:s|ting)?|(?:cut(?:s|ting)?|break(?:s|ing)?|broken|snap(?:s|ped|ping)?|divid(?:e|es|ed))"
    r"(?:(?! (?:the )?dose)[^.;,]){0,50}? (?:in|into) (?:half|halves|two|quarters|pieces)"
    r"|half (?:of )?(?:a|an|one|the|her|his|your) (?:[\w-]+ ){0,4}?tablets?"
    r"|half[- ]tablets?)\b",
    re.I,
)
"""Words for halving a tablet; "split" alone may be a dose divided over the day."""
_OF_DOSES = re.compile(r"\b(?:doses?|daily|total|times|morning|evening|hours|day)\b", re.I)
_INTACT = re.compile(
    r"\b(?:intact|whole)\s(?:granules|pellets|beads)\b|\bwithout\s(?:crushing|chewing)\b", re.I
)
"""How a capsule of pellets may be opened."""
_CANNOT_SWALLOW = re.compile(
    r"\b(?:cannot|can['\u2019]?t|could not|not able to|no longer|not|\w+n['\u2019]t)"
    r" (?:\w+ )?swallow\w*",
    re.I,
)
"""Why something is crushed; it warns of nothing."""
_RELEASE = re.compile(
    r"\b(extended|sustained|controlled|modified|slow|prolonged)[- ]release"
    r"|\b(ER|XR|XL|SR|CR|LA|(?-i:MR|M/R|MST|PR))\b",
    re.I,
)
LASTING = sifted(
    rf"{_RELEASE.pattern}|\b(?:ms|oxy)[ -]?contin\b|\w+contin\b|\b(?:toprol|concerta|opana|exalgo"
    r"|arymo|xtampza|hysingla|zohydro|nucynta er|effexor xr|cardizem cd|cartia|tiazac|procardia"
    r"|adalat|sular|plendil|glucotrol xl|glumetza|fortamet|focalin xr|vyvanse|mydayis|ritalin la"
    r"|metadate cd|detrol la|ditropan xl|k-dur|klor-con m?|k-tab|micro-k|imdur|ranexa|requip xl"
    r"|mirapex er|sinemet cr|tegretol xr|depakote er|lamictal xr|keppra xr|wellbutrin|aplenzin"
    r"|pristiq|lithobid|coreg cr|inderal la|innopran|niaspan|metoprolol succinate|theo-24"
    r"|uniphyl|nifedipine xl|kapvay|intuniv|horizant|gralise|ambien cr|xanax xr|seroquel xr"
    r"|invega|mucinex|kadian|avinza|conzip|ultram er|morphabond|calan sr|isoptin sr|verelan)\b",
    re.I,
)
"""Names and words of forms that act for long."""
_AT_ONCE = re.compile(
    r"\b(?:immediate|regular|short)[- ](?:release|acting)\b|\bIR\b|\btartrate\b|\bdispersible\b"
    r"|\b(?:orally disintegrating|oral solution|liquid)\b",
    re.I,
)
"""Words of forms that may be crushed, whatever they replace."""
_CUT_PATCH = sifted(
    r"\b(?:cut\w*|halv\w+|trim\w*|snip\w*)\b[^.;]{0,40}\bpatch|\bpatch\w*\b[^.;]{0,40}\b(?:cut"
    r"|halved"
    r"|snipped|trimmed)\b",
    re.I,
)


def _crushing(context: Context) -> Iterator[Verdict]:
    for mention in context.content.drugs:
        sentence = context.sentence(mention)
        crushed = context.search(_CRUSH, sentence) or context.search(_CUT_PATCH, sentence)
        if crushed is None or _warned(sentence, crushed) or mention.polarity == "stop":
            continue
        if mention is not _nearest(context, mention.sentence, crushed):
            continue
        forms = {r.form for r in mention.regimens if r.form} | _form(
            context, _own_words(context, mention)
        )
        rows = [*rows_of(context, mention, CrushRow)]
        rows += [("", row) for row in context.knowledge.rows(CrushRow, "*")]
        cut = crushed.re is _CUT_PATCH.whole
        rows = [(drug, row) for drug, row in rows if cut == ("patch" in row.forms)]
        for drug, row in rows:
            formed = cut or not row.forms or bool(forms & set(row.forms))
            if crushed[0].lower() == "split" or not formed:
                continue
            if row.opens and _only_opened(sentence):
                break
            yield Signal(
                severity=row.severity,
                message=f"{name(drug) or mention.text}: {row.effect}.",
                span=mention.span,
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )
            break


def _halving(context: Context) -> Iterator[Verdict]:
    """Report an extended-release tablet that is halved, unless it is scored to be broken."""
    scored = context.knowledge.groups["scored-extended-release"]
    for mention in context.content.drugs:
        sentence = context.sentence(mention)
        halved = context.search(_HALVED, sentence)
        if halved is None or mention.polarity == "stop" or scored & set(mention.ingredients):
            continue
        if _warned(sentence, halved) or mention is not _nearest(context, mention.sentence, halved):
            continue
        told = _OF_DOSES.search(sentence[halved.end() :][:_REACH])
        if not _form(context, _own_words(context, mention)) or (
            halved[0].lower().startswith("split") and told is not None
        ):
            continue
        row = next(r for r in context.knowledge.rows(CrushRow, "*") if "er-tablet" in r.forms)
        yield Signal(
            severity="warning",
            message=f"{mention.text}: a broken extended-release tablet may release the whole "
            "day's dose at once.",
            span=mention.span,
            reference=context.knowledge.reference(row, mention.ingredients[0])
            if mention.ingredients
            else None,
            subject=next(iter(mention.ingredients), ""),
        )


def _own_words(context: Context, mention: DrugMention) -> str:
    """Return the words about a drug between its neighbors in the sentence.

    "Change metoprolol succinate ER to metoprolol tartrate, crushed": only the second is crushed.
    """
    sentence = context.content.sentences[mention.sentence]
    others = context.content.drugs_in(sentence.start, sentence.end)
    begin = max([sentence.start, *(d.end for d in others if d.end <= mention.start)])
    begin = max(begin, context.text.rfind(";", begin, mention.start) + 1)
    last = context.content.sentences[max(mention.until, mention.sentence)].end
    end = min([last, *(d.start for d in others if d.start > mention.start)])
    return context.text[begin:end]


_REACH = 30


def _nearest(context: Context, sentence: int, crushed: re.Match[str]) -> DrugMention:
    """Return the drug of a sentence that stands nearest to the crushing."""
    place = context.content.sentences[sentence]
    at = place.start + crushed.start()
    own = context.content.drugs_in(place.start, place.end)
    behind = [d for d in own if 0 <= d.start - at <= _REACH]
    if behind and not crushed[0].lower().endswith("ed"):
        return behind[0]  # "crush X"
    return min(own, key=lambda d: min(abs(d.start - at), abs(d.end - at)))


def _warned(sentence: str, crushed: re.Match[str]) -> bool:
    near = _CANNOT_SWALLOW.sub(" ", sentence[max(0, crushed.start() - 60) : crushed.start()])
    return bool(
        re.search(
            r"\b(not|never|don't|avoid|without|cannot|can't|none|neither|nor|no)\b", near, re.I
        )
    ) or (crushed[0].lower().startswith(("open", "sprinkl")) and bool(_INTACT.search(sentence)))


def _only_opened(sentence: str) -> bool:
    """Return whether a capsule is opened and nothing in it is crushed or chewed."""
    done = (m for m in _CRUSH.finditer(sentence) if not _warned(sentence, m))
    return all(m[0].lower().startswith(("open", "sprinkl")) for m in done)


def _form(context: Context, own: str) -> set[str]:
    lasting = context.search(LASTING, own) is not None and _AT_ONCE.search(own) is None
    return {"er-tablet", "er-capsule"} if lasting else set()


def _broken_forms(context: Context) -> Iterator[Verdict]:
    yield from _crushing(context)
    yield from _halving(context)


RULES = (
    Rule(
        id="MED113",
        title="form that must not be crushed or opened",
        category="formulation",
        rationale="A crushed extended-release tablet gives the whole day's dose at once.",
        tables=("crush",),
        check=_broken_forms,
    ),
)
