"""Words as grounding compares them: where they stand, what they mean, where a clause ends.

Two writers say one thing in different words. Each word is brought to a key: its stem, or the
first word of the group of synonyms it belongs to ("kidney" to "renal", "halt" to "stop").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from medrag.grounding.abbreviations import EXPANSIONS
from medrag.grounding.phrases import PHRASES
from medrag.text.beginnings import beginnings


def words(text: str) -> frozenset[str]:
    """Return the words of a list written as text."""
    return frozenset(text.split())


class Token(NamedTuple):
    """One word or number of a text.

    Attributes:
        word: In lower case, as written.
        key: What it is compared by.
        start, end: Its characters.
        breaks: A comma, semicolon, colon, bracket or conjunction stands before it.
    """

    word: str
    key: str
    start: int
    end: int
    breaks: bool


_PHRASE_KEYS = tuple(PHRASES.values())
_LOWER = [re.sub(r"(\\.)|([A-Z])", lambda m: m[1] or m[2].lower(), one) for one in PHRASES]
"""The phrases as they are looked for: in a text in small letters."""


@lru_cache(maxsize=1)
def _phrases() -> tuple[dict[str, re.Pattern[str]], dict[str, re.Pattern[str]]]:
    """Return, by two characters and by one that it begins with, what phrase stands at a place.

    By one for the phrases that go on with anything. Each keeps its number, by which its meaning
    is known; the first that fits is taken.
    """
    begun = [beginnings(one, 2) for one in _LOWER]
    heads = {head for ones in begun for head in ones}

    def every(head: str) -> re.Pattern[str]:
        fitting = (at for at, ones in enumerate(begun) if head in ones or head[0] in ones)
        named = (f"(?P<p{at}>(?:{_LOWER[at]})(?![\\w]))" for at in fitting)
        return re.compile("|".join(named))

    by_two = {head: every(head) for head in sorted(heads) if len(head) > 1}
    return by_two, {head: every(head) for head in sorted(heads) if len(head) == 1}


_START = re.compile(r"[^\W_]|\u2265")
"""What a word, a number or a phrase begins with."""
_WORD = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_]+(?:['’](?:s|t)\b)?\d*(?:[a-z]\d+)?)"
)

_SYNONYMS = """
renal kidney kidneys renally
hepatic liver hepatically
cardiac heart
pulmonary lung lungs
skin cutaneous dermal
eye ocular ophthalmic
child children pediatric paediatric kid kids pediatrics childhood
women woman female females girl girls
men man male males boy boys
neonate newborn newborns neonates neonatal
infant infants baby babies infancy
death deaths die died dies mortality fatal fatality
stop cessation
start started starts starting initiate initiated initiating initiation begin begins began begun
stop stopped stops stopping discontinue discontinued discontinuing discontinuation cease ceased
stop halt hold held withhold withheld withholding interrupt interrupted interrupting suspend
stop suspended pause paused quit
increase increased increases increasing raise raised raises raising rise rises rose risen elevate
increase elevated elevation rising climb climbed climbs grow grew heightened boost boosts
decrease fall falls fell fallen falling cut cuts cutting
decrease decreased decreases decreasing reduce reduced reduces reducing reduction decline
decrease declined drop dropped lower lowered lowering lowers
prolong prolonged prolongs prolongation lengthen lengthened extend extended
patient patients people person persons individual individuals subject subjects participant
patient participants those recipient recipients
drug drugs medicine medicines medication medications agent agents
dose doses dosage dosages dosing
treat treated treating treatment treatments therapy therapies therapeutic
use used uses using usage
give given gives giving administer administered administering administration receive received
give receiving get gets got
take taken takes taking
study studies trial trials
level levels concentration concentrations exposure exposures
risk risks likelihood chance probability
monitor monitoring monitored check checked checking measure measured assess assessed assessment
monitor test tested assessments watch watched observe observed surveillance
pregnancy pregnant pregnancies gestation
persist persists persisted persisting remain remains remained stay stays stayed
fetus fetal foetal foetus fetuses unborn
lactation lactating nursing nurse nurses breastfeed breastfeeds
happen occur occurred occurs occurring observed seen reported noted developed
final last
severe serious
surgery operation surgical
hypertension hypertensive
cause causes caused causing lead leads led result results resulted produce produces produced
need needed needs require required requires requiring necessary
show showed shown demonstrate demonstrated shows
recommend recommended recommends recommendation advise advised advises suggested
evaluate evaluated evaluation studied investigate investigated
combine combined combination together coadministered
impair impaired impairment
apply applies applied pertain pertains
differ differs differed difference differences different
harm harmful damage
kidneystone nephrolithiasis
elective planned scheduled
substitute substituted substitution replace replaced replacing replacement interchange
interchanged interchangeable switch
interval intervals gap gaps time times
gastric stomach
ovarian ovary ovaries
testicular testis testes testicle
uterine uterus womb
brain cerebral
food foods meal meals fed eating eat eats
freeze frozen freezing freezes
hemorrhage bleed bleeds bleeding bleeding hemorrhages haemorrhage
myocardialinfarction
cancer cancers carcinoma malignancy malignancies tumor tumors
daily day days
weekly week weeks
prophylaxis prophylactic prevent prevents prevented preventing prevention preventive
absorb absorbed absorbs absorption
distinguish distinguishes distinguished differentiate differentiates discriminate tell tells
monthly month months
yearly year years annual annually
hour hours hourly
vomit vomiting
nausea nauseated nauseous
intravenous intravenously iv
subcutaneous subcutaneously sc subq
intramuscular intramuscularly im
oral orally po
older elderly geriatric
extra additional supplemental supplementary
sufficient adequate enough adequately sufficiently
vaccin vaccine vaccines vaccinate vaccinated vaccinating vaccination vaccinations immunize immunized
vaccin immunization immunise immunised immunisation
drink beverage beverages drinks
younger young
effective effectiveness efficacy efficacious
additional extra
unacceptable intolerable
weight weigh weighs weighed weighing weights
"""


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in _SYNONYMS.splitlines():
        group = line.split()
        for word in group:
            table.setdefault(word, group[0])
    return table


_KEYS = _table()
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
_JOINING = words("""
and or but while whereas versus vs than compared against although though because since nor if when
unless until due
""")  # fmt: skip
_LIGHT = words("""
the a an of in for to and or is are be with by on at as it its this that these should may can
must was were has have been from not no do does did than who which will would their there any
all other when if your you never without cannot however but also more per i we our they them he
she his her so such then thus into about after before until unless while whereas versus vs only
use patient give take dose treat need recommend happen drug avoid contraindicated having being
had due because compared both each either neither nor some most many few within during between
under over above below least up out off every
very usually routinely generally typically normally commonly
passage passages source sources text label quote quotes quotation excerpt states says state
question answer note according supplied
""")
_ENDINGS = ("icities", "icity", "ities", "ity", "ations", "ation", "ments", "ment", "ings",
            "ing", "ions", "ion", "ies", "ed", "es", "ly", "al", "ic", "s", "e", "y")  # fmt: skip


@lru_cache(maxsize=16384)
def key(word: str) -> str:
    """Return what a word is compared by: the first of its synonyms, else its stem."""
    word = word.lower()
    if word in _KEYS:
        return _KEYS[word]
    if word in _NUMBERS:
        return _NUMBERS[word]
    stem = _stripped(word)
    for base in (stem, f"{stem}e"):
        if stem != word and base in _KEYS:
            return _KEYS[base]
    return stem if stem == word else _stripped(stem)


def _stripped(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[Token, ...]:
    """Return the words and numbers of `text` in order; phrases without meaning are left out."""
    return tuple(_tokens(text))


def as_written(word: str, texts: Sequence[str]) -> str:
    """Return what stands in the first of `texts` that has it, for a word as it is compared.

    "first-line" for "firstline"; the word itself where no text has it.
    """
    for text in texts:
        for token in tokens(text):
            if token.word == word:
                return " ".join(text[token.start : token.end].split())
    return word


_BRITISH = re.compile(r"ae(?=m|s|d|t)|(?<!gastr)oe(?=so|de|st)|(?<=rrh)oe")


def american(word: str) -> str:
    """Return a word in American spelling: "hyponatraemia", "oesophagitis", "diarrhoea"."""
    if "ae" not in word and "oe" not in word:
        return word
    return _BRITISH.sub("e", word)


_BETWEEN_NUMBERS = re.compile(r"\d (?:and|or) \d")
"""A range or a pair of numbers, which ends nothing that is said: "between 30 and 45"."""
_BREAK = re.compile(r"[,;:()\[\]\n]|\. ")


def _tokens(text: str) -> Iterator[Token]:
    at, before, broken = 0, 0, True
    lower = text.lower()
    if len(lower) != len(text):
        lower = text
    for match in _matches(lower):
        start, end = match.span()
        between = text[at:start]
        initial = between == ". " and at - before == 1  # "C. difficile"
        broken = broken or (between != " " and not initial and _BREAK.search(between) is not None)
        before, at = start, end
        group = match.lastgroup or ""
        written, known = _reading(match[0])
        if group[0] == "p":
            meaning = _PHRASE_KEYS[int(group[1:])].strip()
            if not meaning:
                continue
            yield Token(meaning, key(meaning), start, end, broken)
        elif group == "word" and text[start:end] in EXPANSIONS:
            for word in EXPANSIONS[text[start:end]]:
                yield Token(word, key(word), start, end, broken)
                broken = False
        elif group == "number":
            yield Token(written, _plain(written), start, end, broken)
        else:
            yield Token(written, known, start, end, broken)
        broken = written in _JOINING and not _BETWEEN_NUMBERS.match(text, max(0, start - 2))


def _matches(lower: str) -> Iterator[re.Match[str]]:
    """Yield the phrases, numbers and words of a text in small letters, in order."""
    by_two, by_one = _phrases()
    begin, read = _START.search, _WORD.match
    found = begin(lower)
    while found is not None:
        start = found.start()
        match = None
        if start == 0 or not (lower[start - 1].isalnum() or lower[start - 1] in "_-"):
            head = lower[start : start + 2].translate(_AS_ZERO)
            phrases = by_two.get(head) or by_one.get(head[0])
            match = phrases.match(lower, start) if phrases else None
        match = match or read(lower, start)
        if match is not None:
            yield match
        found = begin(lower, match.end() if match is not None else start + 1)


_AS_ZERO = str.maketrans("123456789", "000000000")


@lru_cache(maxsize=16384)
def _reading(written: str) -> tuple[str, str]:
    """Return a word as it is compared, and its key."""
    word = american(written.removesuffix("'s").removesuffix("’s"))
    return word, key(word)


def _plain(number: str) -> str:
    plain = number.replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def is_light(token: Token) -> bool:
    """Return whether a word carries little of what a sentence is about."""
    return token.word in _LIGHT or token.key in _LIGHT


def content(stretch: Sequence[Token]) -> frozenset[str]:
    """Return the keys of the words that carry what a stretch of text is about, no numbers."""
    return frozenset(t.key for t in stretch if not t.key[0].isdigit() and not is_light(t))


# Where one statement ends and another begins.
_CLAUSE_END = re.compile(
    r"(?<!\d)(?<!\b[A-Z])[.;?!](?=\s|\Z)|\.(?=\s+[A-Z])|;|,? but |,? however,? |, yet |\n"
    r"|, (?:and|while|whereas|although|though) (?=(?:it|the|its|do|they|in|there|an?|no|below|above"
    r"|under|over|if|when|for|with|at|after|during)\b)"
    r"|, (?:while|whereas|although|though) "
)


@lru_cache(maxsize=512)
def clauses(text: str) -> tuple[tuple[int, int], ...]:
    """Return the (start, end) of each clause of `text` that holds words, in order."""
    found = []
    at = 0
    for match in _CLAUSE_END.finditer(text):
        if text[at : match.start()].strip():
            found.append((at, match.start()))
        at = match.end()
    if text[at:].strip():
        found.append((at, len(text)))
    return tuple(found)


def within(stretch: Sequence[Token], start: int, end: int) -> tuple[Token, ...]:
    """Return the words that stand in [start, end)."""
    first, last = place_of(stretch, start), place_of(stretch, end)
    while last > first and stretch[last - 1].end > end:
        last -= 1
    return tuple(stretch[first:last])


def place_of(stretch: Sequence[Token], start: int) -> int:
    """Return the number of words that begin before the character at `start`."""
    return bisect_left(stretch, start, key=_start)


def _start(token: Token) -> int:
    return token.start


def between(borders: re.Pattern[str], text: str, start: int, end: int) -> tuple[int, int]:
    """Return what lies around [start, end): from the last border before it to the next behind."""
    ends = (match.end() for match in borders.finditer(text, 0, start + 1))  # a look at `start`, too
    low = max((end for end in ends if end <= start), default=0)
    after = borders.search(text, end)
    return low, after.start() if after else len(text)
