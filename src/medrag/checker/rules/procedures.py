"""PRO101, PRO104: procedures against values, conditions, medicines and the patient's sex."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_patient import ProcedureRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.combining import Given, given
from medrag.checker.rules.patient import COMPARE
from medrag.checker.rules.periprocedural import HOURS, is_put_off
from medrag.checker.sieve import sifted
from medrag.checker.state import has_condition
from medrag.checker.wording import amount, name
from medrag.clinical import Quantity
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import ORDERED, ProcedureMention, starting_in
from medrag.core.finding import NotChecked, Reference
from medrag.core.span import Span

_WAITS = re.compile(
    r"\b(defer|delay|postpone|hold off|put off|cancel|call off|instead of|rather than|avoid|without"
    r"|non-?|until|before|first,? (?:and )?then|first;)"
    r"\s*(?:\w+\s+){0,3}$",
    re.I,
)
_DONE = re.compile(
    r"\b(?:after|since|following|status post|s/p|had|underwent|undergone|recent|previous|earlier"
    r"|recover\w* from)\s(?:an?\s|the\s|his\s|her\s|your\s)?(?:\w+\s){0,2}\Z",
    re.I,
)
"""Words that make a procedure one that lies behind."""
_CANCELLED = re.compile(
    r"\W*(?:\w+\W+){0,2}?(?:cancel\w*|(?:(?:should|must|can|may|will) not|cannot)"
    r" (?:proceed|go ahead|be (?:done|performed|started))"
    r"|postpon\w*|deferred|delayed|only (?:after|once|when|if)"
    r"|(?:later\b(?! today)|(?:[\w-]+ (?:to|or) )?[\w-]+ (?:weeks|months) (?:later|after|from|on)\b"
    r"|in (?:about )?(?:[\w-]+ (?:to|or) )?[\w-]+ (?:weeks|months)\b)"
    r"|(?:later,? )?(?:after|once|following) (?:weaning|recovery|treatment|cure|healing"
    r"|lactation|breast-?feeding|delivery|birth"
    r"|the birth|pregnancy)"
    r"|(?:is|are) (?:now )?(?:off|out|abandoned|impossible|forbidden|barred)"
    r"|off the table|ruled out|list\b|would (?:only |just )?be (?:used|done|considered)"
    r"|not (?:today|now|done|needed|planned|possible))",
    re.I,
)
_IS_OVER = re.compile(r"\b(?:uneventful\w*|went (?:well|smoothly)|without complications?)\b", re.I)
"""Says of a procedure that it lies behind."""
_IS_AHEAD = re.compile(
    r"[^.;]{0,30}?\b(?:planned|scheduled|booked|due|listed)\b(?: for| in)?[^.;]{0,12}?"
    r"\b(?:days|weeks|months|next (?:week|month))\b",
    re.I,
)
"""Says that a procedure is days away: what speaks against it today can be put right."""
_WEIGHED = re.compile(
    r"\b(?:outweigh\w*|worse than|(?:risk|benefit)s? (?:is|are|was|were)? ?(?:accepted|weighed)"
    r"|accept\w* the risk|life-?saving|transjugular"
    r"|(?<!non-)(?<!not )(?:MR|MRI)[- ](?:conditional|safe))\b",
    re.I,
)
"""The risk was seen and weighed, or the procedure goes another way."""
_GROUP_TWO = re.compile(
    r"\b(?:group II|gadobutrol|gadavist|gadoterate|dotarem|gadoteridol|prohance|gadopiclenol"
    r"|gadobenate|macrocyclic)\b",
    re.I,
)
"""Agents that do not cause nephrogenic systemic fibrosis."""
_UNSAFE = re.compile(
    r"\b(do not|don't|never|avoid|not within|no sooner|contraindicated|unsafe)\b", re.I
)
_PREPARED = sifted(
    r"(?<!without )(?<!no )\bpre-?medicat\w*|\bpre-?treat\w*|\bpredniso(?:ne"
    r"|lone)\b[^.;]{0,80}\bbefore\b"
    r"|\bsteroid (?:prep|cover|prophylaxis)",
    re.I,
)
"""What makes contrast acceptable after an earlier reaction."""
_NOT_THIS_ONES = re.compile(
    r"\b(?:(?:an)?other (?:patient|person|man|woman)|not (?:applicable|relevant|for (?:him|her)|his"
    r"|hers)|does not apply|n/a|removed|deleted|crossed out|struck (?:out|off)|cancel\w*"
    r"|(?:his|her|their|the) (?:husband|wife|partner|brother|sister|father|mother|son|daughter)"
    r"(?:'s)?|(?:husband|wife|father|mother|brother|sister)'s|wrong (?:patient|chart|record|form)"
    r"|belongs? (?:to|in) (?:an|some)?other|by mistake|in error|no longer|not (?:needed|indicated"
    r"|done|ordered|wanted|required)|(?:is|are) (?:an? )?(?:\w+ )?(?:tests?|exams?|screening)"
    r" (?:for|of) (?:men|women|people|those|persons|anyone|patients)|does(?: not|n't) (?:apply|need"
    r"|concern)|only (?:in|for) (?:women|men|females?|males?)|in (?:women|men) only)\b",
    re.I,
)
"""The text itself says that a test is not this patient's."""
_ACR = Reference(
    title="ACR-SPR Practice Parameter for Imaging Pregnant or Potentially Pregnant Patients",
    section="Screening for pregnancy",
    edition="2023",
    url="https://www.acr.org/Clinical-Resources/Practice-Parameters-and-Technical-Standards",
)
_SEXED = {
    "female": sifted(
        r"\b(prostate\w* (?:biopsy|mri|exam\w*|ultrasound|screening)|PSA\b|prostatectomy|TURP"
        r"|testicular \w+|scrotal \w+|vasectomy|orchiectomy)",
        re.I,
    ),
    "male": sifted(
        r"\b(pap (?:smear|test)|cervical (?:screening|smear|cytology)|hysterectomy|hysteroscopy"
        r"|oophorectomy|transvaginal \w+|pregnancy test|hCG|ovarian \w+|colposcopy)",
        re.I,
    ),
}


