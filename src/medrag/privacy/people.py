"""Names of persons: runs of words that could be a name, weighed by what stands around them.

No list holds every name, and half of the listed ones are words too ("Will", "Grace", "May"). So a
run of words is a name where evidence adds up: a title or a label alone is enough, a listed given
name alone is enough, an unlisted capital word needs a person's company ("'s potassium", "takes").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medrag.privacy.cues import (
    AGE_AFTER,
    CREDENTIAL,
    DEVICE_AFTER,
    DRUG_BEFORE,
    LABEL,
    NAMING,
    PARTICLES,
    PERSON,
    RELATION,
    ROLE,
    SALUTATION,
    SIGNED,
    SUFFIXES,
    TALKED,
    TITLE,
    VERB_AFTER,
)
from medrag.privacy.evidence import SOFT, STRONG, Found, Note, Word, listed

ENOUGH = 3
_GAP = re.compile(r"[ \t\u00a0]+|\.[ \t]?|[ \t]*\n?[ \t]*(?=$)")
_LONGEST = 5


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that stand together and could be one name.

    Attributes:
        words: In text order.
        cue: Score of what stands before.
        titled: A title, label or signature stands before, so any word can be a name.
    """

    words: tuple[Word, ...]
    cue: int
    titled: bool

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


def find_people(note: Note) -> Iterator[Found]:
    """Yield the names of persons, and each of their parts wherever else it stands."""
    found = [*_runs_found(note), *_comma_names(note), *_initials(note), *_baby_names(note)]
    yield from found
    yield from _again(note, found)


def is_given(word: Word) -> bool:
    """Return whether the word (or its first part) is a listed given name."""
    return word.key in listed("given_names") or word.key.split("-")[0] in listed("given_names")


def is_surname(word: Word) -> bool:
    """Return whether the word (or a part of it) is a listed family name."""
    parts = (word.key, *word.key.split("-"))
    return (
        any(part in listed("surnames") for part in parts)
        or _PATRONYMIC.match(word.text) is not None
    )


_PATRONYMIC = re.compile(
    r"(?:Mc|Mac|O['\u2019]|Fitz|D['\u2019])[A-Z][a-z]{2,}|[A-Z][a-z]{2,}(?:ovich|enko|ski|sky|ska"
    r"|wicz|shvili|dottir|escu|opoulos|oglu|yan|ian|sson|ssen|akis|idis|ova|eva|ov)$"
)


def is_word(word: Word) -> bool:
    """Return whether the word is an ordinary one, by the dictionary or by its ending."""
    words = listed("words")
    return (
        word.key in words
        or all(part in words for part in word.key.split("-"))
        or _ENDING.search(word.key) is not None
    )


_ENDING = re.compile(
    r"(?:tion|sion|ment|ness|able|ible|itis|osis|emia|aemia|ectomy|ostomy|otomy|pathy|plasty"
    r"|scopy|gram|graphy|ology|ologist"
    r"|uria|trophy|plegia|paresis|algia|oma|penia|philia|cyte|lysis|genic|azole|cillin|mycin"
    r"|micin|statin|sartan|prazole|dipine"
    r"|olol|pril|mab|nib|tide|vir|gliptin|gliflozin|floxacin|cycline|parin|xaban|azepam|zolam"
    r"|barbital|caine|setron|triptan"
    r"|ically|ously|ative|itive|ating|izing|ising|ized|ised|ized|ated|ical|ular|ous|less|ful|ship"
    r"|ward|wise|logy|aemic|emic|otic|ytic)$"
)


def _runs_found(note: Note) -> Iterator[Found]:
    index = 0
    while index < len(note.words):
        run = _run_at(note, index)
        if run is None:
            index += 1
            continue
        if _score(note, run) >= ENOUGH:
            yield Found(run.start, run.end, "name", STRONG if run.titled else SOFT)
            index += len(run.words)
        else:
            index += 1


def _run_at(note: Note, index: int) -> _Run | None:
    """Return the longest run that starts at a word; None where it cannot start a name."""
    cue, titled = _before(note, note.words[index])
    first = note.words[index]
    if not _can_start(note, first, titled=titled):
        return None
    words = [first]
    for word in note.words[index + 1 : index + 1 + _LONGEST]:
        if not _joined(note.text[words[-1].end : word.start], words[-1]) or words[-1].possessive:
            break
        if not _can_follow(note, words, word):
            break
        words.append(word)
    while len(words) > 1 and (words[-1].text in PARTICLES or _is_loose(words[-1])):
        words.pop()
    return _Run(tuple(words), cue, titled)


def _is_loose(word: Word) -> bool:
    """Return whether a last word is no part of a name: an acronym or a word of its own."""
    return (
        word.acronym
        and len(word.text) <= 4
        and word.text.lower() not in SUFFIXES
        and not (is_surname(word) or is_given(word))
    )


