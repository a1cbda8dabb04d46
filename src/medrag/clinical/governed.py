"""What a directive for one drug is worth: governed by a heading, conditional, supposed, past.

`polarity.decide` reads the words of the sentence. Here its decision meets what the layout says
("Avoid:" above the list) and gets its standing: part of the plan now, only in some event, only
for patients of a kind, only supposed, or over.
"""

from __future__ import annotations

import re
from dataclasses import replace

from medrag.clinical.directives import Region
from medrag.clinical.leads import Attitude, Lead
from medrag.clinical.mentions import ORDERED, Standing
from medrag.clinical.parts import SentenceParts
from medrag.clinical.polarity import Decision

_GOVERNING = frozenset({"avoid", "stop", "allergy", "past", "continue"})
_ORDERS = re.compile(
    r"(?:give|start|begin|use|prescribe|choose|consider|take|switch|change|add|continue|resume"
    r"|substitute|prefer|offer|select|try|restart)\b"
)
_EVENT = re.compile(
    r"\b(?:falls?|drops?|rises?|develops?|becomes?|occurs?|persists?|fails?|failing|recurs?"
    r"|worsens?|worsening|improv\w+|returns?|continues?|exceeds?|respon\w+|not\stoler\w+|still"
    r"|needed|appears?|after|once|until|misses|starts?|gets|goes|gone|confirmed|positive|negative"
    r"|suspected|symptoms?|pain|fever|nausea|vomit\w*|seiz\w+|bleed\w*|unavailable|remains?"
    r"|required|necessary|inadequate|insufficient|unsuccessful|available|drowsy|stable)\b"
)
_KIND = re.compile(
    r"\b(?:patients|people|persons|those|anyone|individuals|child(?:ren)?|infants?|neonates?"
    r"|newborns?|adults?|elderly|adolescents?|women|men|pregnan\w+|breast-?feeding|lactat\w+"
    r"|trimester|allerg\w+|egfr|crcl|clearance|gfr|creatinine|kidney|renal|dialysis|hepatic"
    r"|liver|cirrhosis|lvef|ejection|qtc|qt|weigh\w*|kg|asthma|diabetes|heart\sfailure|ckd"
    r"|inhibitors?|taking|receiving|on\s\w+|naive|carriers?|homozyg\w+|setting\sof|history\sof"
    r"|years|male|female|smokers?|mild|moderate|severe|acute|chronic)\b"
)
_SUPPOSED = re.compile(
    r"\bwould\s(?:not\s|only\s|then\s|also\s|have\sto\s)*(?:be\s(?:only\s|then\s|also\s)*"
    r"(?:used|given|chosen|added|needed|considered|started|reserved|kept|required|switched|held"
    r"|stopped|reduced"
    r"|tried|limited|preferred|begun|indicated|necessary|restarted|replaced|the\s(?:drug|choice|next))"
    r"|need|require|make|have|not|switch|add|use|give|start|choose|follow|lower|raise"
    r"|interact|precipitate)\b"
    r"|\bwere\s(?:ever\s|to\s)|\b(?:is|are|be)\s(?:only\s)?(?:reserved|kept\s(?:for\s(?!the\s|\d)"
    r"|in\sreserve)|held\sin\sreserve)\b"
    r"|\bto\sbe\s(?:discussed|decided)\b|\breserved\sfor\b|\breserve\b[^.;]{1,60}\bfor\b"
    r"|\bif\sever\b|\bever\s(?:be\s)?(?:needed"
    r"|required)"
)
_EFFECT = re.compile(
    r"\bexists?\b(?=[^.]*\b(?:should|if)\syou)|\bwould\s(?:also\s|then\s)?(?:make|lower|raise"
    r"|interact|precipitate|cause|increase|reduce"
    r"|worsen|replace"
    r"|with|avoid|spare|solve|double|block|need\sto\sbe|have\sto\sbe)\b"
    r"|\b(?:you|she|he|they|the\spatient)\s(?:do|does)(?:\s?not|n['’]t)\s(?:take|use|have|need"
    r"|drink)\b"
    r"|\btakes?\s(?:none|neither)\b|\b(?:none|neither)\sof\swhich\s(?:she|he|they|you|the\spatient)\b|\bnone\s(?:of\s(?:these|which|them)|appl(?:y|ies))\b"
    r"|\bcould\s(?:also\s)?be\s\w+ed\s(?:if|when|in\scase)\b"
)
"""Says what a drug would do, or that it is not taken: it is not part of the plan."""
_SEVERER = re.compile(
    r"\W*(?:severe|mild|moderate|recurrent|refractory|complicated|resistant|persistent|worsening)"
    r"\s[\w\s()/,-]{3,60}\s(?:requires?|needs?|warrants?|calls?\sfor|(?:is|are"
    r"|should\sbe)\s(?:\w+\s)?treated)\b"
)
_HEADS = re.compile(r"[*_]*:[*_]*\s")
_CLOSE = 12
_SUPPOSING = re.compile(
    r"\b(?:only|if|when|unless|were|otherwise|instead|in\scase|in\sthat\scase|later|ever"
    r"|should\s(?:she|he|you|the)"
    r"|with|without|for\s(?:toxicity|patients|those)|in\s(?:pregnancy|patients|children"
    r"|the\sfirst|refractory|severe))\b"
)
_ADVISED = re.compile(
    r"\bwould\sbe\s(?:an?\s|the\s)?(?:\w+\s)?(?:reasonable|appropriate|suitable|safe|safest|best"
    r"|better|fine|good"
    r"|first|my|acceptable|ideal|sensible|choice|option|recommended|advisable)"
)
_OURS = re.compile(r"\b(?:i|we)\s(?:\w+ly\s|also\s|then\s|still\s)?\Z")
"""Who advises: "I would give" orders."""
_OVER = re.compile(
    r"\bhad\s(?:already\s|previously\s|since\s)?been\s(?:on|taking|using)\b"
    r"|\b(?:has|have|had)\s(?:already\s|previously\s|since\s)?(?:been\s(?:given|treated)"
    r"|received|taken|tried"
    r"|completed|finished|failed|used|had)\b|\b(?:previously|formerly)\b|\b(?:was"
    r"|were)\s(?:\w+\s)?(?:on|taking"
    r"|given|used|prescribed|stopped|started|replaced|switched|tried|avoided|discontinued)\b"
    r"|\b(?<!be\s)(?:tried|received|took|failed|ingested|swallowed(?!\swhole)|replaced|(?<!as\s)tolerated"
    r"|underwent"
    r"|completed)\b"
    r"|\b(?:years?|months?|weeks?|days?|hours?)\sago\b|\blast\s(?:year|month|week|winter|spring"
    r"|summer|autumn)\b|\bin\sthe\spast\b|\bused\sto\b"
)
_OVERDOSED = re.compile(r"(?:[\s-](?:[a-z]+\s)?|,?\s)overdos\w+\b")
_OVERDOSE_OF = re.compile(r"\boverdos\w+\s(?:\w+\s)?(?:of|with|on|by|from)\s[^.;:,]{0,30}\Z")
"""Beside a name these make it what was taken; the antidote of the sentence is an order."""


