"""Benchmark of the quotation gate beside what people use today.

    python benchmarks/quotes.py [--data ../shared/data] [--cases 6000] [--seed 7] [--failures N]

Builds cases from real drug labels and guidelines: harmless typography, dangerous edits,
clipped sentences, elisions, quotations over line and page ends, repeated text. The
generator has its own sentence splitter and its own short list of turning words, so that it
shares no code with what it measures. Prints one table, every verifier in the same run.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from medrag.quotes import verify_quote


@dataclass(frozen=True, slots=True)
class Case:
    """One quotation and whether a careful reader would accept it.

    Attributes:
        verdict: `benign` must verify; `dangerous` and `clipped` must not.
    """

    family: str
    verdict: str
    quote: str
    passage: str


# --- Real text -------------------------------------------------------------------------------

LABEL_SECTIONS = (
    "indications_and_usage", "dosage_and_administration", "contraindications",
    "warnings_and_cautions", "warnings", "precautions", "adverse_reactions", "drug_interactions",
    "use_in_specific_populations", "pregnancy", "pediatric_use", "geriatric_use", "overdosage",
    "clinical_pharmacology", "boxed_warning", "information_for_patients", "how_supplied",
)  # fmt: skip


def label_texts(data: Path) -> Iterator[str]:
    for path in sorted((data / "corpora/openfda_labels").rglob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        record = record.get("results", [record])[0]
        for section in LABEL_SECTIONS:
            yield from record.get(section, [])[:1]


def pdf_texts(data: Path) -> Iterator[str]:
    import pypdf

    for path in sorted((data / "corpora/guideline_pdf").rglob("*.pdf"))[:4]:
        pages = pypdf.PdfReader(path).pages[:24]
        yield "\n".join(page.extract_text() for page in pages)


def html_texts(data: Path) -> Iterator[str]:
    for path in sorted((data / "corpora/guideline_html").rglob("*.htm*"))[:40]:
        raw = path.read_text(encoding="utf-8", errors="replace")
        raw = re.sub(r"(?is)<(script|style|head).*?</\1>", " ", raw)
        raw = re.sub(r"(?i)</?(p|div|li|h\d|tr|br|table|ul|ol)\b[^>]*>", "\n", raw)
        text = re.sub(r"<[^>]+>", "", raw).replace("&nbsp;", " ").replace("&amp;", "&")
        yield re.sub(r"\n\s*\n+", "\n\n", text)


def passages(data: Path, rng: random.Random) -> list[str]:
    """Return pieces of some 2,000 to 6,500 characters, cut at sentence ends."""
    found = []
    for texts in (label_texts, pdf_texts, html_texts):
        for text in texts(data):
            at = 0
            while at + 400 < len(text):
                size = rng.randint(2000, 6500)
                stop = text.find(". ", at + size)
                stop = len(text) if stop < 0 else stop + 1
                found.append(text[at:stop])
                at = stop
    rng.shuffle(found)
    return found


SENTENCE = re.compile(
    r"(?<=[a-z)%]\.\s)(?<!St\.\s)[A-Z][^.!?•|\t]{30,320}(?:\.\d[^.!?•|\t]{0,120})*[a-z)]\."
    r"(?=\s+[A-Z])"
)
BAD_END = re.compile(r"\b(?:e\.g|i\.e|vs|Dr|No|Fig|al|St|U\.S|approx)\.\Z")


def sentences_of(passage: str) -> list[str]:
    found = []
    for match in SENTENCE.finditer(passage):
        text = match.group()
        if BAD_END.search(text) or re.search(r"\n\s*(?:\n|[A-Z]|\w\.)", text):
            continue
        if len(text.split()) >= 7 and passage.count(text) == 1:
            found.append(text)
    return found


# --- Harmless -------------------------------------------------------------------------------

TURNING = re.compile(
    r"\b(?:not|no|never|nor|neither|none|without|cannot|avoid\w*|contraindicat\w+|except\w*|unless"
    r"|if|when|only|until|but|however|although|while|provided|other than|excluding|rather|instead"
    r"|discontinu\w+|stop\w*|withh\w+|in (?:\w+ )?(?:patients|children|adults|women|men|infants"
    r"|neonates)|(?:patients|people|those|subjects|individuals) (?:with|who)|pediatric|geriatric"
    r"|elderly|pregnan\w+|renal|hepatic|adults?|children|adolescents|infants|women|men|female|male"
    r"|up to|maximum|minimum|at least|at most|more than|less than|greater|below|above|over"
    r"|exceed\w*"
    r"|per|every|each|initial|starting|during|aged?|years|rarely|unlikely|fail\w*|lack\w*|limit\w*"
    r"|absence|presence|where|event|case|child|infant|males|females|persons?|those|whenever|adolescent|\w*menopausal"
    r"|should|must|may|dialysis|impair\w+|lactat\w+|nursing|trimester)\b|[<>≤≥]|\d",
    re.IGNORECASE,
)

LIGATURES = (("ffi", "ﬃ"), ("ffl", "ﬄ"), ("fi", "ﬁ"), ("fl", "ﬂ"), ("ff", "ﬀ"))
Edit = Callable[[str, random.Random], str]


def spaces(text: str, rng: random.Random) -> str:
    return "".join(
        rng.choice(["\u00a0", "\u2009", "  ", "\n", "\u202f", " \n ", "\u3000"])
        if char == " " and rng.random() < 0.3 and not glued(text, at) else char
        for at, char in enumerate(text)
    )  # fmt: skip


def glued(text: str, at: int) -> bool:
    return text[at - 1 : at] == "-" or text[at + 1 : at + 2] in {"-", "–", "•", "o", "*"}


def wrapped(text: str, rng: random.Random) -> str:
    words = re.findall(r"[A-Za-z]{7,}", text)
    if not words:
        return text.replace(" ", "\n", 1)
    word = rng.choice(words)
    cut = rng.randint(3, len(word) - 3)
    hyphen = rng.choice(["-\n", "\u00ad\n", "-\r\n", "\u00ad"])
    return text.replace(word, word[:cut] + hyphen + word[cut:], 1)


def ligatures(text: str, _: random.Random) -> str:
    for plain, joined in LIGATURES:
        text = text.replace(plain, joined)
    return text


def quote_marks(text: str, rng: random.Random) -> str:
    swaps = rng.choice([str.maketrans("'\"", "’”"), str.maketrans("’‘“”", "''\"\"")])
    return text.translate(swaps)


def dashes(text: str, rng: random.Random) -> str:
    to = rng.choice(["-", "–", "‑", "‐", "−"])
    return re.sub(r"(?<=\w)[-–‑‐](?=\w)", to, text)


def invisible(text: str, rng: random.Random) -> str:
    marks = ["\u200b", "\u200e", "\u200f", "\ufeff", "\u2060", "\u202a\u202c", "\u00ad"]
    at = rng.randint(1, len(text) - 1)
    return text[:at] + rng.choice(marks) + text[at:]


def symbols(text: str, rng: random.Random) -> str:
    for one, other in (("≥", ">="), ("≤", "<="), ("µ", "μ"), ("μ", "µ"), ("®", ""), ("™", ""),
                       ("±", "+/-"), ("×", "x"), ("…", "...")):  # fmt: skip
        if rng.random() < 0.8:
            text = text.replace(one, other)
    return text


def width(text: str, rng: random.Random) -> str:
    wide = {ord(c): chr(ord(c) + 0xFEE0) for c in rng.choice(["0123456789", "()%", "abcdefgh"])}
    return text.translate(wide)


def decomposed(text: str, _: random.Random) -> str:
    return unicodedata.normalize("NFD", text)


def first_letter(text: str, _: random.Random) -> str:
    return text[0].lower() + text[1:] if text[1:2].islower() else text


def no_final_point(text: str, _: random.Random) -> str:
    return text[:-1]


def in_marks(text: str, rng: random.Random) -> str:
    left, right = rng.choice(['""', "“”", "''", "‘’", "«»"])
    return left + text + right


def as_is(text: str, _: random.Random) -> str:
    return text


TYPOGRAPHY: dict[str, Edit] = {
    "exact": as_is, "spaces": spaces, "wrapped": wrapped, "ligatures": ligatures,
    "quote marks": quote_marks, "dashes": dashes, "invisible": invisible, "symbols": symbols,
    "full width": width, "decomposed": decomposed, "first letter": first_letter,
    "no final point": no_final_point, "in marks": in_marks,
}  # fmt: skip


def benign(passage: str, rng: random.Random) -> Iterator[Case]:
    found = sentences_of(passage)
    for sentence in rng.sample(found, min(4, len(found))):
        name = rng.choice(list(TYPOGRAPHY))
        quote = TYPOGRAPHY[name](sentence, rng)
        if rng.random() < 0.3:
            quote = rng.choice([spaces, wrapped, invisible, dashes])(quote, rng)
        yield Case(f"typography: {name}", "benign", quote, passage)
    if found:
        yield from page_break(passage, rng.choice(found), rng)
        yield from source_typography(passage, rng.choice(found), rng)
        yield from harmless_part(passage, rng.choice(found))
        yield from harmless_elision(passage, rng.choice(found))
        yield from repeated(passage, rng.choice(found))
    yield from neighbors(passage, rng)


def page_break(passage: str, sentence: str, rng: random.Random) -> Iterator[Case]:
    gaps = [m.start() for m in re.finditer(r"(?<=[a-z]) (?=[a-z])", sentence)]
    if gaps:
        at = rng.choice(gaps)
        broken = sentence[:at] + rng.choice(["\n\f", "\f", "\n", "\u2028"]) + sentence[at + 1 :]
        yield Case("over a page or line end", "benign", sentence, passage.replace(sentence, broken))


def source_typography(passage: str, sentence: str, rng: random.Random) -> Iterator[Case]:
    name = rng.choice(["spaces", "wrapped", "ligatures", "dashes", "invisible", "symbols",
                       "full width", "decomposed"])  # fmt: skip
    changed = TYPOGRAPHY[name](sentence, rng)
    if "\n\n" not in changed:
        yield Case("typography of the source", "benign", sentence,
                   passage.replace(sentence, changed))  # fmt: skip


def harmless_part(passage: str, sentence: str) -> Iterator[Case]:
    # Whole clauses: a quotation that stops or begins inside one is clipped, not harmless.
    edges = r"; |, and (?=(?:the|it|this|these|they|there|patients)\b)"
    for match in re.finditer(edges, sentence):
        for part, rest in ((sentence[: match.start()], sentence[match.end() :]),
                           (sentence[match.end() :], sentence[: match.start()])):  # fmt: skip
            if len(part.split()) >= 6 and not TURNING.search(rest) and passage.count(part) == 1:
                yield Case("harmless part of a sentence", "benign", part, passage)
                return


def harmless_elision(passage: str, sentence: str) -> Iterator[Case]:
    for match in re.finditer(r" \([^()]{5,80}\)", sentence):
        gap = match.group()
        left, right = sentence[: match.start()], sentence[match.end() :]
        if not TURNING.search(gap) and min(len(left), len(right)) > 25:
            yield Case("harmless elision", "benign", f"{left} ... {right.strip()}", passage)
            return


def repeated(passage: str, sentence: str) -> Iterator[Case]:
    yield Case("repeated boilerplate", "benign", sentence, f"{passage}\n\n{sentence}")


def neighbors(passage: str, rng: random.Random) -> Iterator[Case]:
    ends = {m.end(): m.start() for m in SENTENCE.finditer(passage)}
    pairs = [passage[ends[m.start() - 1] : m.end()] for m in SENTENCE.finditer(passage)
             if m.start() - 1 in ends]  # fmt: skip
    if pairs:
        quote = rng.choice(pairs)
        if "\n\n" not in quote and passage.count(quote) == 1:
            yield Case("two sentences", "benign", quote, passage)


# --- Dangerous -------------------------------------------------------------------------------

UNIT_SWAPS = {"mg": "mcg", "mcg": "mg", "g": "mg", "mL": "L", "kg": "g", "hours": "days",
              "days": "weeks", "weeks": "months", "minutes": "hours", "months": "years",
              "mmol": "mol", "units": "mg", "%": "‰", "μg": "mg", "µg": "mg"}  # fmt: skip
WORD_SWAPS = (
    ("increase", "decrease"), ("decrease", "increase"), ("increased", "decreased"),
    ("decreased", "increased"), ("more than", "less than"), ("less than", "more than"),
    ("greater", "lower"), ("above", "below"), ("below", "above"), ("before", "after"),
    ("after", "before"), ("with", "without"), ("without", "with"), ("adults", "children"),
    ("children", "adults"), ("once", "twice"), ("twice", "once"), ("oral", "intravenous"),
    ("hypertension", "hypotension"), ("at least", "at most"), ("should", "may"), ("may", "must"),
    ("all", "some"), ("and", "or"), ("or", "and"), ("male", "female"), ("renal", "hepatic"),
    ("hepatic", "renal"), ("common", "rare"), ("severe", "mild"), ("and", "and/or"),
)  # fmt: skip
FLIPS = {"≥": "≤", "≤": "≥", "<": ">", ">": "<", ">=": ">", "±": "+"}


def dangerous(passage: str, drugs: list[str], rng: random.Random) -> Iterator[Case]:
    found = sentences_of(passage)
    for sentence in rng.sample(found, min(5, len(found))):
        edits = [edit for edit in _edits(sentence, drugs, rng) if edit[1] != sentence]
        for family, quote in rng.sample(edits, min(3, len(edits))):
            if quote not in passage:
                yield Case(f"edit: {family}", "dangerous", quote, passage)
    for sentence in rng.sample(found, min(2, len(found))):
        yield from cut_tokens(passage, sentence, rng)


def _edits(text: str, drugs: list[str], rng: random.Random) -> Iterator[tuple[str, str]]:
    numbers = list(re.finditer(r"\d+(?:\.\d+)?", text))
    if numbers:
        yield from _number_edits(text, rng.choice(numbers), rng)
    for match in re.finditer(r"(?<=\d )(?:mcg|mg|g|mL|kg|hours|days|weeks|minutes|months|mmol)\b|%",
                             text):  # fmt: skip
        yield "unit", splice(text, match.span(), UNIT_SWAPS[match.group()])
    for match in re.finditer(r"\b(?:not|no|never|without|cannot) ", text):
        yield "negation dropped", splice(text, match.span(), "")
    for match in re.finditer(r"\b(?:is|are|should|may|can|was|were|must|will) ", text):
        yield "negation added", splice(text, match.span(), match.group() + "not ")
    for match in re.finditer(r"≥|≤|<|>|±", text):
        yield "comparator", splice(text, match.span(), FLIPS[match.group()])
    for one, other in WORD_SWAPS:
        match = re.search(rf"\b{one}\b", text)
        if match:
            yield "word of weight", splice(text, match.span(), other)
    words = list(re.finditer(r"(?<= )[a-z]{4,} ", text))
    if words:
        yield "word dropped", splice(text, rng.choice(words).span(), "")
        at = rng.choice(words).start()
        yield (
            "word added",
            text[:at] + rng.choice(["severe ", "oral ", "only ", "most "]) + text[at:],
        )
    named = [name for name in drugs if re.search(rf"\b{name}\b", text)]
    if named:
        yield "drug", re.sub(rf"\b{named[0]}\b", rng.choice(drugs), text)


def _number_edits(text: str, match: re.Match[str], rng: random.Random) -> Iterator[tuple[str, str]]:
    number, span = match.group(), match.span()
    yield "number x10", splice(text, span, number + "0")
    yield "digit", splice(text, span, str((int(number[0]) % 9) + 1) + number[1:])
    yield "decimal", splice(text, span, number.replace(".", "") if "." in number else "0." + number)
    yield "sign", splice(text, span, rng.choice(["-", "<", ">", "≥", "~"]) + number)
    yield "number dropped", splice(text, span, "")
    if len(number) > 1:
        yield "digits swapped", splice(text, span, number[::-1])


def splice(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]


def cut_tokens(passage: str, sentence: str, rng: random.Random) -> Iterator[Case]:
    cuts = [
        m.start() + 1 for m in re.finditer(r"(?<= )\d\d|\d\.\d|\d,\d|[a-z]-[a-z]|\d–\d", sentence)
    ]
    cuts += [m.start() for m in re.finditer(r"(?<=[<>≤≥~])\d|(?<=\d) ?(?:mg|mL|mcg|%)|/(?:kg|mL)",
                                            sentence)]  # fmt: skip
    cuts += [rng.choice([m.start() + 2 for m in re.finditer(r"[a-z]{5,}", sentence)] or [0])]
    for cut in rng.sample(cuts, min(2, len(cuts))):
        for quote in (sentence[:cut], sentence[cut:]):
            if len(quote.split()) >= 4 and cut:
                yield Case("token cut", "dangerous", quote.strip(), passage)


# --- Clipped ---------------------------------------------------------------------------------

CLIPS = {
    "negation": r"\b(?:not|never|cannot|without|neither)\b",
    "avoid or contraindicated": r"\b(?:[Aa]void|contraindicated|[Dd]iscontinue|[Dd]o not"
                                r"|[Ss]top)\b",
    "exception": r"\b(?:except|unless|other than|excluding)\b",
    "condition": r"\b(?:[Ii]f|only|until|provided that)\b",
    "when": r"\b[Ww]hen\b",
    "population": r"\b[Ii]n (?:\w+ )?(?:patients with|children|adults|pregnant women|elderly"
                  r"|pediatric patients|infants|women|patients who)\b",
    "dose qualifier": r"\b(?:up to|maximum|per kg)\b|(?<=mg)/kg\b",
    "comparator": r"\b(?:more than|less than|at least|greater than|no more than"
                  r"|exceed(?:ing)?)\b(?= [\d])",
}  # fmt: skip


def clipped(passage: str, rng: random.Random) -> Iterator[Case]:
    found = sentences_of(passage)
    rng.shuffle(found)
    made = 0
    for sentence in found:
        for family, pattern in rng.sample(list(CLIPS.items()), len(CLIPS)):
            match = re.search(pattern, sentence)
            if match and made < 6:
                for quote in _sides(sentence, match.span(), family):
                    made += 1
                    yield Case(f"clip: {family}", "clipped", quote, passage)
                break
    for sentence in found[:12]:
        for family in ("negation", "exception", "condition"):
            match = re.search(CLIPS[family], sentence)
            if match:
                words = list(re.finditer(r" ", sentence))
                low = [m.start() for m in words if m.start() < match.start() - 20]
                high = [m.start() for m in words if m.start() > match.end() + 20]
                if low and high:
                    quote = (
                        f"{sentence[: rng.choice(low)]} … {sentence[rng.choice(high) :].strip()}"
                    )
                    yield Case("clip: elided", "clipped", quote, passage)
    yield from list_items(passage, rng)


def _sides(sentence: str, cue: tuple[int, int], family: str) -> Iterator[str]:
    """Yield the part after the cue and the part before it, where either says something."""
    after = sentence[cue[1] :].strip(" ,;")
    before = sentence[: cue[0]].rstrip(" ,;")
    if family == "comparator":  # only what the comparator governs is turned by losing it
        sides = [after]
    elif family == "dose qualifier":
        sides = [side for side in (after, before) if re.search(r"\d", side)]
    else:
        sides = [after, before]
    for side in sides:
        if len(side.split()) >= 5:
            yield side


def list_items(passage: str, rng: random.Random) -> Iterator[Case]:
    items = re.findall(r"• ([a-zA-Z][a-z]+ [^•.:;\n|]{15,90}[a-z])(?= •|\. •|\n)", passage)
    items = [item for item in items if passage.count(item) == 1 and not TURNING.search(item)]
    heading = rng.choice(["CONTRAINDICATIONS", "Do not use in:", "Should not be given in:",
                          "Contraindicated in patients with any of the following:",
                          "Children under 12 years:", "Only if:",
                          "Stop treatment if there is:"])  # fmt: skip
    if len(items) >= 2:
        bullet = rng.choice(["• ", "- ", "1. ", "* "])
        listed = "\n".join(bullet + item for item in items[:4])
        text = f"{passage[:400].rsplit('. ', 1)[0]}.\n\n{heading}\n{listed}\n\n"
        yield Case("clip: list heading", "clipped", rng.choice(items[:4]), text)


# --- Lists and tables ------------------------------------------------------------------------

LEADS = ("{} is contraindicated in patients with:", "Do not give {} to people with:",
         "Stop {} and seek help in case of:")  # fmt: skip
HEADS = (("Body weight", "Dose", "Interval"), ("Event", "Drug (N=120)", "Placebo (N=118)"),
         ("Renal function", "Loading dose", "Maintenance dose"))  # fmt: skip
JOINTS = {"bars": " | ", "tabs": "\t", "wide spaces": "     ", "one space": " "}
MARKS = {"bullets": "• ", "dashes": "- ", "numbers": "{}. ", "no marks": ""}


def structures(passage: str, drugs: list[str], rng: random.Random) -> Iterator[Case]:
    """Yield items and rows with and without what they must be read under.

    The words of the items are the passage's own; values and layout are drawn by chance.
    """
    words = [w for w in re.findall(r"[a-z]{7,}", passage) if not TURNING.search(w)]
    if len(words) < 60:
        return
    before = passage[:300].rsplit(". ", 1)[0] + "."
    yield from _list_cases(before, words, rng.choice(drugs), rng)
    yield from _table_cases(before, words, rng)


def _list_cases(before: str, words: list[str], drug: str, rng: random.Random) -> Iterator[Case]:
    name, mark = rng.choice(list(MARKS.items()))
    items = [" ".join(rng.sample(words, rng.randint(2, 6))) for _ in range(4)]
    lead = rng.choice(LEADS).format(drug)
    lines = [mark.format(number + 1) + item for number, item in enumerate(items)]
    text = f"{before}\n\n{lead}\n" + "\n".join(lines) + "\n\nThe tablets are white and round."
    if len(set(items)) < 4:
        return
    yield Case(f"item alone: {name}", "clipped", items[2], text)
    yield Case(f"lead-in and first item: {name}", "benign", f"{lead}\n{lines[0]}", text)
    yield Case(f"lead-in … item: {name}", "benign", f"{lead} … {lines[2]}", text)


def _table_cases(before: str, words: list[str], rng: random.Random) -> Iterator[Case]:
    name, joint = rng.choice(list(JOINTS.items()))
    head = rng.choice(HEADS)
    rows = [
        (" ".join(rng.sample(words, 2)).capitalize(), f"{n}.{rng.randint(1, 9)}%", f"{n + 1}.0%")
        for n in range(2, 6)
    ]
    lines = [joint.join(row) for row in (head, *rows)]
    text = f"{before}\n\nTable 2. Figures by group\n" + "\n".join(lines) + "\n\nIt is white."
    other = joint.join((rows[2][0], rows[1][1], rows[1][2]))
    yield Case(f"row alone: {name}", "clipped", lines[3], text)
    yield Case(f"header and first row: {name}", "benign", f"{lines[0]}\n{lines[1]}", text)
    yield Case(f"header … row: {name}", "benign", f"{lines[0]} … {lines[3]}", text)
    if other not in text:
        yield Case(f"row with another's values: {name}", "dangerous", f"{lines[0]} … {other}", text)


# --- Verifiers -------------------------------------------------------------------------------


def verifiers() -> dict[str, Callable[[str, str], bool]]:
    found: dict[str, Callable[[str, str], bool]] = {
        "medrag": lambda quote, passage: verify_quote(quote, passage).verified,
        "quote in text": lambda quote, passage: quote in passage,
    }
    try:
        from rapidfuzz.fuzz import partial_ratio
    except ImportError:
        print("rapidfuzz is not installed: left out", file=sys.stderr)
    else:
        found["rapidfuzz >= 90"] = lambda quote, passage: partial_ratio(quote, passage) >= 90
        found["rapidfuzz >= 95"] = lambda quote, passage: partial_ratio(quote, passage) >= 95
    found |= _langextract() | _verbatim()
    return found


def _langextract() -> dict[str, Callable[[str, str], bool]]:
    try:
        from langextract import data, resolver
    except ImportError:
        print("langextract is not installed: left out", file=sys.stderr)
        return {}

    def align(quote: str, passage: str, *, exact: bool) -> bool:
        extraction = data.Extraction(extraction_class="quote", extraction_text=quote)
        aligned = list(resolver.Resolver().align([extraction], passage, token_offset=0))
        done = aligned[0] if aligned else None
        if done is None or done.char_interval is None:
            return False
        return not exact or done.alignment_status == data.AlignmentStatus.MATCH_EXACT

    return {
        "langextract, any": lambda quote, passage: align(quote, passage, exact=False),
        "langextract, exact": lambda quote, passage: align(quote, passage, exact=True),
    }


def _verbatim() -> dict[str, Callable[[str, str], bool]]:
    """Return verbatim-core's two span matchers, as its extractor calls them."""
    try:
        from verbatim_core.extractors import LLMSpanExtractor
    except ImportError:
        print("verbatim-core is not installed: left out", file=sys.stderr)
        return {}

    def verify(mode: str) -> Callable[[str, str], bool]:
        extractor = LLMSpanExtractor.__new__(LLMSpanExtractor)
        for name, value in {"span_match_mode": mode, "fuzzy_threshold": 0.8}.items():
            setattr(extractor, name, value)
        return lambda quote, passage: bool(extractor._verify_spans([quote], passage))

    return {"verbatim-core exact": verify("exact"), "verbatim-core fuzzy 0.8": verify("fuzzy")}


