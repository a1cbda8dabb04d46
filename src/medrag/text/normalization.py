"""One spelling for text that differs only in typography, with the way back.

What is folded: white space, line ends, hyphens at line ends, invisible characters,
ligatures and other compatibility forms, markup, composed accents, quotation marks, dashes,
bullets, footnote and trade marks, and the space around comparators, slashes, brackets and units.

What never changes: digits, letters, signs, units, comparators, and what a superscript does
(`10⁹` becomes `10^9`, never `109`; `1½` becomes `1 1/2`, never `11/2`).
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from medrag.text.markup import without_markup
from medrag.text.origins import Normalized, counting, through


def _rewrite(mapped: Normalized, pattern: re.Pattern[str], new: str) -> Normalized:
    """Return `mapped` with each match replaced; new characters begin where the match began.

    A group named `kept` stays what it is.
    """
    text, origin = mapped.text, mapped.origin
    pieces: list[str] = []
    new_origin = array("I")
    done = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        pieces.append(text[done:start])
        new_origin += origin[done:start]
        put = new or (match.groupdict().get("kept") or "" if pattern.groups else "")
        if put:
            pieces.append(put)
            new_origin.extend([origin[start]] * len(put))
        done = end
    if not done:
        return mapped
    pieces.append(text[done:])
    new_origin += origin[done:]
    return Normalized("".join(pieces), new_origin, mapped.wide)


# --- Characters ---------------------------------------------------------------------------

_IGNORED = frozenset(
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u200b\u200c\u200d\u200e"
    "\u200f\u202a\u202b\u202c\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068"
    "\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u3164\ufeff\uffa0"
)
# The direction overrides U+202D and U+202E are not among them: they turn digits round.
_MARKS = frozenset("®™℠©†‡")  # a reader loses nothing when they are left out
_FOLDED = {
    **dict.fromkeys("\x02\ufffe", "\u00ad"),  # pdfium's signs for a hyphen at a line end
    **dict.fromkeys("‐‑‒–−﹣－⁻₋", "-"),
    **dict.fromkeys("—―﹘⸺⸻", "—"),
    **dict.fromkeys("“”„‟″‶❝❞〝〞＂", '"'),
    **dict.fromkeys("‘’‚‛′‵´`‹›ʹʼʻˈ❛❜＇", "'"),
    **dict.fromkeys("≥⩾≧", ">="),
    **dict.fromkeys("≤⩽≦", "<="),
    **dict.fromkeys("˂﹤", "<"),
    **dict.fromkeys("˃﹥", ">"),
    **dict.fromkeys("•▪‣\uf0b7\uf0a7", "•"),
    **dict.fromkeys("∼～˜", "~"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("⋅∙", "·"),
    **dict.fromkeys("˚º", "°"),
    **dict.fromkeys("µμ", "µ"),
    **dict.fromkeys("×⨯", "x"),
    "±": "+/-",
    "∗": "*",
    "∶": ":",
    "…": "...",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u0085": "\n",
    "\r": "\n",
    "\f": "\n",
    "\v": "\n",
}
_SUPERSCRIPT = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
_SUBSCRIPT = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
_UNTOUCHED_TAGS = ("<super>", "<sub>", "<circle>")

# A superscript number after a word or after a sentence's point is a footnote mark; after
# a digit, a unit or a closing bracket it is an exponent.
_LETTER = r"[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]"
_FOOTNOTED = re.compile(rf"(?:{_LETTER}{{4}}|{_LETTER}[.,;:])\Z")


_NUMBERED_WORD = re.compile(
    r"(?:iodine|gallium|yttrium|indium|technetium|lutetium|strontium|samarium|radium|thallium"
    r"|xenon|fluorine|carbon|metre|meter|factor|interleukin|chads|grade|phase|stage|type)\Z",
    re.IGNORECASE,
)
"""What a raised number belongs to: an isotope, an area, a factor."""


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    """Return the folded form of one character, without regard to its neighbors."""
    if char in _FOLDED:
        return _FOLDED[char]
    if _is_invisible(char) or char in _MARKS:
        return ""
    if char.isspace():
        return " "
    decomposition = unicodedata.decomposition(char)
    if not decomposition or decomposition.startswith(_UNTOUCHED_TAGS):
        return char
    form: Literal["NFC", "NFKC"] = "NFKC" if decomposition[0] == "<" else "NFC"
    folded = unicodedata.normalize(form, char)
    if folded == char or (folded.startswith(" ") and len(folded) > 1):
        return char  # a spacing accent is not a space and an accent
    return "".join(_fold(one) for one in folded)


def _vanishes(char: str) -> bool:
    """Return whether nothing is left of a character: it may part a letter from its accent."""
    return _fold(char) in {"", "\u00ad"}


def _is_invisible(char: str) -> bool:
    variation = "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e0fff"
    debris = unicodedata.category(char) == "Cc" and not char.isspace()  # of PDF extraction
    return variation or debris or char in _IGNORED


_CLUSTERS = re.compile(
    r"(?P<superscript>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)|(?P<subscript>[₀₁₂₃₄₅₆₇₈₉]+)|(?P<rest>.)", re.DOTALL
)
_PLAIN = re.compile(r"[\n\t\x20-\x7e]*")
_NOT_PLAIN = re.compile(r"[^\n\t\x20-\x7e]+")


def _fold_characters(before: Normalized) -> Normalized:
    text, source = before.text, before.origin
    if _PLAIN.fullmatch(text):
        return before
    pieces: list[str] = []
    origin = array("I")
    wide = dict(before.wide)
    done = 0
    for run in _NOT_PLAIN.finditer(text):
        begin = run.start()
        mark = begin
        while mark < run.end() - 1 and _vanishes(text[mark]):
            mark += 1
        if begin > done and unicodedata.combining(text[mark]):
            begin -= 1  # the accent's letter
        pieces.append(text[done:begin])
        origin += source[done:begin]
        for new, start, end in _fold_run(text, begin, run.end()):
            pieces.append(new)
            origin.extend([source[start]] * len(new))
            if end - start > 1:
                wide[source[start]] = before.end_of(end - 1)
        done = run.end()
    pieces.append(text[done:])
    origin += source[done:]
    return Normalized("".join(pieces), origin, wide)


def _fold_run(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield (new characters, start, end) for a run that holds non-ASCII characters."""
    if end - start == 1 and (alone := _alone(text[start])) is not None:
        yield alone, start, end
        return
    at = start
    while at < end:
        match = _CLUSTERS.match(text, at, end)
        assert match is not None
        if match["superscript"]:
            stop = match.end()
            yield _superscript(text, at, match.group()), at, stop
        elif match["subscript"]:
            stop = match.end()
            digits = "".join(_SUBSCRIPT[char] for char in match.group())
            yield digits if text[at - 1 : at].isalpha() else "_" + digits, at, stop
        else:
            stop = _cluster_end(text, at, end)
            yield _fold_cluster(text, at, stop), at, stop
        at = stop


