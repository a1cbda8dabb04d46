"""Names that show by their form: "LAST, First", initials, a newborn under its mother's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy import cues
from medrag.privacy.evidence import SOFT, STRONG, Found, Note, Word
from medrag.privacy.sieve import ending, sifted
from medrag.privacy.small_letters import ABOUT, COMPANY, find_in_small_letters
from medrag.privacy.vocabulary import listed
from medrag.text.ordinary import ordinary_words

_WORD = r"[^\W\d_][\w'\u2019-]{1,60}"
"""Longer runs are no names; without a bound, a long one would be read again from every place."""
_LAST_FIRST = sifted(
    rf"(?<![\w,])(?P<last>{_WORD}(?:\s{_WORD})?),\s?(?=(?P<first>{_WORD})"
    r"(?P<middle>\s[A-Z]\b\.?(?!\s?\d(?!\d{0,2}\s?[MF]\b|\d?[/.-]\d)))?)"
)
_ENTRY = re.compile(r"(?:^|[:;\n])\s?$")
_DOTTED = sifted(r"(?<![\w.])(?:[A-Z]\.\s?-?){2,3}(?!\w)")
_ABBREVIATIONS = (
    "US UK EU MD DO PO IV IM SC BP HR RR AM PM NPO PRN BID TID QID QD QHS HS OD OS OU PE PR "
    "PV AD AC PC DC VA IE EG CF RN NP PA PHD DR ST NB CC UN USA OM TDS BD QDS NKDA SOB"
)
NOT_INITIALS = frozenset(_ABBREVIATIONS.split())
_PLAIN = sifted(
    r"(?:\binitials?(?:\sare|\sis|:)?\s|\b(?P<title>[Mm]rs?|[Mm]s|[Mm]iss|[Dd]r)\.?\s)"
    r"(?P<whole>[A-Z](?:\.\s?[A-Z]){1,2}\b\.?|[A-Z]{1,3}|[A-Z]\.?)(?![\w'-]|\sscan)"
)
_SIGNED = sifted(
    r"(?:^|[\n.?!]\s{0,8})(?:[-\u2013\u2014~]\s?|/s/\s?|(?:thanks|thx|cheers|regards|best|ty)[,.!\s-]{1,8})"
    r"(?P<whole>[A-Z]{2,3}|(?:[A-Z]\.){2,3})\s{0,8}$",
    re.IGNORECASE,
)
_TYPED = sifted(
    r"\b(?i:dictated|typed|transcribed)(?:\sby)?:?\s(?P<whole>[A-Z]{2,3}[/:]\s?[A-Za-z]{2,3})\b"
)
"""Who dictated a letter and who typed it: "Dictated by HK/jm"."""
_OF_PERSON = sifted(
    r"\b(?:pt|patient|client|resident|baby|mother|child|infant)\.?,?\s(?P<whole>[A-Z]{2,3})"
    r"(?=,?\s\(?(?:\d{1,3}\s?(?:y|F\b|M\b|-year)|is\sa|DOB|MRN|aged?))"
)
_AGED = sifted(
    r"(?:^|[\n.?!]\s{0,8})(?P<whole>[A-Z]{2,3})(?=\s(?:is|has|weighs)\s(?:an?\s)?\d{1,3}"
    r"(?:\.\d)?[\s-]?(?:y|mo|kg\b|w(?:ee)?k))"
)
_ONE_INITIAL = sifted(r"(?:^|[\n?!]\s{0,8})(?P<whole>[A-Z]\.)(?=\s?,?\s\(?\d{1,3}\s?(?:y|[MF]\b))")
_BABY = sifted(
    r"\b(?:[Bb]aby|BABY|[Bb]aby\s(?:boy|girl)|[Bb]/[Oo]|BB|BG)\s(?P<whole>[A-Z][a-z]{2,}"
    r"|[A-Z]{3,})\b"
)


_QUOTED = sifted(
    rf"(?P<first>{_WORD})\s[\"'\u201c\u2018(][^\W\d_][\w-]{{1,60}}[\"'\u201d\u2019)]\s"
    rf"(?P<last>{_WORD})"
)
_LAST_INITIAL = sifted(
    rf"(?<![\w,])(?P<last>{_WORD}),\s?[A-Z](?:\.(?=\s|,|$)|(?=\s\(?\d{2}\b(?![./,]\d)))"
)
_LOWER_INITIAL = sifted(
    r"(?<![\w.])(?:[a-z]\.\s?(?P<last>[a-z]{3,})|(?P<first>[a-z]{3,})\s[a-z])(?=[\s,;]|$)(?!\s?[:=<>]?\s?\d+[.,]\d)"
)
_KIN = sifted(rf"(?P<first>{_WORD})\s[swdc]/o\s(?P<last>{_WORD})", re.IGNORECASE)
_SEVERAL = sifted(
    rf"(?<![^\W\d_])(?P<first>{_WORD})(?:\s?,\s{_WORD}){{0,20}},?\s(?:&|and|vs\.?|versus)\s(?P<last>{_WORD})"
)
_FAMILY_FIRST = sifted(
    r"\b(?P<last>[A-Z]{2,})\s(?:[A-Z][a-z]{1,40})(?:\s[A-Z][a-z]{1,40})?(?=[,;:.)\n]|\s\(|$)"
)
_LOWER_SUBJECT = sifted(
    r"(?:^|[.\n!?;:]\s{0,8}|\b(?:does|did|can|should|could|is|has|patient|pt|nurse|my|our|so|gf|bf"
    r"|wife|husband|son"
    r"|daughter|mum|mom|dad|for|and)\s)(?P<whole>[a-z]{3,})(?=\s(?:has|had|is|was|will|takes|took"
    r"|needs?|came|wants|says|said"
    r"|cant|can['\u2019]t|reports|weighs|vomited|fell|started|stopped|refuses|asks|lives)\b)"
)
"""A word in lower case with a person's verb: "rose has", "does hope need"."""
_MAY_TAKE = sifted(
    r"\b(?:can|should|could|may|does|did|will|would|must)\s(?P<whole>[a-z]{3,})\s(?:take|have|use"
    r"|stop|start"
    r"|continue|get|eat|drink|safely|still|keep|go|come|be\sgiven|need|restart|switch)\b"
)
"""An unlisted word in lower case that is asked about like a person."""
_HEADED = sifted(
    rf"(?:^|[\n;|\u2022:]\s{{0,8}}|\b(?:re|regarding|pt|patient)\s?[:-]?\s)(?:\d{{1,2}}[.)]\s)?"
    rf"(?P<whole>{_WORD}(?:\s{_WORD}){{0,3}}),?\s\(?(?:\d{{1,3}}\s?(?:yo|y/o|yrs?|y)?\s?[MF]\b"
    r"|[MF]\s?/?\s?\d{1,3}\b|\d{1,3}[- ]?(?:yo|y/o|y\.o|year))",
    re.IGNORECASE,
)
"""Words that begin a line and stand before an age with a sex: "santhanakrishnan, 81f"."""
_ACTED_ON = sifted(
    r"(?:^|[.\n!?;:]\s{0,8}|\b(?:pls|please|can\s(?:you|i|we)|to)\s)"
    r"(?:review|see|chase|bleep|page|ring|discharge|examine|reassess|clerk|phone)\s"
    r"(?P<whole>[a-z]{4,})(?=\s(?:before|today|tonight|now|asap|urgently|in|on|at|after|when"
    r"|tomorrow|please|pls|about|re)\b|[,.?;])"
)
"""An unlisted word in lower case that somebody is to see or to call: "pls review okonjo"."""
_FOREIGN = re.compile(
    r"[\u0370-\u03ff\u0400-\u04ff\u0590-\u05ff\u0600-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u10a0-"
    r"\u10ff\u3040-\u30ff"
    r"\u3400-\u9fff\uac00-\ud7af]{2,}(?:[\s\u00b7][\u0370-\u03ff\u0400-\u04ff\u0590-\u05ff\u0600-"
    r"\u06ff\u0900-\u0dff"
    r"\u0e00-\u0e7f\u10a0-\u10ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}){0,3}"
)
"""Words in another script than Latin: in a Latin text these are names."""


