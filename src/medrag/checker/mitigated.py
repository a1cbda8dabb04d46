"""Circumstances that make acceptable what a table's row speaks against."""

from __future__ import annotations

import re

from medrag.checker.context import Context
from medrag.checker.rows_patient import ContraindicationRow, DrugLabRow, PregnancyRow, StageRow
from medrag.checker.sieve import sifted
from medrag.checker.words import find
from medrag.clinical import DrugMention
from medrag.clinical.lexicon import load
from medrag.clinical.number_words import CARDINAL, count_of
from medrag.text.prefilter import prefiltered

COMFORT = sifted(
    r"\b(?:end of life|end-of-life|hospice|palliative|comfort care|dying|last days|sedation"
    r"|procedur\w+|premedic\w*|contrast|anaphyla\w+|transfusion|allergic reaction"
    r"|intubat\w*|status epilepticus|seizing|alcohol withdrawal"
    r"|(?<!topical )(?<!local )an(?:a)?esthesi\w*)\b",
    re.I,
)
"""Settings in which sedation is meant, or a reaction is treated."""
OF_PREGNANCY = prefiltered(
    r"\b(?:ectopic|tubal pregnancy|adnexal|molar pregnancy|hydatidiform|miscarriage|missed abortion"
    r"|medical abortion"
    r"|termination of pregnancy|postpartum h(?:a)?emorrhage|induction of labou?r)\b",
    re.I,
)
"""States in which the drug is for the pregnancy itself."""


def is_of_pregnancy(context: Context) -> bool:
    """Return whether text or record name a state in which a drug is for the pregnancy itself."""
    named = OF_PREGNANCY.search(context.text) or OF_PREGNANCY.search(context.facts.words)
    return named is not None


_WATCHED = re.compile(
    r"\b(?:oximetr\w+|capnograph\w+|CPAP|SpO2|monitored bed|continuous monitoring)\b", re.I
)
"""What makes an opioid acceptable in sleep apnea."""
_VENTILATED = re.compile(r"\b(?:intubat\w*|ventilat\w*)", re.I)


_SUPERVISED = re.compile(r"\b(?:supervis\w+|challenge|under observation|observed)\b", re.I)
"""How a selective inhibitor is first given after a reaction to aspirin: Dona I et al., Allergy
2020;75:561-575."""
_CELECOXIB = re.compile("celecoxib", re.I)
_TOLD_OF_DEATH = sifted(
    r"\b(?:boxed warning|(?:risk of|more|higher|raised|increased) (?:death|mortality|stroke)s?)\b",
    re.I,
)


def is_accepted(
    context: Context, mention: DrugMention, drug: str, row: ContraindicationRow
) -> bool:
    """Return whether the text watches for what a row fears or weighs it, or nothing is to fear."""
    watched = _is_watched(context, row) or _is_weighed(context, row)
    safe = watched or _is_over(context, row) or _is_too_little(mention, drug, row)
    safe = (
        safe
        or (row.condition in _CLOUDED and is_last_resort(mention))
        or _goes_on(mention, drug, row)
    )
    return safe or _is_covered(context, mention, drug, row) or _is_cleared(context, row)


_GOES_ON = re.compile(r"(?:continu|keep|maintain)", re.I)


_WITHIN = re.compile(r"\bwithin (\d+) months\b")
_AGO = re.compile(rf"\b(?:(\d+|{CARDINAL})\s(years?|months?) (?:ago|before)|last year)\b", re.I)


def _is_long_ago(context: Context, row: ContraindicationRow) -> bool:
    """Return whether what a row fears for some months is dated earlier wherever it is told."""
    limit = _WITHIN.search(row.reason)
    if limit is None:
        return False
    entry = load().conditions.get(row.condition)
    stages = context.knowledge.rows(StageRow, row.condition)
    names = (*(entry.names if entry else ()), *(stages[0].words if stages else ()))
    lines = [line for line in context.facts.words.split("\n") if find(line, names)]
    return bool(lines) and all(_months_ago(line) > int(limit[1]) for line in lines)


