"""QUO104, QUO105: withdrawn drugs, replaced guidelines, quotations that are not in force."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from medrag.checker.context import Context, orders_nothing
from medrag.checker.rows import EditionRow, SupersededRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.words import find
from medrag.clinical.acts import is_described
from medrag.clinical.mentions import ENDED, Sentence
from medrag.core.span import Span

_PAST = re.compile(
    r"\b(withdrawn|superseded|replaced|no longer|outdated|obsolete|formerly|older"
    r"|stop(?:s|ped|ping)?\b|avoid"
    r"|(?:lost|lacks|without) (?:its|the|any) (?:\w+ ){0,2}(?:approval|licen[cs]e|authori[sz]ation)"
    r"|(?:left|off|pulled from|taken off) the (?:\w+ ){0,2}market|revoked|recalled"
    r"|do not|never|not available|discontinued|instead of|rather than"
    r"|history of|used to|allerg\w*|(?:years|decades) ago)\b",
    re.I,
)


def _superseded(context: Context) -> Iterator[Verdict]:
    yield from _outdated(context)
    if context.first(context.knowledge.words(SupersededRow)) is None:
        return
    for row in context.knowledge.all(SupersededRow):
        if find(context.text, row.words) is None:
            continue
        for sentence in context.content.sentences:
            found = find(sentence.text, row.words)
            if (
                found is None
                or _PAST.search(sentence.text)
                or orders_nothing(context.content, sentence.text)
            ):
                continue
            if row.also and find(sentence.text, row.also) is None:
                continue
            if _is_forbidden(sentence.text, found) or _is_turned_down(
                context, found.shift(sentence.start).start
            ):
                continue
            yield Signal(
                severity="warning",
                message=f"{found.of(sentence.text)}: {row.text}.",
                span=found.shift(sentence.start),
                reference=context.knowledge.reference(row),
                subject=row.key,
            )


_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?!\d|\.\d|[%/]|\s?(?:mg|mcg|mL|g|units|kcal|IU)\b)")
_GUIDANCE = re.compile(
    r"\b(?:guidelines?|guidance|recommend\w*|standards?|statements?|editions?|updates?|criteria"
    r"|reports?|consensus|bulletins?|definitions?|campaign|parameters?|schedule|manual)\b"
    r"|\b(?:per|under|following|follows?|according to|by|as in|says?"
    r"|advises?|prefers?|allows?|permits?|supports?|lists?|states?|suggests?|calls for|targets?)\b",
    re.I,
)
"""Words that make a body and a year a guideline to be followed, not a figure of that year."""
_DAY = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]* \d{1,2},? \Z", re.I
)
"""What makes a year that of a day, not of an edition: "until May 8, 2017"."""
_BESIDE = 60
"""Characters between the name of a body and the year of its guideline."""


_JOINED = 8
"""The same where nothing else says that a guideline is followed: "USPSTF 2009", "2016 CDC"."""
_LEFT_BEHIND = re.compile(
    r"\b(withdrawn|superseded|replaced|no longer|outdated|obsolete|formerly|older|revoked|retired"
    r"|(?:do not|don't|never|not to|stop(?:ped)?) (?:be )?(?:use|using|follow\w*|appl\w+|rely\w*|go"
    r"|going|cite|quote)\b|instead of|rather than|used to|back then"
    r"|(?:was|were|had been) (?:the |first|our )?(?:advice|standard|rule)|has changed|have changed"
    r"|changed in|history of)\b",
    re.I,
)
"""Words that lay an edition aside."""


def _outdated(context: Context) -> Iterator[Verdict]:
    """Report a guideline that the text follows in an edition no longer in force."""
    dated = ("19" in context.text or "20" in context.text) and _YEAR.search(context.text)
    rows = context.knowledge.all(EditionRow) if dated else ()
    for sentence in context.content.sentences if rows else ():
        years = [
            (int(found[0]), found.start())
            for found in _YEAR.finditer(sentence.text)
            if _DAY.search(sentence.text, 0, found.start()) is None
        ]
        if not years or _LEFT_BEHIND.search(sentence.text):
            continue
        cited = tuple(_cited(context, sentence, years))
        said = (c for c in cited if not c[0].topic or find(context.text, c[0].topic) is not None)
        of_record = (c for c in cited if find(context.facts.words, c[0].topic) is not None)
        found = next(said, None) or next(of_record, None)
        if found is not None:
            yield _edition(context, found[0], (sentence, found[1]), found[2])


def _cited(
    context: Context, sentence: Sentence, years: list[tuple[int, int]]
) -> Iterator[tuple[EditionRow, re.Match[str], int]]:
    """Yield each row whose body a sentence names beside years that are all out of force."""
    reach = _BESIDE if _GUIDANCE.search(sentence.text) else _JOINED
    for row in context.knowledge.all(EditionRow):
        body = _bodies((row.key, *row.names)).search(sentence.text)
        if body is None or any(year >= row.in_force for year, _ in years):
            continue
        near = [y for y, at in years if _apart(body, at) <= reach]
        if near and not (row.unless and context.first(row.unless) is not None):
            yield row, body, near[0]


@lru_cache(maxsize=512)
def _bodies(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of names, of which those in capitals do not stand for other words."""
    parts = (
        re.escape(name) if name.upper() == name else f"(?i:{re.escape(name)})" for name in names
    )
    return re.compile(rf"\b(?:{'|'.join(parts)})(?![a-z])")