def find_name_forms(note: Note) -> Iterator[Found]:
    """Yield names that need no list: their form says what they are."""
    yield from _comma_names(note)
    yield from _initials(note)
    yield from _pairs(note)
    yield from _after_initials(note)
    yield from _lower_subjects(note)
    yield from _headed(note)
    unlisted = {w.start: w for w in note.words if not (w.ordinary or w.eponym)}
    yield from find_in_small_letters(note)
    for match in (*_MAY_TAKE.finditer(note.text), *_ACTED_ON.finditer(note.text)):
        word = unlisted.get(match.start("whole"))
        if word is not None and not note.clinical(word.start, word.end):
            yield Found(word.start, word.end, "name", SOFT)
    if not note.text.isascii() and sum(map(str.isascii, note.text)) > 0.8 * len(note.text):
        for match in _FOREIGN.finditer(note.text):
            yield Found(match.start(), match.end(), "name", SOFT)
    for match in _BABY.finditer(note.text):
        key = match["whole"].lower()
        if key not in listed("not_names") and key not in ordinary_words():
            yield Found(*match.span("whole"), "name", STRONG)


def _lower_subjects(note: Note) -> Iterator[Found]:
    """Yield a given name in lower case, a word as well, as the subject of a person's verb."""
    by_start = {word.start: word for word in note.words}
    for match in _LOWER_SUBJECT.finditer(note.text):
        word = by_start.get(match.start("whole"))
        if word is not None and word.given and word.key not in listed("seldom_names"):
            yield Found(word.start, word.end, "name", SOFT)
    for match in _FAMILY_FIRST.finditer(note.text):
        word = by_start.get(match.start("last"))
        if word is not None and word.surname and not word.eponym:
            yield Found(match.start(), match.end(), "name", STRONG)


