"""Words as grounding compares them: where they stand, what they mean, where a clause ends.

Two writers say one thing in different words. Each word is brought to a key: its stem, or the
first word of the group of synonyms it belongs to ("kidney" to "renal", "halt" to "stop").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from medrag.clinical.grounding_abbreviations import EXPANSIONS


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


# Phrases that are one word of another kind; the longest that fits is taken.
_PHRASES = {
    r"(?:regardless|irrespective|independent(?:ly)?) of (?:food|meals?)|with or without (?:food|meals?)": "",
    r"first[- ]line|(?:initial|first)(?: [a-z]+)?[- ](?:treatment|therapy|choice|agent|drug|option|management)"
    r"|(?:treatment|drug) of (?:first )?choice|(?:comes?|goes|tried|used|given|chosen) first\b(?! (?:line|dose|week|month|day))"
    r"|(?:treatment|therapy) (?:starts|begins)|up-?front|best treated with|mainstay": "firstline",
    r"(?:second|third|fourth|later|last|subsequent)[- ]line|last resort|salvage|(?:comes?|tried|used|given|chosen|and) second(?=[.,;]|\Z)"
    r"|(?:an |the )?alternatives?|(?:be )?used instead|instead(?=[.,;]|\Z)"
    r"|(?:reserved|kept|held back|saved) (?:back )?for|second[- ]choice|refractory"
    r"|(?:when|if|once|after|where) (?:the )?(?:other|previous|first|earlier)(?: \w+){0,2}"
    r" (?:has |have |had )?(?:failed|fail|fails|not worked|are not enough)"
    r"|(?:at least one|one or more|two or more|≥ ?\d) (?:prior|previous|earlier)(?: \w+){0,2}?"
    r" (?:therap(?:y|ies)|regimens?|treatments?|lines?)"
    r"|after (?:[\w-]+ ){1,3}(?:(?:has|have|had) failed|fails?|failed|failure)": "laterline",
    r"prior to": "before",
    r"by mouth|per os": "oral",
    r"on an empty stomach|without food|without meals|in the fasted state|while fasting": "fasting",
    r"with food|with meals?|with a meal|in the fed state": "fed",
    r"breast-?\s?feed(?:ing)?|breast-?\s?fed": "lactation",
    r"in the absence of|free (?:of|from)|devoid of|in no case": "without",
    r"outside the scope of": "not",
    r"(?:it is )?(?:not known|unknown|not clear|unclear|uncertain) (?:whether|if)": "unknown",
    r"no longer than|no later than|no more than|not more than|no less than|not less than"
    r"|no fewer than|(?:not|never)(?: to)? exceed(?:ing)?|without exceeding|no greater than"
    r"|no earlier than|no sooner than|no (?:larger|bigger) than|no more often than|not (?:less"
    r"|later|longer|greater|earlier|fewer) than"
    r"|not be given more than|no higher than|not be (?:more|longer|greater|less) than": "",
    r"not only|but also|not limited to|with(?:out| or without) regard (?:to|for)"
    r"|with or without(?: food)?": "",
    r"regardless of|irrespective of|independent(?:ly)? of|whether or not|no matter": "regardless",
    r"(?:more |further )?(?:studies|research|trials|data) (?:are|is) (?:still )?needed": "unproven",
    r"(?:peak|maximum|maximal)(?: [a-z]+)? (?:concentrations?|levels?)": "cmax",
    r"cannot be avoided|can ?not be avoided|can't be avoided|unavoidable|is necessary": "needed",
    r"as many as|as high as|as much as|as long as|as little as|as low as|as early as": "",
    r"at least|at most|up to": "",
    r"(?:the )?(?:elderly|older (?:adults?|people|persons?|patients?)"
    r"|geriatric patients?)": "elderly",
    r"of (?:child-?bearing|reproductive) (?:potential|age|capacity)"
    r"|(?:who|that|whose \w+ partners?) (?:could|can|may|might) (?:become|get|be) pregnant"
    r"|able to become pregnant|capable of becoming pregnant": "fertile",
    r"(?<!, )once(?= (?:[\w-]+ ){1,4}(?:is|are|has|have|had|was|were)\b)": "after",
    r"once|twice": "",
    r"more (?=common|likely|frequent|often)|more often": "higher ",
    r"less (?=common|likely|frequent|often)|less often": "lower ",
    r"go(?:es)? up|went up": "increase",
    r"go(?:es)? down|went down|c[ua]t back": "decrease",
    r"used? alone|given alone|as monotherapy|as a single agent": "alone",
    r"in combination|in addition to|together with|alongside|concomitant\w*|co-?administ\w+"
    r"|concurrent\w*|simultaneous\w*": "together",
    r"whichever (?:comes|is|occurs) (?:first|sooner|earlier|soonest)": "whicheverfirst",
    r"whichever (?:comes|is|occurs) (?:last|later|longer|latest)": "whicheverlast",
    r"same (?:dose|dosage)": "samedose",
    r"room temperature": "roomtemperature",
    r"(?:recommend\w*|advis\w*|caution\w*|warn\w*|suggest\w*|argue\w*) against": "avoid",
    r"(?:an? )?overnight fast|after (?:a |an )?fast": "fasting",
    r"lower half": "lowerhalf",
    r"upper half": "upperhalf",
    r"at once|right away|cold turkey|all at once": "abruptly",
    r"well[- ]tolerated": "welltolerated",
    r"poorly[- ]tolerated|(?:(?:do(?:es)?|did|can|could) )?(?:not|cannot|can't|don't|doesn't"
    r"|didn't) (?:well )?tolerate[ds]?|unable to tolerate|intolerant (?:of|to)": "poorlytolerated",
    r"in-?patients?|hospitali[sz]ed|in hospital|admitted": "inpatient",
    r"out-?patients?|non-?hospitali[sz]ed|not hospitali[sz]ed|ambulatory": "outpatient",
    r"(?:not|never|n't)(?: be)?(?: go| go up| rise| be given| be taken| take| use| receive| get)?"
    r"(?: over| above| beyond| past| more than| higher than)(?= (?:a |an )?\d)": "",
    r",? or not(?=[.,;]|\Z)": "",
    r"treatment[- ]na[iï]ve": "naive",
    r"adverse (?:drug )?(?:reactions?|events?|effects?)|side[- ]effects?|adrs?": "reaction",
    r"heart failure|cardiac failure": "heartfailure",
    r"blood pressure": "bloodpressure",
    r"in (?:\w+ )?remission": "inactive",
    r"for good": "permanently",
    r"at any time": "regardless",
    r"in no case (?=(?:over|above|more|beyond|exceed))": "",
    r"ahead of": "before",
    r"high[- ](?:certainty|quality|confidence)": "certaintyhigh",
    r"moderate[- ](?:certainty|quality|confidence)": "certaintymoderate",
    r"(?:very )?low[- ](?:certainty|quality|confidence)": "certaintylow",
    r"strong(?:ly)? recommend(?:ation|ed|s)?": "forcestrong",
    r"(?:weak|conditional)(?:ly)? recommend(?:ation|ed|s)?": "forceweak",
    r"(?:at |on )?(?:the |its )?(?:next|usual|regular|normal)(?:ly)?(?: scheduled)?"
    r" (?:time|schedule)|as scheduled|on schedule": "onschedule",
    r"thr(?:ow|ows|own|owing)(?: [a-z]+){0,5} (?:away|out)": "thrownaway",
    r"long(?:er)?[- ]term": "longterm",
    r"short(?:er)?[- ]term": "shorttermed",
    r"as soon as possible|straight away": "immediately",
    r"(?:leave|leaves|leaving) (?:(?:it|them|(?:the|that|a) [a-z]+(?: dose)?) )?out"
    r"|miss(?:es)? it out": "skip",
    r"c ?max": "cmax",
    r"t ?max": "tmax",
    r"(?:preserved|normal) (?:left ventricular |LV )?ejection fraction": "preservedfraction",
    r"reduced (?:left ventricular |LV )?ejection fraction": "reducedfraction",
    r"non-?\s?ST[- ](?:segment[- ])?elevation": "nonstelevation",
    r"ST[- ](?:segment[- ])?elevation": "stelevation",
    r"type (?:1|I|one)(?= diabet)": "diabetesone",
    r"type (?:2|II|two)(?= diabet)": "diabetestwo",
    r"gram[- ]positive": "grampositive",
    r"gram[- ]negative": "gramnegative",
    r"low[- ]molecular[- ]weight": "lowmolecularweight",
    r"(?:never|non)-?\s?smokers?": "nonsmokers",
    r"(?:ex-?|former |past |previous )smokers?": "exsmokers",
    r"(?:immediate|instant|standard)[- ]release": "immediaterelease",
    r"(?:extended|modified|prolonged|sustained|slow|controlled)[- ]release": "extendedrelease",
    r"(?<=is )(?:out|off limits|ruled out|off the table|taboo)(?=[.,;]|\Z)": "avoid",
    r"(?:step|scale)(?:s|d|ped|ping)?[- ]up": "increase",
    r"(?:speed(?:s|ed)?|sped) up": "speeds",
    r"(?:step|scale)(?:s|d|ped|ping)?[- ](?:down|back)": "decrease",
    r"slow(?:s|ed)? down": "delay",
    r"(?:come|comes|came|coming|taken?|get|wean(?:ed)?) off": "stop",
    r"(?:stay|stays|remain|remains|keep|kept|carry|carries|go|goes) on(?= (?:it|the|a|an|this|their"
    r"|with|treatment|therapy|through|taking)\b)": "continue",
    r"before (?:the )?menopause|pre-menopausal": "premenopausal",
    r"after (?:the )?menopause|post-menopausal": "postmenopausal",
    r"not (?:currently |yet )?pregnant|non-pregnant": "nonpregnant",
    r"(?<=[a-z] )second(?=[.,;]|\Z)": "laterline",
    r"uric acid": "urate",
    r"beforehand": "before",
    r"(?:once|when|after)(?= (?:[\w-]+ ){1,3}(?:is|has|have|are)(?: been)? (?:finished|completed?"
    r"|over|done|ended)\b)": "after",
    r"(?:(?<=is )|(?<=are ))suggested": "recommended",
    r"as well(?: as)?|may well|well[- ]being": "",
    r"enough": "sufficient",
    r"for example|such as|e\.g\.|i\.e\.|including": "",
}  # fmt: skip
_PHRASE_KEYS = tuple(_PHRASES.values())
_WORD = re.compile(
    "|".join(
        f"(?P<p{number}>(?<![\\w-])(?:{phrase})(?![\\w]))" for number, phrase in enumerate(_PHRASES)
    )
    + r"|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_]+(?:['’](?:s|t)\b)?\d*(?:[a-z]\d+)?)",
    re.IGNORECASE,
)

_SYNONYMS = """
renal kidney kidneys renally
hepatic liver hepatically
cardiac heart
pulmonary lung lungs
skin cutaneous dermal
eye ocular ophthalmic
child children pediatric paediatric kid kids pediatrics
women woman female females girl girls
men man male males boy boys
neonate newborn newborns neonates neonatal
infant infants baby babies
death deaths die died dies mortality fatal fatality
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
give receiving
take taken takes taking
study studies trial trials
level levels concentration concentrations
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
nasal nose
food foods meal meals fed eating eat eats
freeze frozen freezing freezes
auc exposure exposures
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
sufficient adequate enough adequately sufficiently
vaccin vaccine vaccines vaccinate vaccinated vaccinating vaccination vaccinations immunize immunized
vaccin immunization immunise immunised immunisation
drink beverage beverages drinks
younger young
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
usually routinely generally typically normally commonly
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