# --- Report ----------------------------------------------------------------------------------


def build(data: Path, count: int, seed: int) -> list[Case]:
    rng = random.Random(seed)
    drugs = drug_names(data)
    cases: list[Case] = []
    for passage in passages(data, rng):
        cases += benign(passage, rng)
        cases += dangerous(passage, drugs, rng)
        cases += clipped(passage, rng)
        cases += structures(passage, drugs, rng)
        if len(cases) >= count:
            break
    return cases


def drug_names(data: Path) -> list[str]:
    names = set()
    for path in (data / "corpora/openfda_labels").rglob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        for name in record.get("results", [record])[0].get("openfda", {}).get("generic_name", []):
            if re.fullmatch(r"[A-Z]{6,}", name):
                names.add(name.lower())
    return sorted(names)


def show(cases: list[Case], failures: int) -> None:
    totals = Counter(case.verdict for case in cases)
    print(f"{len(cases)} cases: " + ", ".join(f"{n} {name}" for name, n in totals.items()))
    print(
        "\n| verifier | benign accepted | dangerous accepted | clipped accepted | p50 ms | p99 ms |"
    )
    print("|---|---|---|---|---|---|")
    for name, accepts in verifiers().items():
        accepted: Counter[str] = Counter()
        families: dict[str, list[Case]] = defaultdict(list)
        took = []
        for case in cases:
            start = time.perf_counter()
            verdict = accepts(case.quote, case.passage)
            took.append((time.perf_counter() - start) * 1e3)
            accepted[case.verdict] += verdict
            if verdict != (case.verdict == "benign"):
                families[case.family].append(case)
        shares = " | ".join(
            f"{accepted[v]}/{totals[v]} ({accepted[v] / max(1, totals[v]):.2%})"
            for v in ("benign", "dangerous", "clipped")
        )
        p99 = statistics.quantiles(took, n=100)[98]
        print(f"| {name} | {shares} | {statistics.median(took):.3f} | {p99:.3f} |", flush=True)
        if name == "medrag":
            explain(families, failures)


