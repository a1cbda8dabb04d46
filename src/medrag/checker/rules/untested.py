"""PRO103: a pregnancy test that is missing or waived before a teratogen or radiation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.mitigated import is_of_pregnancy
from medrag.checker.put_off import comes_after
from medrag.checker.rows_patient import PrerequisiteRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import rows_of
from medrag.checker.sieve import sifted
from medrag.checker.waiving import waived
from medrag.checker.wording import name
from medrag.clinical import DrugMention
from medrag.clinical.mentions import ORDERED
from medrag.core.finding import Reference

_RADIATION = frozenset({"ct", "contrast-ct", "x-ray", "nuclear-scan", "radiation", "radioiodine"})
_ACR = Reference(
    title="ACR-SPR Practice Parameter for Imaging Pregnant or Potentially Pregnant Patients",
    section="Screening for pregnancy",
    edition="2023",
    url="https://www.acr.org/Clinical-Resources/Practice-Parameters-and-Technical-Standards",
)
PAST_BEARING = sifted(
    r"\b(?:post-?menopaus\w+|menopause|sterili[sz]ed|prepubertal"
    r"|(?:had|has had|after|since|following|previous|prior|s/p|post|underwent|history of)"
    r" (?:an? |her |the )?(?:\w+ )?hysterectom\w+|hysterectom\w+ (?:\w+ ){0,3}?(?:ago|earlier|in"
    r" (?:19|20)\d\d|already)|no uterus)\b",
    re.I,
)
"""Why a test of pregnancy is truly waived."""
_TESTS = (
    "pregnancy test", "pregnancy status", "possible pregnancy", "hCG", "test done",
    "whether she is pregnant", "if she is pregnant", "asking about pregnancy",
    "excluding pregnancy", "exclude pregnancy", "ruling out pregnancy", "rule out pregnancy",
)  # fmt: skip
LATE = sifted(
    r"\b(?:periods?|menses|menstruation)\b[^.;\n]{0,30}\b(?:late|overdue|missed|absent|delayed)\b"
    r"|\bmissed (?:a |her |the |one )?(?:last )?period"
    r"|\blast (?:menstrual )?period\b[^.;\n]{0,25}\b(?:[5-9]|1\d|five|six|seven|eight|nine|ten)"
    r" weeks ago\b|\bamenorrh\w+"
    r"|\b(?:may|might|could) (?:well |just |also )?be (?:pregnant|expecting)\b"
    r"|\b(?:days|weeks?) (?:late|overdue)\b",
    re.I,
)
"""A period that did not come: a test that is waived, of whatever, is that of pregnancy."""


def _untested(context: Context) -> Iterator[Verdict]:
    yield from _untested_imaging(context)
    patient, age = context.facts.patient, context.facts.patient.age_years
    barren = patient.sex == "male" or (age is not None and not 11 <= age <= 55)
    if barren or is_of_pregnancy(context):
        return
    for mention in context.orders:
        for drug, row in rows_of(context, mention, PrerequisiteRow):
            if row.kind != "pregnancy-test":
                continue
            later = mention.polarity == "give" and comes_after(context.sentence(mention), row.tests)
            if (waived(context.text, row.tests) or later) and not context.says(PAST_BEARING):
                yield Signal(
                    severity=row.severity,
                    message=f"{name(drug)}: {row.text}; the text says that it is not needed.",
                    span=mention.span,
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )
            elif patient.sex == "female" and patient.pregnant is None and not _named(context, row):
                yield Signal(
                    severity="info" if _cannot_be(context, mention) else "warning",
                    message=f"{name(drug)} for a woman who could become pregnant: {row.text}.",
                    span=mention.span,
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )


_BARREN = re.compile(
    r"\b(?:post-?menopaus\w+|menopause|hysterectom\w+|steriliz\w+|sterilis\w+"
    r"|tubal ligation|vasectom\w+"
    r"|IUD|IUS|intrauterine|implant|coil)\b",
    re.I,
)
_LIKELY_TO = 50
_WEEKLY = frozenset({"methotrexate", "leflunomide"})


def _cannot_be(context: Context, mention: DrugMention) -> bool:
    """Return whether a silent text is no slip: past childbearing, or a cancer is treated."""
    patient = context.facts.patient
    known = " ".join((*(patient.conditions or ()), *(patient.medications or ())))
    old = patient.age_years is not None and patient.age_years >= _LIKELY_TO
    if old or _BARREN.search(context.text) or _BARREN.search(known):
        return True
    if set(mention.ingredients) & _WEEKLY:
        return True
    spinal = any(r.route == "intrathecal" for r in mention.regimens)
    return spinal or _CANCER.search(known + " " + context.text) is not None


_CANCER = re.compile(
    r"\b(?:leuk\w+|lymphoma|cancer|tumou?r|carcinoma|myeloma|chemo\w*|metast\w+)\b", re.I
)


def _named(context: Context, row: PrerequisiteRow) -> bool:
    lowered = context.text.lower()
    return any(word.lower() in lowered for word in row.tests)


def _untested_imaging(context: Context) -> Iterator[Verdict]:
    """Report radiation for a woman of childbearing age where a pregnancy test is waived."""
    patient = context.facts.patient
    if patient.sex != "female" or patient.pregnant is not None:
        return
    if patient.age_years is None or not 12 <= patient.age_years <= 50:
        return
    tests = (*_TESTS, "test", "ask") if context.says(LATE) else _TESTS
    if waived(context.text, tests) is None or context.says(PAST_BEARING):
        return
    for procedure in context.content.procedures:
        if procedure.procedure in _RADIATION and procedure.polarity in ORDERED:
            yield Signal(
                severity="warning",
                message=f"{name(procedure.procedure)} for a woman who could be pregnant: a "
                "pregnancy test comes first.",
                span=procedure.span,
                reference=_ACR,
                subject=procedure.procedure,
            )


RULES = (
    Rule(
        id="PRO103",
        title="pregnancy test missing",
        category="procedure",
        rationale="Teratogens start after a negative test.",
        tables=("prerequisites",),
        check=_untested,
    ),
)
