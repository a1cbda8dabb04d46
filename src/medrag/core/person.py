"""What makes two written names one person, and what cannot be a name at all.

medrag knows persons by what they are called and nothing else. So a name is compared without
whatever a reader does not see or would not take for a difference, and a name that could show
as another one than it is is no name.
"""

from __future__ import annotations

import unicodedata

MOST_CHARACTERS = 200
"""The longest name that somebody signs with."""

_TITLES = frozenset(
    ("dr", "doctor", "prof", "professor", "mr", "mrs", "ms", "mx", "miss", "md", "phd", "rn")
)
_JOINERS = "\u200c\u200d"
_VIRAMA = 9
_OVERLAYS_AND_ACCENTS = (1, *range(10, 37), *range(200, 241))
"""Combining classes of marks that make no other letter: overlays, the optional vowel points of
Hebrew, Arabic and Syriac, and accents. What spells a vowel (Devanagari, Thai) has another class.
Source: The Unicode Standard, section 4.3."""

_IGNORABLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)
"""Letters and marks without a look of their own: Default_Ignorable_Code_Point where the category
does not tell it already. Source: Unicode Character Database, DerivedCoreProperties."""

_LOOK_ALIKES = {
    **dict(zip("авеѕіјкмнорстухԁԛԝһӏ", "abesijkmhopctyxdqwhi", strict=True)),
    **dict(zip("αβεζηικμνορτυχ", "abezhikmnoptyx", strict=True)),
    **dict(zip("ɑɡıȷǀɩʋƅƽ℮", "agijliubse", strict=True)),
}
"""Letters that look as a Latin one does, in capitals or as written. Source: Unicode Technical
Standard 39, confusables: those of Cyrillic, Greek and Latin itself."""


def canonical_name(name: str) -> str:
    """Return a name without what makes no other person; one form for one person.

    Left out are case, accents, compatibility forms (`Ｄ`), what is not seen, punctuation, white
    space, titles, and `Family, Given` for `Given Family`. A letter that looks like a Latin one
    is that one. Between two digits one blank stays, so that `1-23` is not `12-3`. Initials,
    married names and nicknames stay differences: nothing written tells them.

    Returns:
        Empty where the name holds no letter or digit.
    """
    family, _, given = name.partition(",")
    words = "".join(_compared(char) for char in _decomposed(f"{given} {family}")).split()
    canonical = ""
    for word in [word for word in words if word not in _TITLES] or words:
        between_digits = canonical[-1:].isdigit() and word[:1].isdigit()
        canonical += " " + word if between_digits else word
    return canonical


def name_problem(name: str) -> str | None:
    """Return why nobody can sign under `name`, or None; the name itself is not repeated."""
    if not name.strip():
        return "The reviewer is blank. Name the person who signs."
    if holds_hidden(name):
        return "The reviewer's name holds control or invisible characters. Type it by hand."
    if len(name) > MOST_CHARACTERS:
        return f"The reviewer's name is longer than {MOST_CHARACTERS} characters. Shorten it."
    if not canonical_name(name):
        return "The reviewer's name holds no letter or digit. Name the person who signs."
    if any(len(_scripts(word)) > 1 for word in _words(name)):
        return (
            "A word of the reviewer's name mixes alphabets, Latin and Cyrillic for example. "
            "Type each word in one."
        )
    return None


def holds_hidden(text: str, allowed: str = "") -> bool:
    """Return whether a text holds what a reader cannot see or what steers a terminal.

    That is controls, marks of direction, joiners, fillers, variation selectors, halves of
    characters, and what Unicode has not assigned. Joiners and selectors stay allowed where a
    script is written with them.

    Args:
        text: Any.
        allowed: Characters that are fine here, a line end in a reason for example.
    """
    if text.isascii() and text.isprintable():
        return False
    neighbours = zip(f" {text}", text, f"{text} "[1:], strict=False)
    return any(
        _is_hidden(char) and char not in allowed and not _joins(before, char, after)
        for before, char, after in neighbours
    )


def holds_letter(text: str) -> bool:
    """Return whether a text says anything in letters that can be seen."""
    return any(char.isalpha() and not _is_hidden(char) for char in text)


def _decomposed(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFKD", folded)


def _compared(char: str) -> str:
    """Return what one character of a decomposed text adds: itself, another, a blank, nothing."""
    category = unicodedata.category(char)
    if _is_hidden(char) and not char.isspace():
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category[0] == "M":
        dropped = category == "Me" or unicodedata.combining(char) in _OVERLAYS_AND_ACCENTS
        return "" if dropped else char
    if char in _LOOK_ALIKES:
        return _LOOK_ALIKES[char]
    is_apostrophe = category == "Lm" and unicodedata.name(char, "").startswith("MODIFIER LETTER")
    if category[0] not in "LN" or is_apostrophe:
        return " "
    return _without_stroke(char)


def _without_stroke(char: str) -> str:
    """Return the plain letter of a Latin one with a stroke, hook or tail, or as small capital."""
    kind, _, rest = unicodedata.name(char, "").partition("LETTER ")
    letter = rest.removeprefix("SMALL CAPITAL ").partition(" WITH ")[0]
    is_plain = kind in ("LATIN SMALL ", "LATIN ") and len(letter) == 1
    return letter.lower() if is_plain else char


def _words(name: str) -> list[str]:
    """Return the runs of letters of a name, marks and digits included."""
    composed = unicodedata.normalize("NFKC", name)
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in composed)
    return "".join(kept).split()


def _scripts(word: str) -> set[str]:
    """Return the scripts of a word's letters and of marks that belong to one script.

    Those of East Asia count as one.
    """
    first_words = (
        unicodedata.name(char, "").partition(" ")[0]
        for char in word
        if unicodedata.category(char) in _OF_A_SCRIPT and not _is_hidden(char)
    )
    return {_EAST_ASIAN.get(first, first) for first in first_words if first != "COMBINING"}


_OF_A_SCRIPT = ("Lu", "Ll", "Lt", "Lo", "Mn", "Mc")
_EAST_ASIAN = dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"), "CJK")
"""Written together in one word. Source: Unicode Technical Standard 39, section 5.1."""


def _is_hidden(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] == "C" or category in ("Zl", "Zp") or char in _IGNORABLE


def _joins(before: str, char: str, after: str) -> bool:
    """Return whether an unseen character belongs where it stands.

    A joiner after a virama, a non-joiner between Arabic letters (Source: RFC 5892, appendix A),
    a variation selector after the ideograph that it varies.
    """
    if char in _JOINERS and unicodedata.combining(before) == _VIRAMA:
        return True
    if char == "\u200c":
        return _scripts(before) == _scripts(after) == {"ARABIC"}
    return "\U000e0100" <= char <= "\U000e01ef" and _scripts(before) == {"CJK"}