def _joined(gap: str, before: Word) -> bool:
    if gap.strip() == "":
        return "\n" not in gap and len(gap) <= 2
    return gap.strip() == "." and (
        len(before.text) == 1 or before.key in {"st", "jr", "wm", "chas", "geo", "thos"}
    )


def _looks_like_name(note: Note, word: Word) -> bool:
    """Return whether the word's form lets it be a name without any title."""
    if word.key in listed("not_names") or len(word.text) == 1:
        return False
    if note.cased and word.capital:
        return (
            not word.acronym
            or is_given(word)
            or is_surname(word)
            or (len(word.text) > 4 and not is_word(word))
        )
    return len(word.key) > 3 and (is_given(word) or is_surname(word)) and not is_word(word)


def _can_start(note: Note, word: Word, *, titled: bool) -> bool:
    if word.key in listed("not_names"):
        return False
    if titled:
        if len(word.text) == 1:
            return word.capital
        if word.text in PARTICLES or (note.cased and word.capital):
            return True
        return not is_word(word) or is_surname(word) or is_given(word)
    if len(word.text) == 1:
        return note.cased and word.capital and note.text[word.end : word.end + 2] == ". "
    return _looks_like_name(note, word)


def _can_follow(note: Note, words: Sequence[Word], word: Word) -> bool:
    if word.key in listed("not_names"):
        return word.key in SUFFIXES
    if len(word.text) == 1:
        return word.capital and note.cased and word.text != "I"
    if word.text.lower() in PARTICLES or word.key in SUFFIXES:
        return True
    if note.cased and word.capital:
        return (
            _looks_like_name(note, word)
            and (
                not is_word(word)
                or is_surname(word)
                or is_given(word)
                or _LEADING.search(note.text[words[0].start - 6 : words[0].start]) is None
            )
            and not _is_heading_word(word)
        )
    known = is_surname(word) or is_given(word)
    if note.cased and words[-1].capital and not (known and not is_word(word)):
        return False
    return (known and (not is_word(word) or _is_family(words, word))) or (
        is_given(words[-1])
        and not is_word(word)
        and not note.clinical(word.start, word.end)
        and len(word.key) > 3
    )


_LEADING = re.compile(r"\Z.")


def _is_heading_word(word: Word) -> bool:
    return is_word(word) and not (is_surname(word) or is_given(word))


def _is_family(words: Sequence[Word], word: Word) -> bool:
    """Return whether a listed family name that is a word too ends a name in lower case."""
    return (
        len(words) == 1 and is_given(words[0]) and not is_word(words[0]) and word.key not in _VERBAL
    )


_VERBAL = frozenset(
    [
        "may",
        "will",
        "do",
        "he",
        "ma",
        "good",
        "long",
        "short",
        "best",
        "case",
        "day",
        "fall",
        "house",
        "page",
        "pan",
        "person",
        "price",
        "rush",
        "small",
        "song",
        "strong",
        "case",
        "sharp",
        "wise",
        "wall",
        "walls",
        "ward",
        "weeks",
        "waters",
        "hail",
        "gross",
        "cross",
        "burns",
        "colon",
        "chin",
        "butt",
        "beard",
        "branch",
        "hunt",
        "love",
        "little",
        "mark",
        "marks",
        "may",
        "ye",
        "ho",
        "sun",
        "black",
        "brown",
        "white",
        "green",
        "young",
        "gray",
    ]
)


def _before(note: Note, word: Word) -> tuple[int, bool]:
    """Return the score of what stands before a word, and whether that makes any word a name."""
    before = note.before(word.start, 40)
    if _is_titled(note, word, before) or LABEL.search(before) or SALUTATION.search(before):
        return 5, True
    if SIGNED.search(before) and _ends_text(note, word):
        return 5, True
    if NAMING.search(before) and (word.capital or not is_word(word)):
        return 4, word.capital and note.cased and not (word.acronym and len(word.text) < 5)
    for pattern, score in ((ROLE, 2), (RELATION, 2), (PERSON, 2), (TALKED, 2)):
        if pattern.search(before):
            return score, False
    if DRUG_BEFORE.search(before):
        return -2, False
    return 0, False


def _is_titled(note: Note, word: Word, before: str) -> bool:
    title = TITLE.search(before)
    if title is None:
        return False
    written = title["title"]
    if written in {"MS", "MR", "DR", "FR", "ms", "fr", "mr", "Fr", "sr", "lt", "Lt"} and note.cased:
        if re.search(r"\d\s*$", before[: title.start()]):
            return False
        if written in {"MS", "MR", "DR", "FR"}:
            return word.acronym and (is_surname(word) or is_given(word))
        return (is_surname(word) or is_given(word) or not is_word(word)) and not note.clinical(
            word.start, word.end
        )
    if note.clinical(word.start, word.end) and not (is_surname(word) or word.capital):
        return False
    return word.capital or not is_word(word) or is_surname(word)