def _apart(body: re.Match[str], year: int) -> int:
    return max(year - body.end(), body.start() - year)


def _edition(
    context: Context, row: EditionRow, place: tuple[Sentence, re.Match[str]], year: int
) -> Signal:
    sentence, body = place
    start = sentence.start + body.start()
    return Signal(
        severity="warning",
        message=f"{body[0]} {year}: {row.text}.",
        span=Span(start=start, end=sentence.start + body.end()),
        reference=context.knowledge.reference(row),
        subject=row.key,
    )


_FORBIDDEN = re.compile(
    r"\b(?:avoided|avoid|do not use|don't use|never use|contraindicated)\b[^.;]*$", re.I
)


_CALLED_BAD = re.compile(
    r"[*_]*(?::[*_]*|\s(?:is|are|was))\s(?:contra-?indicated|avoid\w*|never|not\b"
    r"|no longer|withdrawn)",
    re.I,
)


_LISTED_AS_BAD = re.compile(
    r"[^().;]*\)[^.;]{0,60}\bshould\s(?:also\s)?(?:be\savoided|not\b)", re.I
)
"""What follows an example in brackets of what is forbidden: "(e.g., X, Y) should be avoided"."""


def _is_forbidden(sentence: str, found: Span) -> bool:
    """Return whether a sentence forbids a name: "avoid X", "X: contraindicated"."""
    before = _FORBIDDEN.search(sentence[: found.start])
    told = is_described(sentence.lower(), found.end, len(sentence))
    after = _CALLED_BAD.match(sentence, found.end) or _LISTED_AS_BAD.match(sentence, found.end)
    return told or (before or after) is not None


def _is_turned_down(context: Context, start: int) -> bool:
    """Return whether the drug at `start` is named to be avoided or stopped."""
    return any(
        drug.start <= start < drug.end and drug.polarity in ENDED for drug in context.content.drugs
    )


_GONE = (
    r"(?:superseded|withdrawn|retracted|inactive|outdated|obsolete|expired|retired|archived"
    r"|rescinded|replaced|no longer (?:in force|valid|current))"
)
_MARK = re.compile(
    rf"\[[^\]]*\b{_GONE}\b[^\]]*\]"
    rf"|\A[^:.\n]{{0,60}}\b{_GONE}\b[^:.\n]{{0,30}}:|\((?:now |since )?{_GONE}(?: [^()]{{0,30}})?\)"
    r"|\bRETRACTED\b|\b(?:article|paper|trial|publication) has been retracted\b"
    r"|\bthis (?:guideline|document|edition|version|statement|recommendation|label|protocol"
    r"|guidance)"
    r" (?:was|has been|is) (?:now )?(?:withdrawn|superseded|replaced|retired|archived|out of date"
    r"|no longer (?:in force|valid|current))\b",
    re.I,
)
"""A quotation says of its own source that it is not in force."""
_OLD_EDITION = re.compile(
    r"\b(?:replaces?|supersedes?|replaced|superseded)\b[^.]{0,40}?\b(?P<year>(?:19|20)\d\d)\b", re.I
)
_TOLD = re.compile(
    r"\b(?:withdrawn|supersed(?:ed|es|ing)|replac(?:ed|es|ing)|no longer|outdated|obsolete"
    r"|former(?:ly)?|older edition|old edition|previous edition|historical|not in force|out of date"
    r"|retired|archived)\b",
    re.I,
)
_WORD = re.compile(r"[A-Za-z]{3,}|(?<![A-Za-z\d.])\d+(?:\.\d+)?")


