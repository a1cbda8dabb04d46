"""Reads texts that say of a datum that it is missing and clear the drug by it all the same.

"Her weight is unknown, but 80 mg is the exact dose"; "no pregnancy test is on file, which means
that she is not pregnant". Each such text names three things: a datum, that it is wanting, and a
conclusion that needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from medrag.checker.context import Context
from medrag.core.finding import Category
from medrag.core.span import Span
from medrag.text.prefilter import prefiltered


@dataclass(frozen=True, slots=True)
class Datum:
    """A datum that an order needs.

    Attributes:
        name: In words.
        category: What is wrong where it is taken for known.
        words: How a text names it.
        concluded: How a text names what follows from it.
    """

    name: str
    category: Category
    words: str
    concluded: str


_DATA = (
    Datum("allergies", "allergy", r"allerg(?:y|ies|ic)(?: (?:status|list|history|records?|entry"
          r"|information|data))?", r"allerg\w*|cleared|tolerat\w*"),
    Datum("interactions", "interaction", r"(?:list of (?:medications|medicines|drugs)"
          r"|(?:medication|medicine|drug)s?(?: (?:list|history"
          r"|chart|record))|(?:other|current|regular|present)"
          r" (?:medication|medicine|drug|tablet)s?)",
          r"interact\w*|clash\w*|conflict\w*|compatib\w*|combin\w*"),
    Datum("kidney function", "renal", r"(?:renal function|kidney function|creatinine(?: clearance)?"
          r"|e?GFR|CrCl|renal status)", r"kidneys?|renal\w*|creatinine|eGFR|clearance"),
    Datum("weight", "weight-dose", r"(?:body )?weight", r"weight\w*|\w*mg/kg|exact|per kilo\w*"),
    Datum("pregnancy", "pregnancy", r"pregnan(?:cy|t)(?: (?:status|tests?))?",
          r"pregnan\w*|excluded|ruled out|conceiv\w*"),
    Datum("the liver", "hepatic", r"(?:liver (?:function|tests?|enzymes|status)|LFTs?|ALT|hepatic"
          r" function)", r"liver\w*|hepatic\w*"),
    Datum("the heart's rhythm", "lab", r"(?:ECG|EKG|QTc?(?: interval)?|electrocardiogram)",
          r"QT\w*|rhythm|conduction|heart"),
    Datum("potassium", "lab", r"(?:potassium|electrolytes?)", r"potassium|electrolyte\w*"),
    Datum("platelets", "lab", r"(?:platelets?(?: count)?|blood count)", r"platelet\w*|count\w*"),
    Datum("INR", "lab", r"(?:INR|clotting|coagulation)", r"INR|clotting|coagulation"),
    Datum("the enzyme or gene", "lab", r"(?:G6PD|TPMT|NUDT15|DPYD|DPD|HLA\S*|genotype)",
          r"G6PD|TPMT|NUDT15|DPYD|DPD|HLA\S*|enzyme|genotype"),
    Datum("age", "age", r"age", r"age|child|adult"),
)  # fmt: skip

_WANTING = (
    r"(?:unknown|missing|unavailable|undocumented|unrecorded|unstated|absent|lacking|blank|empty"
    r"|not (?:yet )?(?:been )?(?:in|on|given|supplied|sent|documented|recorded|known|mentioned"
    r"|available|stated|listed|provided|included|measured|tested|at hand"
    r"|to hand|noted|to be found|there)"
    r"|never (?:been )?(?:measured|recorded|tested|documented|given|taken)"
    r"|\w+n['\u2019]t (?:in|on|given|supplied|documented|recorded|known|mentioned|available"
    r"|stated|listed"
    r"|provided|included|measured))\b"
)
_NO = r"(?:no|without(?: an?| any)?)"
_HAVE_NONE = (
    r"(?:have no|do(?:es)? not have|don't have|do(?:es)? not know|don't know|lack|was given no"
    r"|were given no|cannot see|can't see|has no|got no|could not find|couldn't find"
    r"|(?:was|were|have|has|had|did)(?: not|n['\u2019]t) (?:yet )?(?:been )?(?:sen[dt]|given|told"
    r"|shown|handed|provided with|supplied with|seen?|gotten|got|get|received?|found|passed)"
    r"|never (?:saw|received|got|had|was (?:sent|given|told|shown)|were (?:sent|given|told|shown)))"
)
_AT_HAND = (
    r"(?:is |are |was |were |has been |have been )?(?:on (?:file|record)|in the (?:record|chart|"
    r"notes|file)|recorded|given|supplied|sent|available|documented|listed|provided|included"
    r"|measured|mentioned|stated|noted|at hand|to hand|attached|there)\b"
)
_CLEARED = prefiltered(
    r"\b(?:safe\w*|fine|cleared|clear(?= to| for)"
    r"|(?:is|are|was|been|have|I|be) (?:(?!not\b)\w+ )?(?:confirmed|verified|checked"
    r"|reviewed|excluded|ruled out|validated)"
    r"|no (?:\w+ ){0,2}(?:interactions?|conflicts?|clash\w*|problems?|concerns?|issues?|allerg\w+"
    r"|risk|adjustment|contraindication|objection)|free of|none (?:found|of them)|found none"
    r"|not (?:pregnant|allergic)|(?:be|is) (?:assumed|taken) (?:to be )?(?:\w+)|means (?:that )?\w+"
    r"|(?:she|he) (?:is|has|must be) (?:not|no)|exact(?:ly)?|correct|the right dose|passes|passed"
    r"|suits?|normal|in order|ok(?:ay)?|adequate|can (?:start|begin|go ahead|be given|be started)"
    r"|may (?:start|begin|be given|be started)|matches|appropriate|compatible"
    r"|cannot be (?:pregnant|allergic)|(?:allow|permit|support)s?)\b|:\s?none\b",
    re.I,
)
_HEDGED = re.compile(
    r"\b(?:ask(?:ed)?|check|confirm|measure|obtain|verify|test (?:her|him|it|first|before)|find out"
    r"|clarify|must|should|needs?|before|until|unless|if|whether|could not|first"
    r"|once(?! (?:a |an |daily|weekly|monthly|every|nightly|in))"
    r"|(?:cannot|can't)(?! be (?:pregnant|allergic))"
    r"|(?:(?:not|never) (?:yet )?|\w+n['\u2019]t )(?:been |be )?(?:confirm|verif|check|safe"
    r"|possible|assum"
    r"|judg|calculat|look|clear|examin|assess|review)\w*"
    r"|unsafe|unclear|only after|pending|get|send|request (?:an?|the|it)|wait|hold|provisional\w*"
    r"|NOT CHECKED)\b",
    re.I,
)
"""Words that draw no conclusion but ask for the datum."""
_MISSING = prefiltered(
    r"\b(?:unknown|missing|unavailable|undocumented|unrecorded|unstated|absent|lacking|blank|empty"
    r"|not|never|no|without|\w+n['\u2019]t|lack|has no|have no)\b",
    re.I,
)


def _lacks(datum: Datum) -> re.Pattern[str]:
    words = datum.words
    one = r"(?:(?:his|her|their|the|an?|any) )?(?:\w+ )?"
    return re.compile(
        rf"\b{words}\b(?: (?!not\b|never\b|un)[\w']+){{0,2}}? ?"
        rf"(?:is |are |was |were |has been |have been |: )?{_WANTING}"
        rf"|\b{_NO} (?:(?!known)\w+ )?{words} {_AT_HAND}"
        rf"|\b(?:I|we|record|chart|there|file) (?:\w+ )?{_HAVE_NONE} {one}{words}\b"
        rf"|\bthere (?:is|are|was) no (?:(?!known)\w+ )?{words}\b"
        rf"|\bwithout (?:an?|any|his|her) {words}\b",
        re.I,
    )


_LACKS = tuple((datum, _lacks(datum), re.compile(rf"\b(?:{datum.concluded})\b", re.I))
               for datum in _DATA)  # fmt: skip


_VERDICT = re.compile(
    r"\W*(?:verified|cleared|confirmed|checked|safe|fine|ok(?:ay)?|approved)\b", re.I
)


def _concludes(following: str, concluded: re.Pattern[str]) -> bool:
    """Return whether the next sentence clears the drug by what is wanting."""
    if _HEDGED.search(following) or not _CLEARED.search(following):
        return False
    return concluded.search(following) is not None or _VERDICT.match(following) is not None


def unfounded(context: Context) -> Iterator[tuple[Datum, Span]]:
    """Yield each datum that a text calls missing and concludes from, and where."""
    if not context.says(_MISSING):
        return
    sentences = context.content.sentences
    for number, sentence in enumerate(sentences):
        if _MISSING.search(sentence.text) is None:
            continue
        following = sentences[number + 1].text if number + 1 < len(sentences) else ""
        for datum, lacks, concluded in _LACKS:
            found = lacks.search(sentence.text)
            if found is None or _HEDGED.search(sentence.text):
                continue
            behind = sentence.text[found.end() :]
            own = _CLEARED.search(behind)
            next_one = (
                own is None
                and not _HEDGED.search(following)
                and (
                    _CLEARED.search(following) is not None
                    and concluded.search(following) is not None
                )
            )
            if own is not None or next_one:
                start = sentence.start + found.start()
                yield datum, Span(start=start, end=sentence.start + found.end())
                break
