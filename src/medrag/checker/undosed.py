"""Orders that name a drug and no dose: which of them have to say it.

Advice names a drug and leaves its dose open: an option, an alternative, a companion of what is
dosed, a drug for another day. An order does not. What tells them apart is how it is said ("start",
"should be given", a line that opens with the drug) and what else it says: who writes a route, a
frequency or how to raise the dose has ordered it; so has one who names no other drug at all for
this patient. What the patient takes already, or what has a dose elsewhere, has its dose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows import DoseRow
from medrag.clinical import DrugMention

ELSEWHERE = re.compile(
    r"\b(?:continu(?:e|es|ing)|usual|home|same|protocol\w*|scale|sliding|chart(?= )(?<!^chart)"
    r"|per|polic\w*|order set"
    r"|as directed|hold|resum\w*|restart|target|goal|according|guided|(?:by|on) (?:the )?weight"
    r"|weight-based|ratio|infusion|drip|as before|unchanged|bridg\w*|prophyla\w*|dose of|doses"
    r"|stop\w*|may|can|could|might|consider|either|or|option\w*|recommended|preferred|effective"
    r"|used|instead|rather than|in place of|leaflet|sheet|swish|rinse|gargle|specialist"
    r"|pharmac(?:y|ist)|team|lowest|smallest|label|table|starter|gradually|incision"
    r"|to the (?:feet|foot|hands?|face|skin|scalp|rash|area|affected|lesions?|patch(?:es)?)"
    r"|before (?:replacing|dextrose|glucose)|MAP of)\b",
    re.I,
)
"""Words that leave the dose to another place, or that advise rather than order."""
LOCAL = frozenset(
    {"topical", "inhalation", "ophthalmic", "otic", "intranasal", "rectal", "vaginal"}
)
"""Routes on which an amount of what is seen is meant, not a dose."""
_LOCAL_FORMS = frozenset(
    {"cream", "ointment", "gel", "lotion", "foam", "inhaler", "nebulizer-solution", "nasal-spray"}
    | {"spray", "eye-drops", "eye-ointment", "ear-drops", "drops", "suppository", "enema"}
    | {"lozenge", "gum", "iud", "vaginal-ring", "pessary", "mouthwash", "shampoo", "patch"}
)
_ORDERS = re.compile(
    r"(?:(?:re)?start|begin|commence|initiate|give|administer|prescribe|put|place|order|chart|hang"
    r"|load|get|write up|treat|cover|rx)\b",
    re.I,
)
"""Words that order; "add", "use" and "take" as often name a companion or an alternative."""
_BEGUN = r"(?:started|begun|commenced|initiated|prescribed|ordered|charted)"
_SHOULD = re.compile(
    r"(?:needs|should be on"
    r"|(?:should|must|will|needs? to|ha(?:s|ve) to|ought to|is to|are to|to) be"
    rf"(?: now| then)? (?:given|put|placed|treated|loaded|covered|managed|{_BEGUN})"
    rf"|(?:is|are) {_BEGUN})\b",
    re.I,
)
"""The same said of the drug, which is as often how it is given: "X should be started in"
" hospital"."""
_BESIDE = 15
"""Characters between the order and the name: "put the old gentleman on X" has more."""
_RAISED = re.compile(
    r"\b(?:titrat\w*|uptitrat\w*|up-titrat\w*|(?:increas|rais|doubl|build|go|mov|step|adjust)(?:e"
    r"|ing|ed)?"
    r"(?: it| up| the dose| upwards?)*(?= (?:it|up|the dose|every|each|after|as|when|if|in|over"
    r"|to|by|week|fortnight|month|slow)))\b",
    re.I,
)
_OTHERS = re.compile(
    r"\b(?:before|after|when|while|whether|until|unless|ask|asks|asking|tell|let|nobody|no one|who"
    r"|how|where|(?:the|an?|his|her|our|your|their) (?!plan|aim|suggestion|advice|decision|goal"
    r"|intention|patient|(?:old )?(?:wo)?man)(?:[\w-]+ ){1,3}(?:will|would|can|should|may|must|to))"
    r"\b[^,;:.]*\Z",
    re.I,
)
"""Words before an order that make it another's, a question's or a point in time."""
_KITS = frozenset(
    {"naloxone", "epinephrine", "glucagon", "dextrose", "nitroglycerin", "oxygen", "phytonadione"}
)
"""What is at hand in one amount, for an emergency."""
_TIMES_ONLY = re.compile(r"\s(?:once|twice|(?:two|three|four|\d)\stimes)(?=[.,;]|\sand\b|\Z)", re.I)
"""How many times without a period, right behind a name: "start torsemide twice"."""
_HEADS = re.compile(r"[^\n.;]{0,30}:\s*$", re.M)
_STATES = re.compile(r"\b(?:is|are|was|were|has|have|can|may|should|needs?|works?|gives?)\b", re.I)
_AT_ONCE = re.compile(r"\b(?:now|stat)\W*\Z", re.I)
_PERSON = re.compile(r"\b(?:s?he|him|his|hers?|this (?:wo)?man|(?:this|the) patient)\b", re.I)
_CLOSE = 8
"""Characters between a name and how often it is given, in a line that is an order."""
_NEXT = 90
"""Characters behind a name in which the text says how its dose is raised."""
_NO_CASE = re.compile(r"until\b|when (?:convenient|possible|feasible|practical|ready)\b", re.I)
"""Words of time that look like a condition."""
_FEW_WORDS = 8
"""Words of an answer that is an order and nothing else."""


_WHEN = re.compile(
    r"[\s,]{1,2}(?:prn|as needed|when needed|if needed|daily|nightly|weekly|monthly|once|twice"
    r"|every|each|now(?! that)|stat|tonight|at (?:bedtime|night|noon)"
    r"|in the (?:morning|evening|night)s?"
    r"|before (?:sleep|bed|the|meals?|breakfast)|with (?:each |every |the )?(?:meals?|breakfast"
    r"|food)|after meals?|bid|tid|qid|od|bd|tds|qds|q\d+h)\b[^.;\n:]*",
    re.I,
)
"""What a clause may say behind a drug that is nothing but an order without its dose."""
_NO_NAMES = frozenset({"insulin", "insulins", "opioid", "antibiotic", "steroid", "basal insulin"})
"""Words of a heading that name no drug of its own."""
_CLAUSE_WORDS = 9


def has_dose(mention: DrugMention) -> bool:
    """Return whether a mention says an amount, be it a number of tablets."""
    return any(r.dose is not None or r.count is not None for r in mention.regimens)


def undosed(context: Context) -> Iterator[tuple[DrugMention, int]]:
    """Yield each drug whose order should say a dose and does not, and where its words end."""
    known = {i for d in context.content.drugs for i in d.ingredients if _is_measured(d)}
    known |= {i for d in context.facts.medications or () for i in d.ingredients}
    if "insulin-regular" in known or "insulin" in known:
        known |= {"insulin", "insulin-regular"}
    for mention in context.dosed:
        if known & set(mention.ingredients) or mention.current or mention.reported:
            continue
        if _is_bare_clause(context, mention):
            given = [r.end for r in mention.regimens if r.frequency]
            yield mention, max([mention.end, *given[:1]])
            continue
        if not context.is_ordered(mention):
            continue
        if not _needs_dose(context, mention) or _is_conditional(mention):
            continue
        if _HEADS.match(context.text, mention.end) or ELSEWHERE.search(_said(context, mention)):
            continue
        if _is_ordered(context, mention):
            given = [r.end for r in mention.regimens if r.frequency or r.route]
            yield mention, max([mention.end, *given[:1]])


def _is_bare_clause(context: Context, mention: DrugMention) -> bool:
    """Return whether a clause is a drug and a time and nothing else: "Pain: oxycodone prn."."""
    text, knowledge = context.text, context.knowledge
    begin = max((text.rfind(mark, 0, mention.start) for mark in ".:;\n"), default=-1) + 1
    behind = _WHEN.match(text, mention.end)
    if text[begin : mention.start].strip(" -*\u2022") or behind is None or _is_measured(mention):
        return False
    if (
        len(mention.ingredients) != 1
        or len(behind[0].split()) > _CLAUSE_WORDS
        or any(c.isdigit() for c in behind[0])
    ):
        return False
    others = (d for d in context.content.drugs if d.text.lower() not in _NO_NAMES)
    if any(set(d.ingredients) != set(mention.ingredients) for d in others):
        return False
    local = any(r.route in LOCAL or r.form in _LOCAL_FORMS for r in mention.regimens)
    if local or _KITS & set(mention.ingredients) or ELSEWHERE.search(behind[0]):
        return False
    fluid = knowledge.members("@iv-fluid") & set(mention.ingredients)
    dosed = any(knowledge.rows(DoseRow, i) for i in mention.ingredients)
    return dosed and not fluid and not any("vaccin" in i for i in mention.ingredients)


def _said(context: Context, mention: DrugMention) -> str:
    """Return the words about a drug, without the heading that says for whom or for what it is."""
    said = context.sentence(mention)
    ahead = mention.start - context.content.sentences[mention.sentence].start
    return said[said.rfind(": ", 0, max(0, ahead)) + 1 :]


def _is_measured(mention: DrugMention) -> bool:
    strong = any(r.strength is not None for r in mention.regimens)
    return has_dose(mention) or strong or bool(mention.maximums or mention.strengths)


def _needs_dose(context: Context, mention: DrugMention) -> bool:
    """Return whether the dose of a drug has to be said; that of a fluid has not."""
    if any(r.route in LOCAL or r.form in _LOCAL_FORMS for r in mention.regimens):
        return False
    if any("vaccin" in i or i == "bcg" for i in mention.ingredients):
        return False
    knowledge = context.knowledge
    if (knowledge.members("@iv-fluid") | _KITS) & set(mention.ingredients):
        return False
    routes = {row.route for i in mention.ingredients for row in knowledge.rows(DoseRow, i)}
    told = any(r.route for r in mention.regimens)
    if "inhalation" in routes and not told:
        return False
    bare = mention.directive is not None and len(context.text.split()) <= _FEW_WORDS
    return bool(mention.ingredients) and (bare or bool(routes))


def _is_conditional(mention: DrugMention) -> bool:
    """Return whether a drug is ordered for a case only; "until dry" tells how long."""
    condition = mention.condition
    return condition is not None and _NO_CASE.match(condition.text) is None


def _is_ordered(context: Context, mention: DrugMention) -> bool:
    """Return whether the text orders a drug, and not only advises it."""
    detailed = any(r.frequency or r.route or r.duration for r in mention.regimens)
    detailed = detailed or _TIMES_ONLY.match(context.text, mention.end) is not None
    if _is_told(mention, _SHOULD):
        return detailed and _is_for_someone(context)
    if not _is_told(mention, _ORDERS):
        return detailed and _is_line(context, mention)
    begin = context.content.sentences[mention.sentence].start
    if mention.directive and _OTHERS.search(context.text, begin, mention.directive.start):
        return False
    raised = _RAISED.search(context.text, mention.end, mention.end + _NEXT) is not None
    return detailed or raised or _is_alone(context, mention)


def _is_told(mention: DrugMention, words: re.Pattern[str]) -> bool:
    """Return whether the directive beside a drug is one of these words."""
    told = mention.directive
    if told is None or words.match(told.text) is None:
        return False
    return told.start >= mention.end or mention.start - told.end <= _BESIDE


def _is_line(context: Context, mention: DrugMention) -> bool:
    """Return whether a line is an order without its verb: "Cefazolin IV every 8 hours for X"."""
    sentence = context.content.sentences[mention.sentence]
    opens = not context.text[sentence.start : mention.start].strip(" -*\u2022")
    if mention.directive is not None or not opens or _STATES.search(sentence.text):
        return False
    whole = any(r.route and (r.frequency or mention.indication) for r in mention.regimens)
    at_once = _AT_ONCE.search(sentence.text) is not None
    beside = mention.regimens[0].start - mention.end <= _CLOSE
    return whole or at_once or (beside and len(context.text.split()) <= _FEW_WORDS)


def _is_alone(context: Context, mention: DrugMention) -> bool:
    """Return whether a text orders one drug for somebody and names no other."""
    mine = set(mention.ingredients)
    if any(set(d.ingredients) != mine for d in context.content.drugs):
        return len(context.text.rsplit(":", 1)[-1].split()) <= _FEW_WORDS
    return _is_for_someone(context)


def _is_for_someone(context: Context) -> bool:
    """Return whether a text is about one patient, or short enough to be nothing but the order."""
    short = len(context.text.split()) <= _FEW_WORDS
    return context.facts.known or short or _PERSON.search(context.text) is not None
