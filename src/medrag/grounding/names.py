"""Names a claim must have from its quotations: studies, bodies, guidelines, scores, authors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from medrag.clinical.lexicon import load
from medrag.grounding.abbreviations import EXPANSIONS, WORDS_OF_ORDERS
from medrag.grounding.facts import Facts
from medrag.grounding.tokens import key, tokens, words
from medrag.grounding.words import KNOWN_ACRONYMS, is_initials


class Other(NamedTuple):
    """A name of the claim that its quotations do not have; see `grounding.Ungrounded`."""

    kind: Literal["name"]
    start: int
    end: int
    message: str
    expected: str = ""


_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{2,}[A-Z0-9]*(?:[-/][A-Z0-9]+)*(?![\w-])")
_STUDY = re.compile(r"(?<![\w-])[A-Z]{3,}[A-Z0-9]*-[A-Z][a-z]+(?![\w-])")
_IDENTIFIER = re.compile(
    r"(?<![\w.,-])(?!(?:Under|Over|Aged?|Post|Pre|Mid|Non|Anti)-)(?=[A-Za-z-]*\d)[A-Z][A-Za-z]*-?\d(?:[A-Z0-9a-z]|-(?=[A-Z0-9]))*(?![\w%])"
)
_SCORES = re.compile(
    r"\b(?:q?SOFA|CURB-?65|CRB-?65|APACHE(?: II)?|MELD(?:-Na)?|CHA2DS2-VASc|CHADS2|HAS-BLED"
    r"|QRISK ?[23]?|Framingham|SCORE2|GRACE|TIMI|Wells|Geneva|PERC|Centor|McIsaac|Glasgow|NEWS2?"
    r"|PHQ-?[29]|GAD-?[27]|AUDIT(?:-C)?|CAGE|MMSE|MoCA|NIHSS|mRS|Rankin|Ranson|BISAP|Rockall"
    r"|Blatchford|Alvarado|Apgar|Bishop|Braden|Norton|Waterlow|FRAX|QFracture|Gail|Tanner|Karnofsky"
    r"|ECOG|DAS-?28|BASDAI|PASI|EDSS|IPSS|Epworth|STOP-?BANG|Mallampati|Caprini|Padua|Khorana|HEART"
    r"|ABCD2|Killip|EuroSCORE|mMRC|CAT|Child-Pugh|Maddrey|Lille|FIB-?4|Cockcroft-Gault|MDRD|CKD-EPI"
    r"|Schwartz|Parkland|Bosniak|Gleason|BI-RADS|Edinburgh|Beck|Hamilton|Duke|Jones|Light's|RIFLE"
    r"|KDIGO|Berlin|Rome|Amsel|Nugent|Kocher|Ottawa|Canadian|NEXUS|PECARN)(?:'s)?"
    r"(?= (?:score|scale|criteria|index|rule|rules|tool|classification|calculator|risk|equation"
    r"|questionnaire|staging|system|formula|model|test)\b)|\b(?:q?SOFA|CURB-?65|CRB-?65"
    r"|QRISK ?[23]?|CHA2DS2-VASc|HAS-BLED|CHADS2|PHQ-?[29]|GAD-?7|NIHSS|FRAX|MELD(?:-Na)?)\b"
)
_AUTHORS = re.compile(
    r"\b(?P<who>[A-Z][a-z'\u2019-]+)(?: [A-Z]{1,2})?"
    r"(?= (?:et al\b|and co(?:lleagues|-?workers)\b))"
)
_EPONYM = re.compile(
    r"\b(?P<who>[A-Z][\w'-]+)(?: (?:[Hh]eart|[Ss]troke|[Hh]ealth))?"
    r"(?= (?:trial|study|registry|cohort|guidelines?|statement|report|recommendations?)\b)"
)
_COMMON = words("""
The This That These Those A An Each Every One Two Three Our Their Its Such Another Any Some No
Clinical Current New Recent First Second Phase Randomized Randomised Pivotal Large Small Pilot
National International Local European American British Canadian Australian Practice Treatment
Consensus Updated Latest Prospective Retrospective Case Cohort Animal Human Same Main Expert Joint
Key General Official Published Final Full Initial Original Previous Earlier Quoted Cited Both In
For By Of From With And Or According Per Under Follow Following Source Evidence Quality Safety
""")


def other_names(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield names of studies, bodies, guidelines and genes that the quotations do not hold."""
    texts = " ".join(source.text for source in sources)
    packed = _packed(texts)
    drugs = {i for drug in said.drugs for i in range(drug.start, drug.end)}
    places = [(n.start, n.end) for n in said.numbers] + [(f.start, f.end) for f in said.frequencies]
    numbers = {i for start, end in places for i in range(start, end)}
    named = {match.span(): match[0] for match in _ACRONYM.finditer(said.text)}
    named |= {match.span(): match[0] for match in _IDENTIFIER.finditer(said.text)}
    for (start, end), name in sorted(named.items()):
        known = name in KNOWN_ACRONYMS or name in EXPANSIONS or name in WORDS_OF_ORDERS
        if known or start in drugs | numbers or len(name) < _SHORTEST or _SCORES.match(name):
            continue
        if not _is_held(name, packed, texts) and not _is_of_class(name, sources):
            yield _absent(start, end, name)
    yield from _proper(said.text, packed, texts)
    yield from _abbreviated(said.text, sources)
    yield from _bodies(said.text, texts)