def _headed(note: Note) -> Iterator[Found]:
    """Yield a name that heads a line before an age with a sex, whatever lists hold."""
    for match in _HEADED.finditer(note.text):
        start, end = match.span("whole")
        words = note.words_in(start, end)
        known = [word.given or word.surname for word in words]
        plain = (word.ordinary and not name for word, name in zip(words, known, strict=True))
        own = [w for w in words if not w.ordinary and not w.eponym and len(w.text) > 3]
        barred = any(w.key in listed(n) for w in words for n in ("not_names", "wards"))
        short = any(w.acronym and len(w.text) < 6 for w in words) and not any(known)
        if own and not (any(plain) or barred or short or note.clinical(start, end)):
            yield Found(start, end, "name", SOFT)


def _after_initials(note: Note) -> Iterator[Found]:
    """Yield an initial with a family name, an ordinary word or an eponym as well: "L. Barrow".

    "Hepatitis B. Vaccinate" is none, nor a species: a word of persons must stand before or after.
    """
    for match in _INITIAL_FIRST.finditer(note.text):
        before = note.before(match.start(), 28)
        cued = any(cue.search(before) for cue in (*COMPANY, ABOUT)) or note.opens_sentence(
            match.start()
        )
        after = note.after(match.end(), 40)
        behind = (cues.VERB_AFTER, cues.AGE_AFTER, cues.CREDENTIAL)
        subject = any(form.match(after) for form in behind)
        key = match["last"].lower()
        barred = any(key in listed(name) for name in ("not_names", "departments", "clinical_words"))
        barred = barred or (len(key) < 3 and key not in listed("surnames"))
        barred = barred or note.clinical(match.start("last"), match.end())  # K may be potassium
        if (cued or subject) and not barred:
            yield Found(match.start(), match.end(), "name", STRONG)


_INITIAL_FIRST = sifted(
    r"(?<![\w./])(?<!\b[Vv]itamin )(?<!\b[Hh]epatitis )(?<!\b[Tt]ype )(?<!\b[Gg]roup )"
    r"(?:[A-Z]\.[\s-]?){1,2}(?P<last>(?:(?:Mc|Mac|O['\u2019]|D['\u2019]|(?:van|von|de|el|al|bin)\s(?:der\s|den\s|la\s)?)?[A-Z\u00c0-\u00de])[a-z\u00df-\u00ff]{1,40}(?:-[A-Z][a-z]{1,40})?)(?![\w-])"
)