def govern(parts: SentenceParts, decision: Decision, place: tuple[int, int]) -> Decision:
    """Return a decision with what the layout says of the name at `place`.

    The words of the sentence win where they order or forbid; the nearest lead with an opinion
    wins over those above it. A decision that rests on nothing but a dose gives way.
    """
    for attitude, lead in parts.place.attitudes(place[0]):
        changed = _changed(parts, decision, (attitude, lead))
        if changed is not None:
            return changed
    return decision


def _changed(
    parts: SentenceParts, decision: Decision, said: tuple[Attitude, Lead | None]
) -> Decision | None:
    """Return the decision under one lead; None where that lead has nothing to say of it."""
    attitude, lead = said
    if attitude == "condition" and lead is not None and decision.region is None:
        return replace(decision, region=Region(lead.start, lead.end, exception=False))
    if attitude not in _GOVERNING:
        return None
    final = {"avoid"} if attitude == "past" else {"avoid", "stop"}
    if _orders_itself(parts, decision) or decision.polarity in final:
        return decision
    changed: dict[Attitude, Decision] = {
        "avoid": replace(decision, polarity="avoid"),
        "stop": replace(decision, polarity="stop"),
        "allergy": replace(decision, polarity="mention", reported=True),
        "past": replace(decision, polarity="mention", reported=True, over=True),
        "continue": replace(decision, current=True),
    }
    return changed[attitude]