def _out_of_force(context: Context) -> Iterator[Verdict]:
    """Report a quotation that is marked as not in force, where the text rests on it unsaid."""
    for quote in context.quotes or ():
        mark = _MARK.search(quote)
        if mark is None:
            yield from _old_edition(context, quote)
        elif not _is_told(context, quote) and _rests_on(context, quote):
            yield Signal(
                severity="critical",
                message="The text rests on a quotation that is marked as not in force: "
                f"{mark[0]!r}.",
                subject="quotation",
            )


def _is_told(context: Context, quote: str) -> bool:
    """Return whether the text says of this source, or of what it advises, that it is over."""
    own = frozenset(word for word in _words(quote) if len(word) > _SHORT or word.isdigit())
    return any(
        _TOLD.search(sentence.text)
        and (_GUIDANCE.search(sentence.text) or _words(sentence.text) & own)
        for sentence in context.content.sentences
    )


_SHORT = 5
"""Letters of a word that may stand in any sentence."""


def _rests_on(context: Context, quote: str) -> bool:
    """Return whether a sentence says what this quotation says, not what those in force say."""
    rest = [other for other in context.quotes or () if not _MARK.search(other)]
    if not rest:
        return True
    if _names_year_of(context, rest) and not _names_year_of(context, [quote]):
        return False  # "the 2021 statement applies", and it is among those in force
    marked, others = _words(_MARK.sub(" ", quote)), frozenset[str]().union(*map(_words, rest))
    own, theirs = marked - others, others - marked
    if not own:
        return "retracted" in quote.lower()
    return any(
        _follows(words & own, words & theirs)
        for words in (_words(sentence.text) for sentence in context.content.sentences)
    )


def _follows(own: frozenset[str], theirs: frozenset[str]) -> bool:
    """Return whether a sentence shares more with one quotation than with the others.

    A number that only one side has decides: advice is mostly changed in its numbers.
    """
    if _has_number(own) != _has_number(theirs):
        return _has_number(own)
    return len(own) > max(1, len(theirs)) or (_has_number(own) and not theirs)


def _names_year_of(context: Context, quotes: Sequence[str]) -> bool:
    """Return whether the text names the year of an edition that one of the quotations bears."""
    years = frozenset(found[0] for quote in quotes for found in _ANY_YEAR.finditer(quote))
    return any(found[0] in years for found in _ANY_YEAR.finditer(context.text))


_ANY_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?![\d.]*\d|\s?m[cg])")


def _has_number(words: frozenset[str]) -> bool:
    """Return whether there is a number among words that is no year."""
    return any(word[0].isdigit() and not _YEAR.fullmatch(word) for word in words)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))


def _old_edition(context: Context, quote: str) -> Iterator[Verdict]:
    """Report an edition that a quotation says was replaced, where the text follows it."""
    for match in _OLD_EDITION.finditer(quote):
        named = find(context.text, (match["year"],))
        if named is not None and not _is_told(context, quote):
            yield Signal(
                severity="critical",
                message=f"The text follows the edition of {match['year']}, which its quotation "
                "says was replaced.",
                span=named,
                subject="edition",
            )


RULES = (
    Rule(
        id="QUO104",
        title="withdrawn drug or replaced guideline",
        category="superseded",
        rationale="What was right in an old edition may be wrong in force.",
        tables=("superseded", "editions"),
        check=_superseded,
    ),
    Rule(
        id="QUO105",
        title="quotation not in force",
        category="superseded",
        rationale="Advice that was replaced is quoted as if it still held.",
        check=_out_of_force,
    ),
)