def _forbidden(context: Context) -> Iterator[Verdict]:
    missing: set[str] = set()
    for procedure in context.content.procedures:
        if procedure.polarity not in ORDERED or _postponed(context, procedure):
            continue
        rows = context.knowledge.rows(ProcedureRow, procedure.procedure)
        for row in rows:
            reason = _reason(context, row, procedure)
            wanted = row.needs and context.facts.known and row.severity == "critical"
            if reason is None and wanted and _value(context, row) is None:
                missing.add(f"{name(row.needs)} before {name(row.key)}")
            if reason:
                yield Signal(
                    severity=row.severity,
                    message=f"{name(row.key)} with {reason}: {row.reason}.",
                    span=procedure.span,
                    reference=context.knowledge.reference(row),
                    subject=row.key,
                )
                break
    for item in sorted(missing):
        yield NotChecked(check=item, reason="the value is not given")


def _postponed(context: Context, procedure: ProcedureMention) -> bool:
    """Return whether the words around say that the procedure waits or is another one's lesser."""
    start = max(0, procedure.start - 60)
    before = context.text[start : procedure.start]
    after = context.text[procedure.end : procedure.end + 40]
    if procedure.condition is not None and procedure.condition.start < procedure.start:
        return True
    sentence = context.content.sentences[procedure.sentence]
    if procedure.procedure == "gadolinium-mri" and _GROUP_TWO.search(sentence.text):
        return True
    if context.says(_PREPARED) and _has(context, "contrast-allergy"):
        return True
    ahead = _IS_OVER.search(sentence.text) or _IS_AHEAD.match(after)
    if ahead or is_put_off(context, procedure):
        return True
    weighed = _WEIGHED.search(context.text, sentence.start, sentence.end + 80)
    if procedure.polarity == "mention" and (
        _is_supposed(context, procedure) or _DONE.search(before)
    ):
        return True
    return bool(_WAITS.search(before) or _CANCELLED.match(after) or weighed)


_SUPPOSED = re.compile(
    r"\b(?:would|could|might|rules? out|ruled out|excludes?|precludes?|prevents?|forbids?"
    r"|impossible|instead of|rather than|not possible|before|until|unless|if|whether"
    r"|planning (?:an?|the|for|to))\b",
    re.I,
)


_DO_IT = re.compile(
    r"(?:\A|[.;:,]\s|\b(?:then|and|so|just|please)\s)(?:do|perform|carry\sout|arrange|book|get|obtain"
    r"|schedule|go\sahead\swith|proceed\s(?:to|with))\s(?:(?:an?|the|her|his|this|that|your)\s)?"
    r"(?:[\w-]+\s){0,2}\Z",
    re.I,
)
"""Words right before a procedure that order it."""


def _is_supposed(context: Context, procedure: ProcedureMention) -> bool:
    """Return whether a procedure without a directive is only weighed: "X rules out MRI"."""
    sentence = context.content.sentences[procedure.sentence]
    if _DO_IT.search(context.text[sentence.start : procedure.start]):
        return False
    marks = [m.start() for m in re.finditer(r"[.;:]\s", sentence.text)]
    at = procedure.start - sentence.start
    begin = max((m for m in marks if m < at), default=0)
    end = min((m for m in marks if m > at), default=len(sentence.text))
    return _SUPPOSED.search(sentence.text, begin, end) is not None