@lru_cache(maxsize=4096)
def _alone(char: str) -> str | None:
    """Return what a character becomes beside plain ones; None where these have a say."""
    if char in _SUPERSCRIPT or char in _SUBSCRIPT or unicodedata.combining(char):
        return None
    return None if unicodedata.decomposition(char).startswith("<fraction>") else _fold(char)


_BACK = 16
"""Characters before a superscript that hold four letters with their accents apart."""


def _superscript(text: str, at: int, run: str) -> str:
    plain = "".join(_SUPERSCRIPT[char] for char in run)
    before = text[max(0, at - _BACK) : at]
    letters = "".join(char for char in before if not unicodedata.combining(char))
    if plain.isdigit() and _FOOTNOTED.search(letters) and not _NUMBERED_WORD.search(letters):
        return ""
    return "^" + plain


def _cluster_end(text: str, at: int, end: int) -> int:
    """Return the end of the base character at `at` with its combining marks."""
    stop = at + 1
    if _vanishes(text[at]):
        return stop
    last_mark = stop
    while stop < end and (_vanishes(text[stop]) or unicodedata.combining(text[stop])):
        stop += 1
        if unicodedata.combining(text[stop - 1]):
            last_mark = stop
    return last_mark


def _fold_cluster(text: str, start: int, end: int) -> str:
    if end - start == 1:
        char = text[start]
        folded = char if " " < char <= "~" else _fold(char)
        if unicodedata.decomposition(char).startswith("<fraction>"):
            glued = text[start - 1 : start].isdigit()
            return f" {folded}" if glued else folded
        return folded
    cluster = "".join(char for char in text[start:end] if not _vanishes(char))
    composed = unicodedata.normalize("NFC", cluster)
    folded = "".join(char if " " < char <= "~" else _fold(char) for char in composed)
    return unicodedata.normalize("NFC", folded)