def _pairs(note: Note) -> Iterator[Found]:
    """Yield names that a second name, a nickname, an initial or kin beside them shows."""
    by_start = {word.start: word for word in note.words}
    for pattern in (_QUOTED, _LAST_INITIAL, _LOWER_INITIAL, _KIN):
        for match in pattern.finditer(note.text):
            named = [by_start.get(match.start(k)) for k, v in match.groupdict().items() if v]
            if pattern is _QUOTED and named[0] is not None and named[-1] is not None:
                family = named[-1].capital and named[-1].acronym == named[0].acronym
                named = named[:1] if family and not _clinical(note, named[-1]) else []
            if named and all(word is not None and _is_sure(note, word) for word in named):
                yield Found(match.start(), match.end(), "name", SOFT)
    for match in _SEVERAL.finditer(note.text):
        thing = cues.DEVICE_AFTER.match(note.after(match.end(), 24))
        if thing or cues.ARTICLE.search(note.before(match.start(), 6)):
            continue
        inside = note.words_in(match.start(), match.end())
        words = [word for word in inside if word.key not in {"and", "vs", "versus"}]
        names = [w for w in words if w.capital and (w.surname or w.given) and not w.eponym]
        clinical = any(_clinical(note, word) for word in words)
        if len(names) == len(words) and not clinical and not all(w.ordinary for w in names):
            yield from (Found(word.start, word.end, "name", STRONG) for word in names)


def _is_sure(note: Note, word: Word) -> bool:
    known = word.given or word.surname or word.capital
    return known and not (word.ordinary or word.eponym or _clinical(note, word))


def _comma_names(note: Note) -> Iterator[Found]:
    """Yield "LAST, First M." where both parts can be names."""
    by_start = {word.start: word for word in note.words}
    reached = looked = 0
    for match in _LAST_FIRST.finditer(note.text):
        if match.start() < reached:
            continue
        again, looked = match.start() < looked, _end(match)
        first = by_start.get(match.start("first"))
        starts = [match.start("last") + word.start() for word in re.finditer(r"\S+", match["last"])]
        lasts = [word for word in map(by_start.get, starts) if word is not None]
        if first is not None and first.capital and lasts and not _is_part(lasts[-1]):
            lasts = []  # "Nissen dysphagia, Aleksandra"
        lasts = lasts[1:] if len(lasts) > 1 and not _is_part(lasts[0]) else lasts
        lasts = [w for w in lasts if w.surname or not again]
        last = next((w for w in lasts if first and _are_names(note, w, first, match)), None)
        if first is None or last is None:
            continue
        middle = match.end("middle") if match["middle"] else first.end
        second = by_start.get(first.end + 1)
        if second is not None and second.given and second.capital and not match["middle"]:
            middle = second.end
        reached = middle
        more = _MORE_GIVEN.match(note.text, middle) if last.acronym and first.acronym else None
        yield Found(last.start, more.end() if more else middle, "name", STRONG)


_MORE_GIVEN = re.compile(
    r"(?:[ ][A-Z][A-Z'\u2019-]{1,40}){1,4}(?=[ ]{2}|\s?[/|(\n]|$|\s(?:DOB|MRN|SEX|AGE|[MF])\b)"
)
"""Further given names in a field of a record: "HUYNH, THI LAN  DOB"."""


def _end(match: re.Match[str]) -> int:
    return match.end("middle" if match["middle"] else "first")


def _is_part(word: Word) -> bool:
    return (word.capital or word.text in cues.PARTICLES) and not word.possessive


def _are_names(note: Note, last: Word, first: Word, match: re.Match[str]) -> bool:
    if first.acronym and len(first.text) < 5 and not last.acronym:  # "nodes, ANA 1:160"
        return False
    initial = match["middle"] is not None and first.capital and last.capital
    barred = last.key in listed("not_names") and not initial
    numbered = any(map(str.isdigit, note.text[match.start() : _end(match)]))
    barred = barred or (last.eponym and cues.GRADE_AFTER.match(note.after(last.end, 8)) is not None)
    if numbered or barred or first.key in listed("not_names") or _clinical(note, first):
        return False
    if initial and match["middle"].endswith("."):
        return last.surname or first.given or not last.ordinary
    shaped = first.capital and last.capital and last.surname and first.given
    if shaped and _FOR.search(note.before(last.start, 12)):  # "rx for Baker, Joy", words both
        return True
    plain_given = first.given and not first.eponym and not first.ordinary
    if last.eponym and not last.acronym and not plain_given:
        return False
    return _in_field(note, last, first, match) or _are_listed(note, last, first, match)


