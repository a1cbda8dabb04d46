"""Numbered headings inside the flattened text of a drug label: where they begin and end.

openFDA gives a section as one line, in which `2.1 Recommended Dosage` runs into the sentence after
it. The numbers say where headings begin; where they end is told by the titles that the FDA
prescribes (21 CFR 201.57), and by letters: headings are written in title case, sentences are not.
Only places are returned; no word is changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_NUMBER = re.compile(r"(?<= )(\d{1,2})\.(\d{1,2})(\.\d{1,2})?\.? (?=[A-Z][\w-]|[a-z]+[A-Z])")
_ENDED = (".", ")", "]", ":", ";", "?", "!", "*", "†", "‡", "”", '"')
_REFERRING = ("see", "section", "sections", "and", "or", "in", "table", "figure", "to", "also")
_MOST_WORDS = 18

_PRESCRIBED = (
    "Mechanism of Action",
    "Pharmacodynamics",
    "Pharmacokinetics",
    "Microbiology",
    "Pharmacogenomics",
    "Clinical Trials Experience",
    "Clinical Trial Experience",
    "Clinical Studies Experience",
    "Postmarketing Experience",
    "Post-Marketing Experience",
    "Immunogenicity",
    "Pregnancy",
    "Lactation",
    "Labor and Delivery",
    "Nursing Mothers",
    "Females and Males of Reproductive Potential",
    "Pediatric Use",
    "Geriatric Use",
    "Renal Impairment",
    "Hepatic Impairment",
    "Controlled Substance",
    "Abuse",
    "Dependence",
    "Carcinogenesis, Mutagenesis, Impairment of Fertility",
    "Carcinogenesis, Mutagenesis, and Impairment of Fertility",
    "Carcinogenesis and Mutagenesis and Impairment of Fertility",
    "Animal Toxicology and/or Pharmacology",
    "Animal Toxicology and Pharmacology",
    "Animal Pharmacology and/or Toxicology",
    "Reproductive and Developmental Toxicology",
    "How Supplied",
    "Storage and Handling",
)
_TITLE = re.compile(
    "(?:" + "|".join(map(re.escape, sorted(_PRESCRIBED, key=len, reverse=True))) + ")(?= |$)",
    re.IGNORECASE,
)
# A prescribed title may go on: `Renal Impairment and Dialysis`, `Abuse Potential`.
_GOES_ON = re.compile(r" (?:(?:and|or|of|in|with|for|to)\b|Potential\b|Liability\b|\()")

_SMALL_WORDS = (
    "a an and and/or as at between by due during following for from in into not of on or other "
    "than that the to via versus vs vs. when while who with within without"
)
_SMALL = frozenset(_SMALL_WORDS.split())
# What a sentence begins with and no title has after its first word.
_OPENING_WORDS = (
    "A Administer Advise After All Although An As Assess At Available Avoid Based Because Before "
    "Closely Confirm Consider Discontinue Do Each Evaluate Every Following For Given If In "
    "Inform Initiate Inject Instruct It Limited Monitor No Obtain Of On Perform Permanently "
    "Prior Published See Select Since Some Start Swallow Table Take The There These This Those To "
    "Verify We When Whenever Where While With Withhold You Your"
)
_OPENING = frozenset(_OPENING_WORDS.split())
_IMPERATIVES = frozenset({"Use", "Give", "Store", "Continue", "Reduce", "Increase", "Interrupt"})
_HEADING_CHAR = re.compile(r"[A-Z0-9(\[]|[a-z]+[A-Z]|[αβγ&–-]")
_IN_LIST = frozenset({"and", "or", "and/or", "&"})


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a heading stands in a text.

    Attributes:
        end: After its last letter; after its number where the end of the title is unsure.
        depth: 1 for `2.1`, 2 for `2.1.3`.
        titled: Whether the title's end is known.
    """

    start: int
    end: int
    depth: int
    titled: bool


