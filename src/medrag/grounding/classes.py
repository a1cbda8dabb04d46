"""Closed classes of clinical words: scans, specimens, positions, routes of dialysis, opposites.

A claim that names one member of a class is held to quotations that name another and not this one;
so are two words of one stem whose prefixes exclude each other ("pre-", "post-").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from medrag.grounding.tokens import Token, as_written, key, tokens


class Other(NamedTuple):
    """A term of the claim that its quotations do not have; see `grounding.Ungrounded`."""

    kind: Literal["name", "population", "direction"]
    start: int
    end: int
    message: str
    expected: str = ""


_CLASSES = """
dialysis: hemodialysis haemodialysis hemodialyzed hemodialysed | peritoneal | hemofiltration
scan: computed tomography | mri magnetic | ultrasound ultrasonography sonography echography | xray
 radiograph radiography | pet positron | scintigraphy | mammography mammogram mammograms
scope: colonoscopy | sigmoidoscopy | gastroscopy | bronchoscopy | cystoscopy | hysteroscopy
 | laparoscopy | arthroscopy | colposcopy
specimen: urine urinary | stool feces faeces fecal faecal | saliva salivary | sputum | hair
position: supine | prone | upright sitting seated | standing | lateral
limb: deltoid arm | thigh anterolateral | buttock buttocks gluteal | abdomen abdominal | calf
season: winter | summer | spring | autumn
weekday: monday | tuesday | wednesday | thursday | friday | saturday | sunday
sense: hearing | vision visual | taste | smell
germ: staphylococcus staphylococcal | streptococcus streptococcal | pneumococcus pneumococcal
 | meningococcus meningococcal | gonococcus gonococcal | enterococcus enterococcal | pseudomonas
 | klebsiella | escherichia | salmonella | listeria | legionella | chlamydia | mycoplasma | candida
 | aspergillus | cryptococcus | clostridioides clostridium
virus: influenza | rotavirus | norovirus | adenovirus | cytomegalovirus | measles | mumps | rubella
 | varicella chickenpox | rabies | polio poliomyelitis | pertussis | tetanus | diphtheria
allergy: penicillin penicillins | peanut peanuts | latex | egg eggs | shellfish | soy soya | gluten
 | lactose
trial: cohort | crossover | casecontrol
part: halffirst | halfsecond
meal: breakfast | lunch | dinner supper
joint: hip | knee | shoulder | wrist | ankle | elbow
fluid: saline | dextrose | ringer lactated
cell: neutrophil neutrophils neutropenia neutropenic | lymphocyte lymphocytes lymphopenia
 | platelet platelets thrombocytopenia | eosinophil eosinophils eosinophilia
route: intravenous | intramuscular | subcutaneous | intrathecal | sublingual
deficiency: b12 cobalamin | folate folic | iron | zinc | thiamine | iodine
doctor: cardiologist | nephrologist | neurologist | dermatologist | psychiatrist | oncologist
 | rheumatologist | urologist | gynecologist gynaecologist | ophthalmologist | endocrinologist
 | gastroenterologist | pulmonologist | hepatologist | hematologist haematologist | surgeon
family: mother mothers maternal | father fathers paternal | sibling siblings
diagnosis: ischemic ischaemic | hemorrhagic haemorrhagic
disorder: depression depressive | schizophrenia | mania manic bipolar | anxiety | dementia
 | psychosis | epilepsy | migraine | parkinson parkinsonism
origin: japanese | chinese han | thai | korean | indian | filipino | vietnamese
 | african | caucasian
rhythm: sinus | fibrillation | flutter
people: prisoners prisoner inmates | healthcare | travelers travellers | veterans | athletes
 | refugees migrants | students | caregivers carers
lung: asthma asthmatic asthmatics | pneumonia | bronchitis | bronchiolitis | tuberculosis | copd
"""


def _read() -> dict[str, tuple[str, int]]:
    members: dict[str, tuple[str, int]] = {}
    for line in _CLASSES.strip().replace("\n ", " ").splitlines():
        name, _, rest = line.partition(":")
        for number, group in enumerate(rest.split("|")):
            for word in group.split():
                members[word] = members[key(word)] = (name, number)
    return members


_MEMBERS = _read()
"""Word or key -> its class, and which member of it."""


def member_of(token: Token) -> tuple[str, int] | None:
    """Return the class of a word, and which member of it; None for other words."""
    return _MEMBERS.get(token.word) or _MEMBERS.get(token.key)


def other_members(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    """Yield words of `claim` in whose stead the sources name another member of their class."""
    said = tokens(claim)
    told = [token for source in sources for token in tokens(source)]
    stated = _by_class(told)
    spoken = _by_class(said)
    for token in said:
        place = member_of(token)
        if place is None:
            continue
        name, number = place
        rivals = {n: t for n, t in stated.get(name, {}).items() if n not in spoken[name]}
        if rivals and number not in stated[name]:
            rival = next(iter(rivals.values())).word
            yield _said_for(claim, token, rival, sources)
    yield from _prefixed(claim, told, sources)


def _by_class(words: Sequence[Token]) -> dict[str, dict[int, Token]]:
    found: dict[str, dict[int, Token]] = {}
    for token in words:
        place = member_of(token)
        if place is not None:
            found.setdefault(place[0], {}).setdefault(place[1], token)
    return found


def _said_for(claim: str, token: Token, rival: str, sources: Sequence[str]) -> Other:
    words, other = claim[token.start : token.end], as_written(rival, sources)
    return Other("direction", token.start, token.end,
                 f"The claim says {words!r}, its quotation {other!r}.", other)  # fmt: skip


# --- Prefixes that exclude each other -------------------------------------------------------------

_PREFIXES = (
    ("pre", "post"), ("ante", "post"), ("hyper", "hypo"), ("intra", "extra"), ("mono", "poly"),
    ("uni", "bi"), ("macro", "micro"), ("over", "under"), ("supra", "infra"), ("tachy", "brady"),
    ("homo", "hetero"), ("endo", "exo"), ("inter", "intra"), ("poly", "oligo"), ("up", "down"),
)  # fmt: skip
_STEM = 4


@lru_cache(maxsize=4096)
def _opposites(word: str) -> tuple[str, ...]:
    """Return the words that differ from `word` by a prefix that excludes its own."""
    found = []
    for pair in _PREFIXES:
        for one, other in (pair, pair[::-1]):
            if word.startswith(one) and len(word) - len(one) >= _STEM:
                found.append(other + word[len(one) :])
    return tuple(found)


def _prefixed(claim: str, told: Sequence[Token], sources: Sequence[str]) -> Iterator[Other]:
    said = tokens(claim)
    stated = {token.word for token in told}
    spoken = {token.word for token in said}
    for token in said:
        if token.word in stated:
            continue
        for opposite in _opposites(token.word):
            if opposite in stated and opposite not in spoken:
                yield _said_for(claim, token, opposite, sources)
