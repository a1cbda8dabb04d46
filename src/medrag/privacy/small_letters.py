"""Names in small letters that no list holds, between what stands before and after a person.

In chat nobody types a capital: "patient abimbola refuses", "asked zelvira", "mehwish: he's had".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.clinical.matching import begins_name
from medrag.privacy import cues
from medrag.privacy.evidence import SOFT, Found, Note, Word, is_foreign
from medrag.privacy.sieve import ending
from medrag.privacy.vocabulary import is_formed_word, is_rare, listed

COMPANY = (cues.PERSON, cues.RELATION, cues.ROLE, cues.TALKED)
ABOUT = re.compile(
    r"(?:^|[\n.?!;]\s{0,8}|\b(?:re|for|from|regarding|about|cc|fwd|and|with|by|per)[:,]?\s)$",
    re.IGNORECASE,
)


def find_in_small_letters(note: Note) -> Iterator[Found]:
    """Yield an unlisted word in lower case between a person's company and verb or age.

    "patient abimbola refuses", "re quillfeather, 72f".
    """
    for word in note.words:
        plain = word.ordinary or word.eponym or word.key in listed("not_names")
        plain = plain or word.text != word.text.lower()
        if plain or len(word.text) < 4 or is_rare(word.key) or begins_name(word.key):
            continue
        after, before = note.after(word.end, 40), note.before(word.start, 28)
        if (
            len(word.text) > 5
            and _THERE.search(before)
            and _PHRASE_ENDS.match(after)
            and not note.clinical(word.start, word.end)
        ):
            yield Found(word.start, word.end, "place", SOFT)
            continue
        if _spoken_of(note, word, before, after) or _speaks(note, word, after):
            yield Found(word.start, word.end, "name", SOFT)
            continue
        owned = cues.OWNED_AFTER.match(note.after(word.end + 2)) if word.possessive else None
        if owned and not note.clinical(word.start, word.end) and not is_foreign(note.text):
            yield Found(word.start, word.end, "name", SOFT)
            continue
        named = cues.NAMING.search(before)
        if not (named or any(form.match(after) for form in _SUBJECT_AFTER)):
            continue
        if any(cue.search(before) for cue in (*COMPANY, ABOUT, cues.NAMING)) and not note.clinical(
            word.start, word.end
        ):
            yield Found(word.start, word.end, "name", SOFT)


_SPOKEN_AFTER = re.compile(
    r"['\u2019]?s?(?:\s?[,.:;?!)]|\s(?:about|back|if|again|today|now|re|when|who|who['\u2019]s|before|after|says|thinks|and|tonight"
    r"|tomorrow|yesterday|at|from|on)\b|$)"
)
"""What goes on after somebody who was spoken of: "asked zelvira about"."""


_SPEECH = re.compile(
    r"\s?:\s(?:he|she|they|i|we|you|it|can|could|has|is|yes|yeah|no|ok|pls|please|hi|thanks|the|my|what|when|who|just|not|sorry"
    r"|did|do|does|will|that|his|her|any|how|ask|done|think)\b"
)


def _speaks(note: Note, word: Word, after: str) -> bool:
    """Return whether an unlisted word opens a line as who speaks in it: "mehwish: he's had"."""
    opens = word.start == 0 or note.text[word.start - 1] in "\n[("
    free = not is_formed_word(word.key) and not note.clinical(word.start, word.end)
    return opens and free and _SPEECH.match(after) is not None


def _spoken_of(note: Note, word: Word, before: str, after: str) -> bool:
    """Return whether somebody spoke with or of an unlisted word, and the phrase ends with it."""
    company = (cues.TALKED, cues.RELATION, cues.PERSON, cues.TOPIC)
    return (
        len(word.text) > 4
        and not is_formed_word(word.key)
        and _SPOKEN_AFTER.match(after) is not None
        and any(cue.search(before) for cue in company)
        and not note.clinical(word.start, word.end)
        and not is_foreign(note.text)
    )


_SUBJECT_AFTER = (
    cues.VERB_AFTER,
    cues.AGE_AFTER,
    cues.KIN_AFTER,
    cues.STATE_AFTER,
    cues.PERSON_ONLY_AFTER,
)
_THERE = ending(r"\b(?:near|outside|from|in|at)\s$")
_PHRASE_ENDS = re.compile(r"\s?(?:[,.;:)\n]|$)")