def _ends_text(note: Note, word: Word) -> bool:
    """Return whether at most three more words follow on the line: a signature stands last."""
    line = note.text[word.start :].split("\n", 1)[0]
    return len(line.split()) <= 4 and re.search(r"[?]", line) is None


def _score(note: Note, run: _Run) -> int:
    if _is_clinical(note, run):
        return 0
    score = run.cue + _of_words(note, run) + _of_after(note, run)
    if len(run.words) > 1 and is_given(run.words[0]) and not _is_heading_word(run.words[-1]):
        score += 1 if is_word(run.words[0]) else 0
        score += 2 if is_surname(run.words[-1]) or not is_word(run.words[-1]) else 0
    return score


def _of_words(note: Note, run: _Run) -> int:
    score = 0
    for place, word in enumerate(run.words):
        mid = not (place == 0 and note.opens_sentence(word.start)) and word.capital and note.cased
        ordinary = is_word(word)
        if is_given(word):
            score += (2 if mid else 1) if ordinary else 3
        elif is_surname(word):
            score += (1 if mid else 0) if ordinary else 2 if word.capital else 1
        elif (
            not ordinary
            and len(word.text) > 2
            and word.capital
            and mid
            and not note.clinical(word.start, word.end)
        ):
            score += 1
    return score


def _of_after(note: Note, run: _Run) -> int:
    last = run.words[-1]
    end = last.end + (
        2
        if last.possessive and note.text[last.end : last.end + 2].lower().endswith("s")
        else 1
        if last.possessive
        else 0
    )
    after = note.after(end, 40)
    score = 0
    if CREDENTIAL.match(after):
        score += 4
    if AGE_AFTER.match(after):
        score += 3
    if DEVICE_AFTER.match(after):
        score -= 4
    if last.possessive or VERB_AFTER.match(after):
        score += 2
    if _DOSE_AFTER.match(after):
        score -= 3
    return score


_DOSE_AFTER = re.compile(
    r"\s?(?:\d[\d.,]*\s?(?:mg|mcg|g|ml|units?|iu|%)\b|tablets?|caps?|injection|cream|infusion"
    r"|patch|dose|dosing|therapy|trial\b|study\b|regimen)",
    re.IGNORECASE,
)


def _is_clinical(note: Note, run: _Run) -> bool:
    """Return whether the run is an eponym or a drug, and nothing before it says a person."""
    if run.titled:
        return False
    text = note.text[run.start : run.end]
    key = " ".join(word.key for word in run.words)
    known = listed("eponyms")
    if len(run.words) == 1:
        word = run.words[0]
        if key in known or key.split("-")[0] in known:
            person = run.cue >= 2 and not is_word(word) and not word.possessive
            after = note.after(word.end + (2 if word.possessive else 0), 24)
            return not person or DEVICE_AFTER.match(after) is not None
        if note.clinical(run.start, run.end):
            return not (is_given(word) and run.cue >= 2)
        return False
    if key in known or text.lower() in known:
        return True
    lexical = all(note.clinical(word.start, word.end) for word in run.words)
    return lexical and not (is_given(run.words[0]) and is_surname(run.words[-1]))


_LAST_FIRST = re.compile(
    r"(?<![\w,])(?P<last>[^\W\d_][\w'\u2019-]+(?:\s[^\W\d_][\w'\u2019-]+)?),\s?(?P<first>[^\W\d_]"
    r"[\w'\u2019-]+)(?P<more>\s[A-Z]\b\.?|\s[A-Z][a-z]+)?"
)


def _comma_names(note: Note) -> Iterator[Found]:
    """Yield "LAST, First M." where both parts can be names."""
    by_start = {word.start: word for word in note.words}
    for match in _LAST_FIRST.finditer(note.text):
        first = by_start.get(match.start("first"))
        last = by_start.get(match.start("last"))
        if (
            first is None
            or last is None
            or first.key in listed("not_names")
            or last.key in listed("not_names")
        ):
            continue
        shape = first.capital and last.capital
        given = is_given(first) and (not is_word(first) or shape)
        family = (
            (is_surname(last) and not is_word(last))
            or (last.acronym and len(last.text) > 3)
            or (is_surname(last) and shape and last.acronym)
        )
        unlisted = (
            shape
            and not is_word(last)
            and not note.clinical(last.start, last.end)
            and not is_given(last)
        )
        if given and (family or unlisted) and not note.clinical(first.start, first.end):
            end = (
                first.end
                if match["more"] is None or not _is_middle(match["more"])
                else match.end("more")
            )
            yield Found(match.start(), end, "name", STRONG)