# --- Lines and spaces ----------------------------------------------------------------------

# Patterns begin with the character they look for, which lets the engine skip the rest.
_LINE_END_HYPHEN = re.compile(
    r"[-¬\u00ad](?:(?<=\u00ad)(?:[ \t]*\n\s*(?=[^\W\d_]))?"
    r"|(?<=[^\W\d_][-¬])[ \t]*\n\s*(?=[^\W\d_])(?!(?:and|or|to|nor)\b))"
)
_KEPT_HYPHEN = re.compile(r"(?P<kept>-)(?<=[^\W_]-)[ \t]*\n\s*(?=[^\W_])(?!(?:and|or|to|nor)\b)")
_BULLETS = r"(?:(?:[•●○■□▫◦⁃◆❖►▶➢➤·]|[-+*](?=[ \t]+[^\s\d])|--)[ \t]+|—[ \t]*)+"
_BULLET = re.compile(rf"[\n•](?:(?<=\n)[ \t]*{_BULLETS}|(?<=•)[ \t]*)")
_FIRST_BULLET = re.compile(rf"\A[ \t]*{_BULLETS}")
_HYPHENED = re.compile(r"[-¬][ \t]*\n")
_BULLETED = re.compile(r"[ \t]*[^\w\s]")
_LONG_DASH = re.compile(r"[—-](?:(?<=—)|(?<![/-]-)-+(?![\d.]))[\s—-]*")
_MANY_SPACES = re.compile(r"  +")
_RAISED_POINT = re.compile(r"·(?<=\d·)(?=\d)(?!10\^)")  # 0·5, but 2·10^9