def explain(families: dict[str, list[Case]], failures: int) -> None:
    for family, wrong in sorted(families.items()):
        print(f"  {family}: {len(wrong)} wrong", file=sys.stderr)
        for case in wrong[:failures]:
            match = verify_quote(case.quote, case.passage)
            print(f"    {match.status}: {case.quote!r}\n      {match.text!r} "
                  f"{[tuple(c.model_dump().values()) for c in match.diff]}",
                  file=sys.stderr)  # fmt: skip


HOSTILE = (
    "a. ", "( ", "• x\n", "| x | 5 |\n", "not ", "5 ", "- x:\n", "x 5 6\n", "A  b  c\n", "* a\n",
    "e\u0301", "Table 1. a\nb 5 6\n", "Do not x.\n", "word ", "x … ", "9* b\n",
    "A is b ( 2.1 ) ", "| a | b | c | d |\nt\n",
)  # fmt: skip


def scaling() -> None:
    """Print the time of one verification for each hostile text, at sizes that double."""
    sizes = (2_000, 4_000, 8_000, 16_000, 32_000)
    print("| repeated | " + " | ".join(f"{size:,} ms" for size in sizes) + " | last : first |")
    print("|---|" + "---|" * (len(sizes) + 1))
    for piece in HOSTILE:
        took = []
        for size in sizes:
            passage = (piece * size)[:size]
            quotes = (passage[: size // 2], "not in there at all x 5", f"{piece * 3} … {piece * 3}")
            start = time.process_time()
            for quote in quotes:
                verify_quote(quote, passage)
            took.append((time.process_time() - start) * 1e3)
        columns = " | ".join(f"{one:.0f}" for one in took)
        print(f"| {piece!r} | {columns} | {took[-1] / took[0]:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared/data")
    parser.add_argument("--cases", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--failures", type=int, default=0)
    parser.add_argument("--scaling", action="store_true", help="time against text length only")
    options = parser.parse_args()
    if options.scaling:
        scaling()
        return
    show(build(options.data, options.cases, options.seed), options.failures)


if __name__ == "__main__":
    main()