def _is_middle(written: str) -> bool:
    return len(written.strip(" .")) == 1


_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.\s?-?){2,3}(?!\w)")
_NOT_INITIALS = frozenset(
    [
        "US",
        "UK",
        "EU",
        "MD",
        "DO",
        "PO",
        "IV",
        "IM",
        "SC",
        "BP",
        "HR",
        "RR",
        "AM",
        "PM",
        "NPO",
        "PRN",
        "BID",
        "TID",
        "QID",
        "QD",
        "QHS",
        "HS",
        "OD",
        "OS",
        "OU",
        "PE",
        "PR",
        "PV",
        "AD",
        "AC",
        "PC",
        "DC",
        "VA",
        "IE",
        "EG",
        "CF",
        "RN",
        "NP",
        "PA",
        "PHD",
        "DR",
        "ST",
        "NB",
        "CC",
        "UN",
        "USA",
        "OM",
        "TDS",
    ]
)
_PLAIN_INITIALS = re.compile(
    r"(?:\binitials?(?:\sare|\sis|:)?\s|\b(?:[Mm]rs?|[Mm]s|[Mm]iss"
    r"|[Dd]r)\.?\s)(?P<whole>[A-Z]{1,3}|[A-Z](?:\.\s?[A-Z]){0,2}\.?)(?![\w'-]|\sscan)"
)
_SIGNED_INITIALS = re.compile(
    r"(?:^|[\n.?!]\s*)(?:[-\u2013\u2014~]\s?|/s/\s?|(?:thanks|thx|cheers|regards|best"
    r"|ty)[,.!\s-]+)(?P<whole>[A-Z]{2,3}|(?:[A-Z]\.){2,3})\s*$",
    re.IGNORECASE,
)
_PERSON_INITIALS = re.compile(
    r"\b(?:pt|patient|client|resident|baby|mother|child"
    r"|infant)\.?,?\s(?P<whole>[A-Z]{2,3})(?=,?\s\(?(?:\d{1,3}\s?(?:y|F\b|M\b|-year)|is\sa|DOB"
    r"|MRN|aged?))"
)


def _initials(note: Note) -> Iterator[Found]:
    """Yield initials that stand for a person: "J.S.", "Mrs K.", "-TK" at the end."""
    text = note.text
    for match in _DOTTED.finditer(text):
        letters = re.sub(r"[^A-Z]", "", match[0])
        if letters in _NOT_INITIALS:
            continue
        before, after = note.before(match.start(), 24), note.after(match.end(), 24)
        company = (
            PERSON.search(before)
            or TALKED.search(before)
            or RELATION.search(before)
            or TITLE.search(before)
        )
        if (
            company
            or AGE_AFTER.match(after)
            or VERB_AFTER.match(after)
            or after[:2] in {"'s", "\u2019s"}
        ):
            yield Found(match.start(), match.start() + len(match[0].rstrip()), "name", STRONG)
    for pattern in (_PLAIN_INITIALS, _SIGNED_INITIALS, _PERSON_INITIALS):
        for match in pattern.finditer(text):
            if match["whole"].isupper() and not note.clinical(*match.span("whole")):
                yield Found(*match.span("whole"), "name", STRONG)


_BABY = re.compile(
    r"\b(?:[Bb]aby|BABY|[Bb]aby\s(?:boy|girl)|[Bb]/[Oo]|BB|BG)\s(?P<whole>[A-Z][a-z]{2,}"
    r"|[A-Z]{3,})\b"
)


def _baby_names(note: Note) -> Iterator[Found]:
    """Yield the mother's name by which a newborn goes: "baby boy Okafor"."""
    for match in _BABY.finditer(note.text):
        if match["whole"].lower() not in listed("not_names") and match[
            "whole"
        ].lower() not in listed("words"):
            yield Found(*match.span("whole"), "name", STRONG)


def _again(note: Note, found: Sequence[Found]) -> Iterator[Found]:
    """Yield the parts of found names where they stand alone."""
    parts: dict[str, bool] = {}
    for name in found:
        for word in note.words:
            if (
                name.start <= word.start
                and word.end <= name.end
                and len(word.key) > 2
                and word.key not in PARTICLES
            ):
                parts[word.key] = is_word(word) or word.key in listed("eponyms")
    spans = {(name.start, name.end) for name in found}
    for word in note.words:
        ambiguous = parts.get(word.key)
        if ambiguous is None or any(start <= word.start < end for start, end in spans):
            continue
        if not ambiguous or (
            note.cased
            and word.capital
            and not note.opens_sentence(word.start)
            and not DEVICE_AFTER.match(note.after(word.end + 2 * word.possessive))
        ):
            yield Found(word.start, word.end, "name", SOFT)