def numbered_headings(
    text: str, section: int, *, names: Collection[str] = (), begin: int = 0
) -> list[Heading]:
    """Return the subsection headings of a section, in text order.

    Args:
        text: A section's text on one line.
        section: The number of the section; numbers of other sections are references.
        names: Words of the product's names, which begin sentences in capitals.
        begin: Where to look from, after the section's own heading.
    """
    found: list[Heading] = []
    last = 0
    for match in _NUMBER.finditer(text, begin):
        number = int(match[2])
        if int(match[1]) != section or not _is_next(match, number, last):
            continue
        end, sure = _title_end(text, match.end(), names)
        if not _stands_free(text, match.start(), begin) and not (number == last + 1 and sure):
            continue
        last = number
        titled = end >= match.end()
        found.append(Heading(match.start(), end, 2 if match[3] else 1, titled))
    return found


def _is_next(match: re.Match[str], number: int, last: int) -> bool:
    """Return whether a number goes on with the count; labels leave numbers out."""
    if match[3]:
        return number in {last, last + 1}
    return last < number <= last + 4


def _stands_free(text: str, at: int, begin: int) -> bool:
    before = text[begin:at].rstrip()
    return not before or before.endswith(_ENDED)


def _title_end(text: str, at: int, names: Collection[str]) -> tuple[int, bool]:
    """Return where the title that begins at `at` ends, and whether a sentence follows it."""
    title = _TITLE.match(text, at)
    if title and not _GOES_ON.match(text, title.end()):
        return title.end(), True
    words = list(_title_words(text, at))
    if not words or len(words) > _MOST_WORDS:
        return at - 1, False
    cut = _opening(words, names)
    if cut is None:
        after = text[words[-1].end() :].lstrip()
        if not after[:1].islower():
            return words[-1].end(), after[:1] in {"", "•"}
        cut = _sentence_start(words, names)
    return (words[cut - 1].end(), True) if cut else (at - 1, False)


_Token = re.Match[str]


def _title_words(text: str, at: int) -> Iterator[_Token]:
    """Yield the words in title case from `at` on, and the small words between them."""
    for token in re.compile(r"\S+").finditer(text, at):
        word = token[0]
        if not (_HEADING_CHAR.match(word) or word in _SMALL):
            return
        if re.match(r"\d+\.\d+\Z", word):
            return
        yield token
        if word.endswith((".", ":", ";", "]")) and word not in _SMALL:
            return


def _opening(words: list[_Token], names: Collection[str]) -> int | None:
    """Return the index of the first word that only a sentence begins with, after the first."""
    for at in range(1, len(words)):
        word, before = words[at][0].rstrip(",:"), words[at - 1][0]
        if word in _OPENING and before not in _SMALL and not before.endswith("-"):
            return at
        after = words[at + 1][0].strip("®™,") if at + 1 < len(words) else ""
        orders = word in _IMPERATIVES and before not in _SMALL
        if orders and (after.upper() in names or after == "the"):
            return at
    return None


def _sentence_start(words: list[_Token], names: Collection[str]) -> int:
    """Return the index of the word that begins the sentence before the first small letters."""
    at = len(words) - 1
    again = [here for here in range(max(1, at - 2), at + 1) if words[here][0] == words[0][0]]
    if again:  # `Hepatitis B Virus Hepatitis B virus has`: the title's first word, as a sentence's
        return again[0]
    while at and (words[at][0] in _SMALL or not _may_begin(words[at][0])):
        at -= 1
    while at > 0 and words[at - 1][0] in _SMALL:  # `Decreases in LVEF have`: no title ends there
        at -= 2
    while at > 0 and _is_name(words[at][0], names) and _reaches_back(words, at, names):
        at -= 2 if words[at - 1][0] in _IN_LIST else 1
    return max(at, 0)


def _may_begin(word: str) -> bool:
    """Return whether a sentence may begin with a word: no `B` of `B virus`, `187` or `(GI)`."""
    return len(word) > 1 and word[0].isalpha()


def _is_name(word: str, names: Collection[str]) -> bool:
    return word.strip("®™,").upper() in names


def _reaches_back(words: list[_Token], at: int, names: Collection[str]) -> bool:
    """Return whether the name before a name belongs to it: `Brand XR and Brand are`."""
    before = words[at - 1][0]
    if before in _IN_LIST:
        return at > 1 and _is_name(words[at - 2][0], names)
    return _is_name(before, names)
