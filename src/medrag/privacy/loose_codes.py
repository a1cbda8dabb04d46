"""Numbers without a label of their own: codes beside an identifier, number plates beside a car."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.privacy.evidence import STRONG, Found, Note, overlapping

_CODE = re.compile(
    r"(?<![\w.,/%+<>-])(?=[A-Z0-9-]*\d)(?P<whole>[A-Z]{0,5}-?\d[A-Z0-9]*(?:[-/][A-Z0-9]+){0,3})"
    r"(?![\w%-]|[.,/]\d|\s?(?:mg|mcg|g|kg|ml|l|units?|iu|u|meq|mmol|cells|copies|cfu|mm|cm|k|steps"
    r"|patients|participants|people|women|men|cases|years?|per|x|[btq]i?d|tds|qds|daily|od|po|iv|hours?|h)\b|\s?[/x\u00d7^%])"
)
_PUBLIC = re.compile(
    r"(?:NCT|ISRCTN|PMC|PMID|CTRI|CRD|EUCTR|DOI|BMS|MK|LY|GSK|AZD|PF|ABT|BAY|RG|RO|AMG|JNJ|SAR|BI"
    r"|TAK|CD|HLA|SARS|COVID|IL|CHA|HAS|ISBN|ISO|EN|LOINC|CPT|ICD|NDC|DIN|ATC|H\d+N|CAS)-?\d",
)
_PUBLIC_LABEL = re.compile(
    r"\b(?:pmid|nct|doi|icd(?:-?1[01])?(?:-cm)?|cpt|hcpcs|loinc|snomed(?:\sct)?|rxnorm|rxcui|atc|ndc"
    r"|lot|batch|cas|isrctn|pubmed|protocol|trial|page|catalog(?:ue)?|cat|part|version|count|dose"
    r"|platelets|plts?|wbc|wcc|anc|cd4|bnp|ferritin|viral\sload|vl|hcg|troponin|ck|level|of|is|was"
    r"|wt|score|total|n)"
    r"\.?\s?(?:no\.?|number|code|#|is|was|of|=|:)?\s?$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\d{1,4}([-/])\d{1,2}\1\d{1,4}|\d{1,4}/\d{1,4}(?:/\d{1,4})?|\d{1,4}-\d{1,4}")
"""A date, a strength of two drugs ("875/125"), a range."""
_WINDOW = 40
"""Characters between a code and the identifier that shows what it is."""
_PLATE = re.compile(
    r"\b(?:ambulance|vehicle|car|van|taxi|truck|lorry|motorbike|bike|bus|reg|plates?|rego)\b"
    r"[^\n.;]{0,24}?\s(?-i:(?P<whole>(?=[A-Z]{0,3}\d)(?=[A-Z0-9 -]*[A-Z])[A-Z0-9]{2,4}"
    r"[ -]?[A-Z0-9]{2,4}))(?![\w-])",
    re.IGNORECASE,
)


def find_plates(note: Note) -> Iterator[Found]:
    """Yield number plates that stand soon after the word for a vehicle."""
    for match in _PLATE.finditer(note.text):
        start, end = match.span("whole")
        digits = sum(map(str.isdigit, match["whole"]))
        if digits > 1 and not note.clinical(start, end) and not note.measured(start, end):
            yield Found(start, end, "vehicle", STRONG)


def find_loose_codes(note: Note, found: Sequence[Found]) -> Iterator[Found]:
    """Yield codes of five digits or more that stand close to an identifier.

    Args:
        note: The text.
        found: What certain and strong recognizers found; a code alone is no identifier.
    """
    sure = [item for item in found if item.certainty >= STRONG and item.kind != "date"]
    for match in _CODE.finditer(note.text):
        start, end = match.span("whole")
        if not _is_code(match["whole"]) or _PUBLIC_LABEL.search(note.before(start, 24)):
            continue
        near = any(item.start - _WINDOW < end and start < item.end + _WINDOW for item in sure)
        if near and not note.measured(start, end) and not overlapping(note.hits, start, end):
            yield Found(start, end, "id", STRONG)


def _is_code(written: str) -> bool:
    """Return whether digits and letters are a number of somebody's, not a date or a gene."""
    digits = sum(map(str.isdigit, written))
    if _PUBLIC.match(written) or _AMOUNT.fullmatch(written):
        return False
    mixed = re.search(r"[A-Z-]", written) is not None
    return digits >= (5 if mixed else 6)
