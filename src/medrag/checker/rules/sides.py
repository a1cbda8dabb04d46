"""PRO106: an operation on the other side than everything else in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.core.finding import Reference
from medrag.core.span import Span

_ORGANS: tuple[tuple[str, str], ...] = (
    ("kidney or ureter", r"kidneys?|renal|nephr\w+|ureter\w*|hydroneph\w+|pelvicalyceal"),
    ("eye", r"eyes?|cataracts?|retin\w+|cornea\w*|ocular|vitre\w+|lens|macula\w*"),
    ("knee", r"knees?|menisc\w+|patell\w+"),
    ("hip", r"hips?|femoral\sneck|acetabul\w+"),
    ("lung or chest", r"lungs?|pneumothora\w+|pleura\w*|ha?emothora\w+|chest\s(?:drain|tube)"
                      r"|(?:upper|middle|lower)\slobe|thoracentesis"),
    ("breast", r"breasts?|mastectom\w+|lumpectom\w+|axilla\w*"),
    ("testis", r"test(?:is|icle|icular|es)|orchi\w+|scrotal"),
    ("ovary", r"ovar\w+|adnex\w+|fallopian|salping\w+"),
    ("ear", r"ears?|tympan\w+|mastoid\w*|cochlea\w*"),
    ("shoulder", r"shoulders?|rotator|humer\w+"),
    ("carotid artery", r"carotids?|endarterectom\w+"),
    ("groin", r"inguinal|groin"),
    ("foot or ankle", r"foot|feet|ankles?|toes?|hallux"),
    ("hand or wrist", r"hands?|wrists?|carpal|thumb"),
    ("leg", r"legs?|tibia\w*|fibula\w*|below-knee|above-knee|calf"),
    ("arm", r"arms?|forearms?|radi(?:us|al)|ulna\w*|elbows?"),
)  # fmt: skip
_A_SIDE = re.compile(r"left|right", re.I)
_SIDED = re.compile(r"\b(?P<side>left|right)(?:[- ]sided)?\s(?P<words>(?:[\w-]+\s?){1,4})", re.I)
_DOES = re.compile(
    r"\b(?:list(?:ed)?\s(?:for|her|him)|book\w*|schedul\w*|proceed\w*|perform\w*|insert\w*"
    r"|place|put|do|operat\w*|stent\w*|remov\w*|excis\w*|amputat\w*|drain\w*|inject\w*|block\w*|biops\w*"
    r"|replac\w*|repair\w*|arthroplast\w*|ectom\w+|mark\w*|aspirat\w*|puncture|theatre|surgery"
    r"|nephrectom\w+|mastectom\w+|orchi\w+|nephrostom\w+)\b",
    re.I,
)
"""Words of a sentence that orders something to be done to a side."""
_OTHER = re.compile(
    r"\b(?:both|bilateral\w*|either|opposite|contralateral|other side|compare\w*|previous\w*|prior"
    r"|old|already|normal|healthy|not|no|never|unlike|wrong)\b",
    re.I,
)
_RIGHT_AS_WORD = re.compile(
    r"^(?:away|now|choice|dose|drug|answer|time|patient|person|one)\b", re.I
)
_PROTOCOL = Reference(
    title="Universal Protocol for Preventing Wrong Site, Wrong Procedure, and Wrong Person Surgery "
    "(Joint Commission)",
    section="UP.01.01.01 to UP.01.03.01",
    edition="2024",
)


def _wrong_side(context: Context) -> Iterator[Verdict]:
    stated: dict[str, set[str]] = {}
    orders: list[tuple[str, str, Span]] = []
    for sentence in context.content.sentences if _A_SIDE.search(context.text) else ():
        for match in _SIDED.finditer(sentence.text):
            organ = _organ(match["words"])
            if organ is None or _RIGHT_AS_WORD.match(match["words"]):
                continue
            does = _DOES.search(sentence.text)
            side = match["side"].lower()
            if does is not None and does.start() < match.start():
                start = sentence.start + match.start()
                orders.append((organ, side, Span(start=start, end=start + len(match[0].rstrip()))))
            elif not _OTHER.search(_part_of(sentence.text, match.start())):
                stated.setdefault(organ, set()).add(side)
    for organ, side, span in orders:
        other = stated.get(organ, set())
        if other and side not in other and not _OTHER.search(_own_sentence(context, span)):
            yield Signal(
                severity="critical",
                message=f"The {side} side is to be treated; the text speaks of the "
                f"{next(iter(other))} {organ}: check the side.",
                span=span,
                reference=_PROTOCOL,
                subject=organ,
            )


def _organ(words: str) -> str | None:
    return next(
        (name for name, stems in _ORGANS if re.search(rf"\b(?:{stems})\b", words, re.I)), None
    )


def _part_of(sentence: str, at: int) -> str:
    """Return what stands between the commas around `at`: "LEFT mass, right kidney normal"."""
    start = max(sentence.rfind(mark, 0, at) for mark in ",;") + 1
    ends = (sentence.find(mark, at) for mark in ",;")
    return sentence[start : min((end for end in ends if end >= 0), default=len(sentence))]


def _own_sentence(context: Context, span: Span) -> str:
    """Return the words around an order, up to the end of the sentence before."""
    before = context.text[max(0, span.start - 80) : span.start]
    return before.rpartition(". ")[2] + context.text[span.start : span.end + 40]


RULES = (
    Rule(
        id="PRO106",
        title="operation on the other side",
        category="procedure",
        rationale="Everything says left and the list says right.",
        check=_wrong_side,
    ),
)