def _in_field(note: Note, last: Word, first: Word, match: re.Match[str]) -> bool:
    """Return whether a label stands before, or the two words are a field of a record."""
    announced = cues.LABEL.search(note.before(last.start, 40)) or _heads_line(note, match)
    plain = not (last.ordinary and not last.surname) and not first.ordinary
    return bool(announced) and first.capital and last.capital and plain


def _are_listed(note: Note, last: Word, first: Word, match: re.Match[str]) -> bool:
    """Return whether lists, capitals or an age behind them make two words a name."""
    shaped = first.capital and last.capital
    plain_given = first.given and not (first.eponym or first.ordinary)
    family = (last.surname and not last.ordinary) or (last.eponym and plain_given)
    if not family and last.acronym:
        plain = len(last.text) > 3 and not last.ordinary and "-" not in last.text
        family = shaped and (last.surname or plain)
    unlisted = shaped and not last.ordinary and not _clinical(note, last)
    if first.given and (not first.ordinary or shaped):
        return family or (unlisted and not last.given)
    if not (shaped and family) or first.ordinary or first.acronym:
        return False
    ends = (_end(match), first.end)
    return last.acronym or any(cues.AGE_AFTER.match(note.after(end)) for end in ends)


_FOR = ending(r"\b(?:for|re|pt|patient|from|by|of|about|under|see|review)[:.]?\s$", re.IGNORECASE)


def _clinical(note: Note, word: Word) -> bool:
    return note.clinical(word.start, word.end)


def _heads_line(note: Note, match: re.Match[str]) -> bool:
    """Return whether "LAST, FIRST" in capitals is a field of its own, as records print it."""
    after = _FIELD_ENDS.match(note.text, _end(match))
    long = len(match["last"]) > 3 and len(match["first"]) > 3
    return after is not None and long and match["last"].isupper() and match["first"].isupper()


_FIELD_ENDS = re.compile(
    r"\s{0,8}(?:[/|(]|[-\u2013]\s|[ ]{2,}|$|\n|\s(?:DOB|MRN|SEX|AGE|[MF]\b|\d))"
)


def _initials(note: Note) -> Iterator[Found]:
    """Yield initials that stand for a person: "J.S.", "Mrs K.", "-TK" at the end."""
    for match in _DOTTED.finditer(note.text):
        if re.sub(r"[^A-Z]", "", match[0]) not in NOT_INITIALS and _in_company(note, match):
            yield Found(match.start(), match.start() + len(match[0].rstrip()), "name", STRONG)
    for pattern in (_PLAIN, _SIGNED, _TYPED, _OF_PERSON, _AGED, _ONE_INITIAL):
        for match in pattern.finditer(note.text):
            clinical = "." not in match["whole"] and note.clinical(*match.span("whole"))
            if (match["whole"].isupper() or pattern is _TYPED) and not clinical:
                title = match.groupdict().get("title")
                start = match.start("title") if title else match.start("whole")
                yield Found(start, match.end("whole"), "name", STRONG)


def _in_company(note: Note, match: re.Match[str]) -> bool:
    """Return whether something beside dotted initials says that they are a person's."""
    before, after = note.before(match.start(), 24), note.after(match.end(), 24)
    behind = (cues.PERSON, cues.TALKED, cues.RELATION, cues.TITLE)
    ahead = (cues.AGE_AFTER, cues.VERB_AFTER)
    return (
        any(pattern.search(before) for pattern in behind)
        or any(pattern.match(after) for pattern in ahead)
        or after[:2] in {"'s", "\u2019s"}
        or re.match(r",?\s\(?initials", after) is not None
        or (_ENTRY.search(before) is not None and after[:1] in {",", ":"})
    )