_BODIES = words("""
WHO FDA EMA CDC NICE NHS MHRA USPSTF ACIP AHA ACC ESC ADA EASD ACOG RCOG AAP AAFP ACP IDSA ATS ERS
BTS SIGN GINA GOLD KDIGO KDOQI ACR EULAR AASLD EASL ACG AGA ASCO ESMO NCCN AAN APA CHEST ASH ESH NIH
UKHSA ECDC STIKO PHE AUA EAU NAMS BNF
""")
_NAMED_BODY = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(_BODIES))})(?![\w-])")


_IN_FULL = re.compile(r"\b[A-Z][a-z]+(?: (?:(?:of|for|on|and|the|in) ){0,2}[A-Z][a-z]+){1,8}")


@lru_cache(maxsize=256)
def named_bodies(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return (initials, start, end) of each body that a text names, in initials or in full."""
    found = [(m[0], *m.span()) for m in _NAMED_BODY.finditer(text)]
    for match in _IN_FULL.finditer(text):
        names = [word for word in match[0].split() if word[0].isupper()]
        initials = ("".join(word[0] for word in names[at:]) for at in range(len(names) - 2))
        known = next((one for one in initials if one in _BODIES), None)
        if known is not None:
            found.append((known, *match.span()))
    return tuple(sorted(found, key=lambda one: one[1]))


def _is_of_class(name: str, sources: Sequence[Facts]) -> bool:
    """Return whether an abbreviation is of the class of a drug that the quotations name."""
    known = load().drugs
    drugs = (key for source in sources for drug in source.drugs for key in drug.keys)
    return any(
        name.lower() in one.split("-")
        for key in drugs if key in known
        for one in known[key].classes
    )  # fmt: skip


def _bodies(claim: str, texts: str) -> Iterator[Other]:
    """Yield a body so well known that it may go unnamed, where the quotations name another."""
    told = {name for name, _, _ in named_bodies(texts)}
    for match in _NAMED_BODY.finditer(claim):
        rivals = sorted(told - {name for name, _, _ in named_bodies(claim)})
        known = match[0] in KNOWN_ACRONYMS and not is_initials(match[0], texts)
        if known and rivals and match[0] not in told:
            yield Other("name", match.start(), match.end(),
                        f"{match[0]} is named in no quotation of this claim; they name "
                        f"{rivals[0]}.", rivals[0])  # fmt: skip


def _told_by(sources: Sequence[Facts]) -> str:
    return " ".join(source.text for source in sources)


def _abbreviated(claim: str, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield "HBV" where the quotations speak of "HCV": of another matter that is abbreviated."""
    said, told = _abbreviations(claim), [_abbreviations(source.text) for source in sources]
    stated = {name for names in told for name in names}
    held = {token.word: token.key for source in sources for token in tokens(source.text)}
    spoken = {token.key for token in tokens(claim)}
    rivals = sorted(name for name in stated if not _matter(name) <= spoken)
    rivals += sorted(word for word in held.keys() & _INFECTIONS if held[word] not in spoken)
    keys = set(held.values())
    for name, place in said.items():
        own = _matter(name)
        strange = len(own) > 1 and not own & keys and not is_initials(name, _told_by(sources))
        kinds = _KINDS_OF.get(name)
        if kinds is not None and kinds.search(_told_by(sources)):
            continue
        if any(name in word and name != word for word in _told_by(sources).split()):
            continue  # "cDMARD" is a DMARD
        if (rivals or strange) and name not in stated and not own <= keys:
            rivals = rivals or sorted(t.word for t in tokens(sources[0].text))[:1]
            yield Other("name", place, place + len(name),
                        f"{name} stands in no quotation of this claim; they say {rivals[0]}.",
                        rivals[0])  # fmt: skip


_KINDS_OF = {
    "UTI": re.compile(r"\b(?:cystitis|pyelonephritis|bacteriuria|urosepsis)\b", re.IGNORECASE),
    "VTE": re.compile(r"\b(?:DVT|PE|thrombosis|embolism)\b", re.IGNORECASE),
    "ACS": re.compile(r"\b(?:N?STEMI|NSTE|unstable angina|myocardial infarction)\b", re.IGNORECASE),
    "CKD": re.compile(r"\b(?:renal|kidney|eGFR|dialysis)\b", re.IGNORECASE),
    "CVD": re.compile(r"\bcardiovascular\b", re.IGNORECASE),
}
"""What may be told by the name of its kind."""
_LONG = re.compile(r"(?<![\w-])[A-Za-z][A-Za-z]+\d?(?![\w-])")


def _abbreviations(text: str) -> dict[str, int]:
    """Return the abbreviations of diseases and organisms in `text`, with their places."""
    return {
        m[0]: m.start() for m in _LONG.finditer(text)
        if m[0] in EXPANSIONS and _NAMED & set(EXPANSIONS[m[0]])
    }  # fmt: skip


_NAMED = words("""
virus disease syndrome infection cancer leukemia pneumonia failure infarction fibrillation
embolism thrombosis hypertension arthritis sclerosis disorder fibrosis hemorrhage cytomegalovirus
encephalopathy diabetes colitis tuberculosis lupus asthma hepatitis lymphoma myeloma stroke
""")


_INFECTIONS = words("""
influenza measles mumps rubella varicella rabies malaria tuberculosis pertussis tetanus diphtheria
poliomyelitis cholera typhoid anthrax smallpox mpox ebola dengue zika herpes shingles chlamydia
gonorrhea syphilis candidiasis aspergillosis toxoplasmosis
""")


def _matter(name: str) -> set[str]:
    return {key(word) for word in EXPANSIONS[name] if word not in _GENERAL}


_GENERAL = frozenset({"virus", "disease", "syndrome", "infection", "disorder", "mellitus", "human"})


_SHORTEST = 3
_UNITS_PER_ML = re.compile(r"U-?(?P<many>\d{2,3})")
"""The strength of an insulin: U100."""


def _packed(text: str) -> str:
    return re.sub(r"[\s\u2010-\u2015'\u2019-]", "", text).lower()


def _is_held(name: str, packed: str, texts: str) -> bool:
    bare = _packed(name)
    strength = _UNITS_PER_ML.fullmatch(name)
    if strength and f"{strength['many']}units/ml" in packed:
        return True
    head, _, tail = name.partition("-")
    if any(char.isdigit() for char in name) and sum(map(str.isalpha, name)) < _SHORTEST:
        # "NG28" is not "NICE guideline" at large; "G4-G5" are both
        return all(_packed(part) in packed for part in re.split(r"[-/]", name))
    if tail.endswith(("ed", "ing", "like", "free", "naive")) and _packed(head) in packed:
        return True
    return bare in packed or bare.removesuffix("s") in packed or is_initials(name, texts)


def _proper(claim: str, packed: str, texts: str) -> Iterator[Other]:
    """Yield scores, authors and names before "trial" or "guideline", in any case of letters."""
    taken: set[int] = set()
    for pattern in (_STUDY, _SCORES, _AUTHORS, _EPONYM):
        for match in pattern.finditer(claim):
            name = match["who"] if "who" in pattern.groupindex else match[0]
            start = match.start()
            if name in _COMMON or start in taken or name in EXPANSIONS:
                continue
            if not _is_held(name, packed, texts):
                taken.add(start)
                yield _absent(start, start + len(name), name)


def _absent(start: int, end: int, name: str) -> Other:
    return Other("name", start, end, f"{name} is named in no quotation of this claim.")
