"""Amounts that name no number: "a little hydroxyzine", "warfarin, dose by feel"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows import DoseRow
from medrag.clinical import DrugMention

_UNITS = r"(?:tablets?|capsules?|pills?|drops?|puffs?|units?|doses?|sachets?|spoonfuls?|vials?)"
_SOME = re.compile(
    rf"\b(?:a (?:little|bit|touch|dash|splash|drop|whiff|small amount)(?: bit)?(?: of)?"
    rf"|(?:a (?:few|couple)(?: of)?|some|several|plenty of|enough) {_UNITS}(?: of)?"
    rf"|(?:one|a) {_UNITS} or (?:two|so)(?: of)?)(?: the| his| her| oral)?\s\Z",
    re.I,
)
_AS_ONE_LIKES = re.compile(
    r"[^.;]{0,50}?\b(?:dos(?:e|ed|ing|age)|amount|give)? ?(?:by (?:feel|eye|guess\w*|rule of thumb)"
    r"|to taste|at (?:your|the \w+'s|his|her|nursing|nurse) discretion|ad lib(?:itum)?"
    r"|as (?:you )?(?:see|think|judge|deem)\w* (?:fit|best|right|appropriate)"
    r"|as much as (?:he|she|they|you|the \w+) (?:needs?|wants?|likes?|asks?)"
    r"|per (?:the )?nurse|whatever (?:dose|amount)"
    r"|(?:a|some) (?:suitable|reasonable|small|low|decent|good) (?:dose|amount))\b",
    re.I,
)
_TAPER = re.compile(
    r"\W{1,3}(?:then )?taper\w*(?: \w+){0,2} over (?:the )?(?:coming|next|following|a few|some)"
    r" (?:few )?(?:days|weeks|months)\b",
    re.I,
)
_EXTRA = re.compile(
    r"\b(?:give|take|use|chart|prescribe|allow|have)(?: (?:him|her|them|himself|herself))?"
    r"(?: (?:some|a (?:little|bit)(?: of)?))? (?:extra|more|additional)(?: of)?(?: his| her"
    r"| the)? \Z",
    re.I,
)
"""More of what is taken already: "give him some extra furosemide"."""
_MORE = re.compile(
    r"\s*(?:,|;|and)\s*(?:and )?(?:then )?(?:(?:give |take )?more|again|adjust(?: it| the dose)?"
    r"|go up)"
    r" (?:as (?:needed|required|necessary|(?:you )?see fit|(?:the )?[\w ]{2,20}?(?:needs?|demands?"
    r"|requires?|dictates?|wants?|asks?))|to taste|at will|by feel)\b",
    re.I,
)
"""No end to what follows a dose: "8 mg, and then more as the swelling needs"."""
_FADES = re.compile(
    r"\s*[:,\u2013-]\s*(?:then )?(?:taper|reduce|wean|decrease|come down|tail off|bring down)"
    r"(?: it| the dose| down| off)? ?(?:over (?:the )?(?:coming|next|following|a few"
    r"|some) (?:few )?"
    r"(?:days|weeks|months)|gradually|slowly|bit by bit|little by little|step by step)\b",
    re.I,
)
"""A dose that only falls: "prednisone: reduce gradually"."""
_NEAR = 40


def vague(context: Context) -> Iterator[tuple[DrugMention, int]]:
    """Yield each drug ordered in an amount without a number, and where its words end.

    What the patient takes already, or what has a dose elsewhere in the text, has its amount.
    """
    known = {i for d in context.facts.medications or () for i in d.ingredients}
    known |= {i for d in context.content.drugs for i in d.ingredients if _is_dosed(d)}
    yield from _open_ended(context)
    for mention in context.orders:
        case = mention.condition.text.lower() if mention.condition is not None else ""
        if mention.current or case.startswith(("if", "unless", "in case", "except")):
            continue
        if not any(context.knowledge.rows(DoseRow, drug) for drug in mention.ingredients):
            continue
        if _is_dosed(mention):
            continue
        after = _AS_ONE_LIKES.match(context.text, mention.end)
        if after is not None:
            yield mention, after.end()
        elif not known & set(mention.ingredients):
            told = _TAPER.match(context.text, mention.end)
            begin = max(0, mention.start - _NEAR)
            if told is not None or _SOME.search(context.text, begin, mention.start):
                yield mention, told.end() if told is not None else mention.end


def _open_ended(context: Context) -> Iterator[tuple[DrugMention, int]]:
    """Yield each drug that is to be given on, in an amount left to whoever gives it."""
    for mention in context.dosed:
        if mention.reported or not mention.ingredients:
            continue
        begin = max(0, mention.start - _NEAR)
        dosed = _is_dosed(mention) or any(r.count for r in mention.regimens)
        if not dosed and _EXTRA.search(context.text, begin, mention.start):
            yield mention, mention.end
        if mention.condition is not None:
            continue
        if dosed:
            ends = context.content.sentences[mention.sentence].end
            after = _MORE.search(context.text, mention.end, ends)
        else:
            after = _FADES.match(context.text, mention.end)
            if after is None and mention.directive is None:
                after = _AS_ONE_LIKES.match(context.text, mention.end)
        if after is not None:
            yield mention, after.end()


def _is_dosed(mention: DrugMention) -> bool:
    return bool(mention.strengths or mention.maximums) or any(
        r.dose is not None or r.strength is not None for r in mention.regimens
    )