def _months_ago(line: str) -> int:
    """Return how many months ago something was, as a line dates it; 0 where it does not."""
    ago = _AGO.search(line)
    if ago is None:
        return 0
    count = count_of(ago[1]) if ago[1] else 1
    return int(count or 0) * (1 if (ago[2] or "year").lower().startswith("month") else 12)


def _goes_on(mention: DrugMention, drug: str, row: ContraindicationRow) -> bool:
    """Return whether a beta blocker that is taken is gone on with while the heart fails.

    It is not begun then, and not stopped either (2022 AHA/ACC/HFSA guideline, 9.2).
    """
    directive = mention.directive
    going = directive is not None and _GOES_ON.match(directive.text) is not None
    if row.condition != "decompensated-hf" or not going:
        return False
    entry = load().drugs.get(drug)
    return drug == "beta-blocker" or (entry is not None and "beta-blocker" in entry.classes)


_AGAINST_TUBERCULOSIS = frozenset({"isoniazid", "rifampin", "rifapentine"})
_LATENT = re.compile("latent", re.I)


def _is_cleared(context: Context, row: ContraindicationRow) -> bool:
    """Return whether latent tuberculosis is treated, as labels ask before what may wake it."""
    if row.condition != "tuberculosis" or not context.tells(_LATENT):
        return False
    taken = (*context.orders, *(context.facts.medications or ()))
    return any(_AGAINST_TUBERCULOSIS & set(drug.ingredients) for drug in taken)


_BLED = re.compile(
    r"\b(?:previous|prior|past|history of|earlier|old|(?:after|since)\s(?:his|her|your|the|an?))\s"
    r"(?:[\w-]+\s){0,2}(?:bleed\w*|h(?:a)?emorrhage)",
    re.I,
)
_BLEEDS = re.compile(r"\b(?:active|ongoing|current|acute|still)\s(?:[\w-]+\s){0,2}bleed", re.I)

_OPERATED_LONG_AGO = re.compile(
    r"(?:history of|h/o|prior|previous|past|old|remote|status post|s/p)\s(?:[\w-]+\s){0,3}"
    r"(?:cabg|coronary artery bypass)"
    r"|(?:cabg|coronary artery bypass)[^\n;]{0,30}?"
    r"(?:\b(?:19|20)\d\d\b|\b(?:months?|years?) ago|\blast year)"
)
"""A bypass operation that lies behind: labels speak of the time around it."""


def _is_over(context: Context, row: ContraindicationRow) -> bool:
    """Return whether the bleeding or the operation that a row fears while it lasts lies behind."""
    if _is_long_ago(context, row):
        return True
    if row.condition == "cabg":
        return _OPERATED_LONG_AGO.search(context.facts.words) is not None
    fears = "active bleeding" in row.reason and "history" not in row.reason
    return fears and context.tells(_BLED) and not context.tells(_BLEEDS)


def _is_weighed(context: Context, row: ContraindicationRow) -> bool:
    """Return whether the text tells the danger itself that a row warns of, and gives it knowingly.

    Only for warnings: an antipsychotic for agitation in dementia, with its boxed warning told.
    """
    mortal = row.severity == "warning" and row.condition == "dementia" and "mortal" in row.reason
    return mortal and context.says(_TOLD_OF_DEATH)


def _is_watched(context: Context, row: ContraindicationRow) -> bool:
    """Return whether the text watches the breathing that a drug may depress."""
    if row.condition == "respiratory-depression":
        return context.tells(_VENTILATED)
    if row.condition == "aspirin-sensitive-asthma":
        return context.tells(_SUPERVISED) and context.tells(_CELECOXIB)
    apnea = row.severity == "warning" and row.condition == "sleep-apnea"
    return apnea and context.tells(_WATCHED)