def _reason(context: Context, row: ProcedureRow, procedure: ProcedureMention) -> str | None:
    if row.needs:
        value = _value(context, row)
        if value is None or row.op is None or row.value is None:
            return None
        if procedure.polarity == "mention" and _names_value(context, row, procedure):
            return None  # "CT with contrast, eGFR 24: stop metformin" has weighed it
        broken = COMPARE[row.op](value, row.value)
        return f"{name(row.needs)} {amount(Quantity(value, row.unit))}" if broken else None
    if row.condition:
        return name(row.condition) if _has(context, row.condition) else None
    members = context.knowledge.members(row.medication)
    taking = next(
        (g for g in given(context) if g.ingredient in members and not _is_for_after(context, g)),
        None,
    )
    if _HELD_FIRST.search(context.text):
        return None
    timed = HOURS.search(context.content.sentences[procedure.sentence].text)
    return name(taking.ingredient) if taking is not None and timed is None else None


def _names_value(context: Context, row: ProcedureRow, procedure: ProcedureMention) -> bool:
    """Return whether a plan around a procedure states the value, and stops a drug for it."""
    sentence = context.content.sentences[procedure.sentence]
    stated = any(
        lab.analyte == row.needs and lab.value is not None
        for lab in starting_in(context.content.labs, sentence.start, sentence.end)
    )
    return stated and any(
        drug.polarity == "stop" for drug in context.content.drugs_in(sentence.start, sentence.end)
    )


_HELD_FIRST = re.compile(
    r"\b(?:hold|stop|omit|pause|interrupt|withhold|skip)\w*\b[^.;]{0,50}"
    r"\b(?:before|ahead of|prior to) (?:the|any|an?) (?:\w+ ){0,2}"
    r"(?:biopsy|procedure|puncture|surgery|operation|extraction|block|epidural)",
    re.I,
)
"""The drug is put off for the procedure."""
_AFTERWARDS = re.compile(
    r"\b(?:after|following)\s(?:an?\s|the\s|his\s|her\s|your\s)?(?:\w+\s){0,2}(?:operation|surgery"
    r"|procedure|puncture|block|epidural|spinal|removal|replacement|birth|delivery)\b|\bpost-?op",
    re.I,
)


def _is_for_after(context: Context, one: Given) -> bool:
    """Return whether a drug is given for the time behind an operation."""
    if not one.in_text or not one.ordered:
        return False
    sentence = context.content.sentences[one.mention.sentence]
    before = _AFTERWARDS.search(context.text, sentence.start, one.mention.start)
    behind = _ONLY_AFTER.search(context.text, one.mention.end, sentence.end)
    return before is not None or behind is not None


_ONLY_AFTER = re.compile(
    r"\b(?:only|not|never|no sooner than|first dose)\b[^.;,]{0,30}\b(?:after|once|until|when)\b"
    r"[^.;]{0,40}\b(?:out|removed|removal|pulled|withdrawn|over|done|placed)\b",
    re.I,
)
"""What starts once a catheter is out."""


def _has(context: Context, condition: str) -> bool:
    patient = context.facts.patient
    if condition == "male":
        return patient.sex == "male"
    if condition == "pregnancy" and patient.pregnant:
        return True
    if condition == "lactation" and patient.lactating:
        return True
    if condition == "contrast-allergy":
        allergies = " ".join(patient.allergies or ()).lower()
        return bool(
            re.search(r"\b(contrast|iodinated|io(?:hex|pamid|vers|dixan|prom)\w+)", allergies)
        )
    return has_condition(context, condition, None)


def _value(context: Context, row: ProcedureRow) -> Decimal | None:
    value = context.facts.lab(row.needs, row.unit)
    if value is not None:
        return value
    for lab in context.content.labs:
        if lab.analyte == row.needs and lab.role == "result" and lab.value is not None:
            entry = load().analytes.get(lab.analyte)
            converted = entry.convert(lab.value, row.unit) if entry else None
            if converted is not None:
                return converted.value
    return None


def _other_sex(context: Context) -> Iterator[Verdict]:
    """Report tests and operations on organs that the patient does not have."""
    pattern = _SEXED.get(context.facts.patient.sex or "")
    for sentence in context.content.sentences if pattern else ():
        match = context.search(pattern, sentence.text) if pattern else None
        if match is None or _UNSAFE.search(sentence.text):
            continue
        if _NOT_THIS_ONES.search(sentence.text):
            continue
        yield Signal(
            severity="warning",
            message=f"{match[0]} does not fit a {context.facts.patient.sex} patient: check whom "
            "the text is about.",
            span=Span(start=sentence.start + match.start(), end=sentence.start + match.end()),
            reference=_ACR,
            subject=match[0].lower(),
        )


RULES = (
    Rule(
        id="PRO104",
        title="procedure does not fit the patient's sex",
        category="procedure",
        rationale="A prostate examination of a woman belongs to somebody else's record.",
        check=_other_sex,
    ),
    Rule(
        id="PRO101",
        title="procedure unsafe as things stand",
        category="procedure",
        rationale="A lumbar puncture with 15 platelets bleeds into the spine.",
        tables=("procedures", "stages"),
        check=_forbidden,
    ),
)
