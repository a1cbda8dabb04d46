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
_NEAR = 40


def vague(context: Context) -> Iterator[tuple[DrugMention, int]]:
    """Yield each drug ordered in an amount without a number, and where its words end.

    What the patient takes already, or what has a dose elsewhere in the text, has its amount.
    """
    known = {i for d in context.facts.medications or () for i in d.ingredients}
    known |= {i for d in context.content.drugs for i in d.ingredients if _is_dosed(d)}
    for mention in context.orders:
        case = mention.condition.text.lower() if mention.condition is not None else ""
        if mention.current or case.startswith(("if", "unless", "in case", "except")):
            continue
        if not any(context.knowledge.rows(DoseRow, drug) for drug in mention.ingredients):
            continue
        after = _AS_ONE_LIKES.match(context.text, mention.end)
        if after is not None and not _is_dosed(mention):
            yield mention, after.end()
        elif not known & set(mention.ingredients):
            told = _TAPER.match(context.text, mention.end)
            begin = max(0, mention.start - _NEAR)
            if told is not None or _SOME.search(context.text, begin, mention.start):
                yield mention, told.end() if told is not None else mention.end


def _is_dosed(mention: DrugMention) -> bool:
    return bool(mention.strengths or mention.maximums) or any(
        r.dose is not None or r.strength is not None for r in mention.regimens
    )