_LAST = re.compile(
    r"\b(?:unavoidable|no (?:alternative|other (?:way|choice|option))|nothing else|fail(?:s|ed)?"
    r"|(?:not|\w+n['\u2019]t) (?:enough|suffic\w+|work\w*|help\w*)|insufficient|endanger\w*"
    r"|dangers?|harm\w*"
    r"|violent|unsafe|at risk of hurting|hurts?|absolutely (?:needed|necessary)"
    r"|severe(?:ly)? distress)\b",
    re.I,
)


def is_last_resort(mention: DrugMention) -> bool:
    """Return whether a drug is only for when all else fails: "if a hypnotic is unavoidable"."""
    condition = mention.condition if mention.standing == "event" else None
    return condition is not None and _LAST.search(condition.text) is not None


_CONTRIBUTES = re.compile(
    r"\s(?:\w+\s){0,2}?(?:may|might|could|probably|also|likely|itself|often|can)\s(?:\w+\s){0,2}?"
    r"(?:contribut\w+|be (?:the |a |one )?(?:cause|culprit|reason|to blame|responsible|behind)"
    r"|(?:play|have) (?:a |its )?part|add\w* to (?:it|this|that)|explain)",
    re.I,
)


def is_suspected(context: Context, drug: str) -> bool:
    """Return whether the text itself says that a drug taken may be behind the finding."""
    return drug in context.once(_suspects)


def _suspects(context: Context) -> frozenset[str]:
    return frozenset(
        ingredient
        for mention in context.content.drugs
        if _CONTRIBUTES.match(context.text, mention.end)
        for ingredient in mention.ingredients
    )


_THYROID = frozenset({"levothyroxine", "liothyronine"})
_STEROIDS = frozenset({"hydrocortisone", "prednisone", "prednisolone", "dexamethasone",
                       "cortisone", "methylprednisolone"})  # fmt: skip
_INHALED = frozenset({"fluticasone", "budesonide", "beclomethasone", "mometasone",
                      "ciclesonide"})  # fmt: skip
_ICS = re.compile(
    r"(?<!without )(?<!without an )(?<!no )\b(?:inhaled (?:cortico)?steroids?|ICS)\b", re.I
)


def _is_covered(
    context: Context, mention: DrugMention, drug: str, row: ContraindicationRow
) -> bool:
    """Return whether the steroid that another drug calls for is taken or given before it.

    Thyroid hormone calls for one by mouth, a long-acting beta agonist for an inhaled one.
    """
    if row.condition == "asthma" and "inhaled corticosteroid" in row.reason:
        beside = (*context.orders, *context.content.drugs, *(context.facts.medications or ()))
        return context.tells(_ICS) or any(_INHALED & set(one.ingredients) for one in beside)
    if row.condition != "adrenal-insufficiency" or drug not in _THYROID:
        return False
    taken = {i for one in context.facts.medications or () for i in one.ingredients}
    first = {i for one in context.orders if one.start < mention.start for i in one.ingredients}
    return bool(_STEROIDS & (taken | first))


_CLOUDED = frozenset({"dementia", "delirium"})


def _is_too_little(mention: DrugMention, drug: str, row: ContraindicationRow) -> bool:
    """Return whether a dose is too low for what the row fears: doxepin 3 mg for sleep."""
    return row.condition in _CLOUDED and is_low_doxepin(mention, drug)


def is_low_doxepin(mention: DrugMention, drug: str) -> bool:
    """Return whether doxepin is given as the labeled sleep aid, up to 6 mg."""
    doses = [r.dose for r in mention.regimens if r.dose is not None]
    return drug == "doxepin" and any(dose.unit == "mg" and dose.top <= 6 for dose in doses)