def _orders_itself(parts: SentenceParts, decision: Decision) -> bool:
    """Return whether the sentence orders in its own words: "use X instead", not "using X"."""
    cue = decision.cue
    if cue is None or decision.polarity != "give":
        return False
    if cue.kind == "post-give":
        return True
    first = cue.start - parts.place.start <= 6
    return not first and _ORDERS.match(parts.folded, cue.start) is not None


def standing(parts: SentenceParts, decision: Decision, offset: int) -> Standing:
    """Return what a directive is worth for this patient today."""
    if decision.over or _is_past(parts, decision, offset):
        return "past"
    if _is_supposed(parts, decision, offset) or _is_label(parts, decision, offset):
        return "hypothetical"
    region, text = decision.region, parts.folded
    if region is None and _SEVERER.match(text, parts.clauses.start, offset):
        return "event"
    if region is None or region.exception or decision.polarity != "give":
        return "now"
    return _depends(text[region.start : region.end])


def _is_label(parts: SentenceParts, decision: Decision, offset: int) -> bool:
    """Whether a name only heads what follows: "Heparin: enoxaparin 70 mg"."""
    if decision.polarity != "mention":
        return False
    named = [hit for hit in parts.hits if hit.kind in {"drug", "class", "combination"}]
    own = next((hit for hit in named if hit.start <= offset < hit.end), None)
    follows = own is not None and any(0 < hit.start - own.end <= _CLOSE for hit in named)
    heads = own is not None and _HEADS.match(parts.folded, own.end) is not None
    return heads and follows


def _is_past(parts: SentenceParts, decision: Decision, offset: int) -> bool:
    if decision.polarity != "mention" or decision.current or decision.inside:
        return False
    clause = parts.clauses.clause(offset)
    if _OVER.search(parts.folded, *_piece(parts.folded, offset, clause)) is not None:
        return True
    own = next((hit for hit in parts.hits if hit.start == offset), None)
    taken = own is not None and _OVERDOSED.match(parts.folded, own.end) is not None
    return taken or _OVERDOSE_OF.search(parts.folded, clause[0], offset) is not None


def _is_supposed(parts: SentenceParts, decision: Decision, offset: int) -> bool:
    text, clauses = parts.folded, parts.clauses
    begin, end = clauses.clause(offset)
    if decision.polarity not in ORDERED:
        return False
    if _EFFECT.search(text, begin, clauses.end):
        return True
    supposed = _SUPPOSED.search(text, begin, end)
    if supposed is None or _ADVISED.search(text, begin, end):
        return False
    if _OURS.search(text, begin, supposed.start()):
        return False
    certain = not supposed[0].startswith("would")
    return certain or _SUPPOSING.search(text, clauses.start, clauses.end) is not None


def _piece(text: str, offset: int, clause: tuple[int, int]) -> tuple[int, int]:
    """Return the part of a clause around a name, up to the colons beside it."""
    begin = text.rfind(":", clause[0], offset) + 1 or clause[0]
    end = text.find(":", offset, clause[1])
    return begin, end if end >= 0 else clause[1]


_FOR_A_SYMPTOM = re.compile(
    r"(?:for|against|with|in)\s(?:the\s|her\s|his\s)?"
    r"(?:(?:mild|moderate|severe|acute|breakthrough|strong|bad|worse|or|to|and|any|persistent|residual"
    r"|post-?operative|dental|incident|surgical|wound|back)\s){1,4}"
    r"(?:pain|fever|nausea|vomiting|anxiety|agitation|insomnia|itch\w*|constipation|cough"
    r"|breathlessness|dyspn\w+|headaches?|spasms?|cramps?|symptoms|attacks?|distress|discomfort)\b"
)
"""Why an "as needed" is taken: it says nothing of what the patient has today."""


def _depends(words: str) -> Standing:
    if _FOR_A_SYMPTOM.match(words):
        return "event"
    if words.startswith(("if", "when", "once", "should", "until")) and _EVENT.search(words):
        return "event"
    if _KIND.search(words):
        return "state"
    return "event"