_BRITISH = re.compile(r"ae(?=m|s|d|t)|oe(?=so|de|st)|(?<=rrh)oe")


def _american(word: str) -> str:
    """Return a word in American spelling: "hyponatraemia", "oesophagitis", "diarrhoea"."""
    if "ae" not in word and "oe" not in word:
        return word
    return _BRITISH.sub("e", word)


_BREAK = re.compile(r"[,;:()\[\]\n]|\. ")


def _tokens(text: str) -> Iterator[Token]:
    at, broken = 0, True
    for match in _WORD.finditer(text):
        between = text[at : match.start()]
        broken = broken or (between != " " and _BREAK.search(between) is not None)
        at = match.end()
        group = match.lastgroup or ""
        written = _american(match[0].lower().removesuffix("'s").removesuffix("’s"))
        if group[0] == "p":
            meaning = _PHRASE_KEYS[int(group[1:])].strip()
            if not meaning:
                continue
            yield Token(meaning, key(meaning), match.start(), match.end(), broken)
        elif group == "word" and match[0] in EXPANSIONS:
            for word in EXPANSIONS[match[0]]:
                yield Token(word, key(word), match.start(), match.end(), broken)
                broken = False
        elif group == "number":
            yield Token(written, _plain(written), match.start(), match.end(), broken)
        else:
            yield Token(written, key(written), match.start(), match.end(), broken)
        broken = written in _JOINING


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
    return tuple(t for t in stretch if t.start >= start and t.end <= end)