_UNITS = (
    r"(?:[mkµucn]?g|mcg|[mdµ]?[Ll]|[mµn]?mol|[mµ]?Eq|IU|[mµ]?U|[mµ]?s|sec|min|hr?|[cmk]?m|mmHg"
    r"|kcal|kPa|bpm)"
)
# Every place where a space says nothing: beside comparators, slashes, brackets and points,
# between a number and its unit, around the dash of a range.
_IDLE_SPACE = re.compile(
    r" (?![A-Za-z](?<=[a-wyzA-Z,.;] .))"  # nothing below fits between two words
    r"(?:(?=[<>=/)\],;:?!]|\.(?!\d)|\+/-)"
    rf"|(?<=\d )(?=%|°|- \d|x ?\d|{_UNITS}(?![^\W_]))"
    r"|(?<=[<>=/(\[] )|(?<=\d° )(?=[CF](?![^\W_]))|(?<=\d ° )(?=[CF](?![^\W_]))"
    r"|(?<=[-x] )(?:(?<=\d - )(?=\d)|(?<=[^\W_]- )(?=\d)|(?<=\d- )(?=[^\W_])(?!(?:and|or|to|nor)\b)"
    r"|(?:(?<=\dx )|(?<=\d x ))(?=\d)|(?<=\+/- )))"
)
_QUOTE_MARKS = re.compile(r"['\"`](?<![\d'\"`].)['\"`]*")
_GUILLEMET = re.compile(r"«[\s']*|[\s']*»")
# A footnote's star after a word; the stars of markdown around words and numbers.
_STARS = re.compile(
    r"\*(?<=[A-Za-z.,;:!?)%\]]\*)\**(?=[\s,.;:!?)/-]|\Z)|\*\*(?<=\d\*\*)(?=[\s,.;:!?)]|\Z)"
    r"|\*(?<![^\s(\[|'/-].)\*{0,2}(?=[^\W_])"
)
_UNDERSCORES = re.compile(
    r"_(?<![^\s(\[|'].)(?:_?(?=[^\W\d_])|_(?=\d))|_(?<=[^\W_]_)_?(?=[\s,.;:!?)]|\Z)"
    r"|_(?<=[.,;:!?)]_)_?(?=\s|\Z)"
)
_UNIT_POWER = re.compile(r"\^(?=[23](?!\d))(?<=m\^)(?<![^\W\d_]{3}\^)(?<![^\W\d_cdkm]m\^)")
# What to look for, what to rewrite where it is there, and by what; in this order.
_MARKS_AND_SPACES = (
    (("  ",), _MANY_SPACES, " "),
    (("·",), _RAISED_POINT, "."),
    (("^",), _UNIT_POWER, ""),
    (("«", "»"), _GUILLEMET, "'"),
    (("'", '"', "`"), _QUOTE_MARKS, "'"),
    (("*",), _STARS, ""),
    (("_",), _UNDERSCORES, ""),
)
_MOST_TURNS = 2
_LEADING = re.compile(r"(?:\s|[-+*·]+\s+(?=[^\s\d]))*")


def normalize(text: str) -> Normalized:
    """Return `text` in one spelling, with the origin of every character.

    Linear in the length of `text`. Normalizing twice changes nothing more. Case is kept,
    outer white space and a leading bullet are not.
    Line ends become spaces, so split into sentences before normalizing, not after.
    """
    mapped = _normalized(without_markup(text) or Normalized(text, counting(0, len(text))))
    for _ in range(_MOST_TURNS):  # what folding made markup of
        again = without_markup(mapped.text)
        if again is None:
            break
        mapped = _normalized(through(again, mapped))
    return mapped


def _normalized(before: Normalized) -> Normalized:
    mapped = _fold_characters(before)
    if "\u00ad" in mapped.text or ("\n" in mapped.text and _HYPHENED.search(mapped.text)):
        mapped = _rewrite(_rewrite(mapped, _LINE_END_HYPHEN, ""), _KEPT_HYPHEN, "")
    if _BULLETED.match(mapped.text):
        mapped = _rewrite(mapped, _FIRST_BULLET, " ")
    if "\n" in mapped.text or "•" in mapped.text:
        mapped = _rewrite(mapped, _BULLET, " ")
    if "—" in mapped.text or "--" in mapped.text:
        mapped = _rewrite(mapped, _LONG_DASH, " - ")
    spaced = mapped.text.replace("\n", " ").replace("\t", " ")
    mapped = Normalized(spaced, mapped.origin, mapped.wide)
    for marks, pattern, new in _MARKS_AND_SPACES:
        if any(mark in mapped.text for mark in marks):
            mapped = _rewrite(mapped, pattern, new)
    return _trimmed(_rewrite(mapped, _IDLE_SPACE, ""))


def _trimmed(mapped: Normalized) -> Normalized:
    leading = _LEADING.match(mapped.text)
    start = leading.end() if leading else 0
    end = max(start, len(mapped.text.rstrip(" ")))
    return Normalized(mapped.text[start:end], mapped.origin[start:end], mapped.wide)