_LATER_WEEKS = re.compile(
    r"\b(?:after|from|beyond) (?:week (?:1[3-9]|[2-3]\d)|(?:1[3-9]|[2-3]\d) weeks"
    r"|the first trimester|the (?:second|third) trimester)\b"
    r"|\b(?:in|during|for) the (?:second|third) trimester\b",
    re.I,
)


def is_for_later_weeks(sentence: str, row: PregnancyRow) -> bool:
    """Return whether what only the first trimester forbids is for the time behind it."""
    first = row.state == "pregnant" and "first trimester" in row.reason
    return first and _LATER_WEEKS.search(sentence) is not None


_WEEKS = r"(?:3[7-9]|4[0-2])(?:\s?\+\s?\d)?[- ]weeks?\b"
_TERM_NOW = sifted(rf"\b(?:at|is|now)\s{_WEEKS}", re.I)
_TERM_LISTED = re.compile(rf"\b{_WEEKS}|\b(?:at|near) term\b|\bin (?:active )?labou?r\b", re.I)


def is_before_term(context: Context, row: PregnancyRow) -> bool:
    """Return whether what is forbidden at term is for a pregnancy not known to be there.

    A text may speak of the term to come; the problem list speaks of today.
    """
    if "at term" not in row.reason:
        return False
    return not (context.says(_TERM_NOW) or _TERM_LISTED.search(context.facts.words))


_MOVES = re.compile(
    r"\b(?:rises?|falls?|drops?|climbs?|over-?shoots?|over-?correct\w*|exceeds?|normali[sz]es?"
    r"|recovers?|corrects?|too (?:fast|quick\w*|slow\w*))\b",
    re.I,
)
"""An event that is a change of values: what holds today need not hold then."""


def answers_a_change(mention: DrugMention) -> bool:
    """Return whether a drug is for the event that a value changes: "if the rise overshoots"."""
    condition = mention.condition if mention.standing == "event" else None
    return condition is not None and _MOVES.search(condition.text) is not None


_WHERE_APPLIED = frozenset({"asthma", "copd", "herpetic-keratitis", "teething"})
_ABSORBED = frozenset({"timolol", "levobunolol", "carteolol", "metipranolol"})
_OF_THE_HEART = frozenset({"heart-block", "bradycardia", "shock", "decompensated-hf"})
"""What timolol eye drops are contraindicated in like its tablets (Timoptic label, section 4)."""


def reaches(drug: str, row: ContraindicationRow) -> bool:
    """Return whether a drug given locally reaches what a row fears."""
    absorbed = drug in _ABSORBED and row.condition in _OF_THE_HEART
    return absorbed or row.condition in _WHERE_APPLIED


_REPLACES = sifted(
    r"\b(?:replace|replet|replenish|correct|restor|top up|supplement)\w* (?:the |his |her )?"
    r"(?:potassium|hypokal\w+|K\b)|\bpotassium (?:chloride )?(?:\d+ ?mEq|\d+ ?mmol|replacement)",
    re.I,
)
"""Words that put a low potassium right."""
_WAITS = sifted(
    r"\b(?:hold|held|delay\w*|defer\w*|withh[eo]ld|wait\w*|postpon\w*|until|once|not yet"
    r"|only (?:when"
    r"|after|if)|(?:when|after) (?:the |his |her )?(?:potassium|K)\b|(?:above|reaches|at least"
    r"|exceeds) 3"
    r"|before (?:\w+ ){0,3}insulin|insulin (?:\w+ ){0,3}(?:after|later|afterwards)"
    r"|then (?:\w+ ){0,3}insulin|potassium first|first (?:replace|correct|give|replet)\w*)\b",
    re.I,
)
"""Words by which what lowers the potassium further begins only after it is put right."""


def is_replaced(context: Context, row: DrugLabRow) -> bool:
    """Return whether a low potassium is put right, and before what lowers it further begins."""
    if row.analyte != "potassium" or row.op[0] != "<" or not context.says(_REPLACES):
        return False
    return "before" not in row.reason or context.says(_WAITS)
