"""Words that turn a statement: the axes of meaning on which two words exclude each other.

An axis has two or more poles; a claim that stands on another pole than its quotation says
something else. `use` and `start` are axes of advice; the others describe.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from medrag.grounding.tokens import words


class Pole(NamedTuple):
    """Where a word stands: `("amount", "up")` for "raised"."""

    axis: str
    pole: str


_AXES = """
amount up: increase prolong enhanc potentiat boost higher longer greater double triple upward
amount down: lose loses losing lost loss
amount up: maximiz augment exaggerat accelerat wider more larger climb climbed grow grew exceed
amount up: exceeded exceeds lengthen heighten stronger upper gain
amount down: prevent prevents prevented decrease shorten shorter lessen diminish
amount down: attenuates attenuate fewer smaller lesser halve halved halves halving minimiz
amount down: weaken weaker blunt curb fade fades fading faded wane wanes waning
amount up: strengthen strengthens strengthened
amount down: reverses reversed counteracts counteracted
amount up: help helps helped aid aids
amount down: hinder hinders hindered impede impedes impeded
amount down: suppress less downward lower narrower
effect changed: alter altered alters affect affected affects influence influenced influences modify
effect changed: modified modifies changed
effect unchanged: similar comparable unaffected unchanged unaltered
effect unchanged: preserve preserves preserved preserving
scope open: regardless
scope closed: only confined exclusively solely restricted
effect unchanged: ineffective
effect changed: differ differed differs
fare better: improve improved improves
fare worse: worsen worsened worsens worsening deteriorate deteriorated deteriorates
fare worse: exacerbate exacerbates
fare worse: exacerbated aggravate aggravates aggravated
evidence shown: proven proves proved demonstrated confirmed conclusive showed show shows shown
evidence shown: revealed settled
evidence unshown: inconclusive unproven unclear uncertain
evidence scant: insufficient inadequate
evidence looked: studied evaluated investigated established determined assessed evidence data
evidence looked: trials studies information experience conducted performed
amount same: samedose
sooner first: whicheverfirst
sooner last: whicheverlast
amount up: commoner
amount down: rarer
rate often: common frequent likely usual often
rate seldom: rare uncommon infrequent unlikely unusual seldom
enzyme substrate: substrate substrates metabolized metabolised
enzyme inhibit: inhibit inhibitor inhibitors inhibition inhibits inhibiting blocks
enzyme induce: induce inducer inducers induction induces inducing induced
grade mild: mild mildly
grade moderate: moderate moderately
grade severe: severe severely
grade strong: strong potent
grade weak: weak
alert drowsy: somnolence drowsiness sleepiness sedation
alert awake: insomnia sleeplessness
course acute: acute acutely
course chronic: chronic chronically
route oral: oral tablet tablets capsule capsules swallow swallowed
route buccal: buccal
route intravenous: intravenous
route subcutaneous: subcutaneous
route intramuscular: intramuscular
route topical: topical topically
route systemic: systemic systemically
route inhaled: inhaled inhalation nebulized nebulised nebulizer
route parenteral: parenteral parenterally infused
route rectal: rectal rectally
route vaginal: vaginal vaginally intravaginal
route nasal: intranasal nasal nasally
route intrathecal: intrathecal intrathecally
route sublingual: sublingual sublingually
meal fed: fed
meal fasting: fasting fasted
meal random: random
share most: most majority mostly
share few: few minority
whole all: all every always everyone
whole some: some certain sometimes occasionally
worth superior: superior better
worth inferior: inferior worse
worth equal: noninferior
good benefit: benefit benefits beneficial
good harm: harm harms harmful
edge minimum: minimum minimal lowest
edge maximum: maximum maximal highest
speed fast: abrupt abruptly sudden suddenly rapid rapidly fast quickly quick
pace quick: faster speed speeds sped hasten hastens hastened quickens quicker
pace late: slower delays delayed delay retards slowed slows slowing
fare better: relieve relieves relieved relieving ease eases eased alleviate alleviates alleviated
fare better: soothe soothes ameliorate ameliorates
bring yes: cause causes caused leads led results resulted provoke provokes trigger triggers
bring yes: precipitate precipitates
depth deep: deepen deepened deepens deeper
depth superficial: lighten lightened lightens lighter
speed slow: taper tapered tapering slow slowly gradual gradually
member in: included enrolled eligible
member out: excluded ineligible
age old: elderly older
age young: young younger
hour morning: morning breakfast
hour evening: evening dinner supper bedtime night
company alone: alone monotherapy
company together: combine
count single: single
count multiple: multiple repeated divided
rank primary: primary
rank secondary: secondary
result positive: positive overexpressing overexpress
result negative: negative
side left: left
side right: right
place roomtemperature: roomtemperature
place cold: refrigerat refrigerator refrigerated refrigeration
base acid: acidic acidosis
base alkali: alkaline alkalosis
line first: firstline
line later: laterline
gravid yes: pregnant
fever yes: febrile
fever no: afebrile
menopause before: premenopausal
trimester first: trimesterfirst
trimester second: trimestersecond
trimester third: trimesterthird
menopause after: postmenopausal
gravid no: nonpregnant
state stable: stable
state unstable: unstable
agonism agonist: agonist agonists
agonism antagonist: antagonist antagonists
open live: live
open inactivated: inactivated
extent scarce: limited scarce sparse
extent ample: extensive ample abundant
half lower: lowerhalf
half upper: upperhalf
tolerance well: welltolerated
tolerance poor: poorlytolerated
permanence permanent: permanent permanently
permanence temporary: temporary temporarily pause paused pauses interrupt
permanence temporary: interrupted interruption interruptions withhold withheld suspend
past naive: naive untreated
past treated: pretreated experienced
size large: large
size small: small
strength weak: may might possibly optional perhaps reasonable considered
strength strong: must will always definitely certainly invariably mandatory compulsory obligatory
center mean: mean average
center median: median
length long: longest
length short: shortest
need yes: required necessary needed requires needs requiring need
need no: unnecessary needless unneeded
ill sick: ill sick
sleep awake: conscious awake
sleep unconscious: unconscious
symptom with: symptomatic
symptom without: asymptomatic
whence in: inpatient inpatients hospitalized hospitalised
whence out: outpatient outpatients ambulatory
clear clear: clear
clear cloudy: cloudy turbid
phase active: active
phase past: past previous prior history inactive latent resolved
extent minimal: minimally slightly negligible negligibly
extent large: extensively highly largely
thick thin: thin
thick thick: thick
certainty high: certaintyhigh
certainty moderate: certaintymoderate
certainty low: certaintylow
force strong: forcestrong
force weak: forceweak
level high: high
level low: low
moment now: immediately
moment later: onschedule
disposal keep: keep kept retain retained save saved
disposal discard: discard discarded dispose disposed thrownaway
anesthesia local: local
anesthesia general: general
depth deep: deep
depth superficial: superficial
growth benign: benign
growth malignant: malignant
vessel arterial: arterial
vessel venous: venous
pressure systolic: systolic
pressure diastolic: diastolic
sides one: unilateral
sides both: bilateral
near proximal: proximal
near distal: distal
center central: central
center peripheral: peripheral
hour2 early: early earlier earliest
hour2 late: late latest
span short: short shorttermed
span long: long longterm
measure sensitive: sensitive sensitivity
measure specific: specific specificity
truth false: false
truth true: true
design randomized: randomized randomised
design observational: observational
scale relative: relative
scale absolute: absolute
harmony responder: responders responder
harmony nonresponder: nonresponders nonresponder
volume depleted: depleted depletion
volume overloaded: overloaded overload
comp compensated: compensated
comp decompensated: decompensated
drugfast sensitive: susceptible
drugfast resistant: resistant
weightiness major: major
weightiness minor: minor
where home: home
where office: office clinic hospital
way reversible: reversible
way irreversible: irreversible
manner well: well readily
manner poor: poorly badly
fraction preserved: preservedfraction
fraction reduced: reducedfraction
segment elevated: stelevation
segment other: nonstelevation
diabetes one: diabetesone
diabetes two: diabetestwo
heparin whole: unfractionated
heparin small: lowmolecularweight
germ bacterial: bacterial
germ viral: viral
germ fungal: fungal
stain positive: grampositive
stain negative: gramnegative
stroke ischemic: ischemic
stroke hemorrhagic: hemorrhagic
purpose prophylaxis: prophylactic prophylactically
purpose treatment: curative
feeding breast: breastfed
feeding formula: formula
birth vaginal: vaginally
birth section: caesarean cesarean
weight over: obese overweight
weight under: underweight
habit smoker: smokers smoker
habit nonsmoker: nonsmokers nonsmoker neversmokers neversmoker
habit former: exsmokers exsmoker formersmokers
volition voluntary: voluntary
volition mandatory: involuntary
sterile sterile: sterile aseptic
sterile unclean: nonsterile
dilution diluted: diluted dilute
dilution undiluted: undiluted
release immediate: immediaterelease
release extended: extendedrelease
shape invasive: invasive
shape noninvasive: noninvasive
"""


def _table() -> dict[str, Pole]:
    table = {}
    for line in _AXES.strip().splitlines():
        name, _, members = line.partition(": ")
        axis, _, pole = name.partition(" ")
        for word in members.split():
            table[word] = Pole(axis, pole or word)
    return table


AXES = _table()
"""Word or key -> where it stands."""

# hyperkalemia, hypokalemia: the rest of the word is the axis.
HEIGHTS = {"hyper": "high", "hypo": "low", "tachy": "high", "brady": "low",
           "poly": "high", "oligo": "low"}  # fmt: skip

FOR = words("""
offer offered supports support favors favours endorses use used using give given take taken
administer administered recommends advises
recommended recommend indicated prescribe prescribed preferred prefer
consider considered safe suitable appropriate acceptable coadminister coadministered combine
combined start started begin initiated initiate continue continued receive received permitted
allowed advisable desirable advised encourage encouraged encourages urge urged warranted justified
permissible supported advocated advocates endorsed
drink eat consume store interpreted permit permits introduce introduced indication indications
""")
"""What advises for something where a modal verb or an imperative governs it."""
AGAINST = words("""
avoid avoided avoids avoiding avoidance contraindicated contraindication contraindications
contraindicate prohibited refrain skip skipped omit omitted discard discarded unsafe unsuitable
inappropriate inadvisable undesirable discourage discouraged discourages forbidden forbid forbids
banned barred disallowed unwarranted unjustified impermissible
""")
"""What advises against something."""
HELPS = words("help helps helped helping")
"""Before what is avoided or lessened, these tell a purpose and advise nothing."""
STOPS = words("""
abstain abstains abstained pause pauses paused pausing ended
stop stopped stops stopping discontinue discontinued discontinues
discontinuing cease ceased ceases hold withhold withheld withholds withholding interrupt
interrupts interrupted suspend suspended halt halted quit withdraw withdrawn
""")
STARTS = words("""
start started starts starting initiate initiated initiates initiating begin begins began begun
beginning commence commenced initiation
""")
KEEPS = words("""
restart restarts restarted restarting continue continues continued continuing resume resumed
resumes maintain maintained keep kept
""")
DENIERS = words("""
hardly scarcely barely spared not no never neither nor none without cannot nothing non lack lacks
lacked lacking absence absent fail fails failed failing failure nobody unknown insufficient don't
doesn't didn't isn't
aren't wasn't weren't won't wouldn't shouldn't can't couldn't mustn't hasn't haven't
""")
EXCEPTS = frozenset({"unless", "except", "excluding", "rather", "instead", "unlike"})
# Adjectives that a prefix denies.
DENIED = words("""
available
used fasting fasted tapered effective safe stable likely known necessary appropriate suitable
significant active sufficient adequate complete changed affected impaired able controlled
treated tolerated established evaluated clear certain expected important relevant detectable
common frequent desirable
""")
EVENTS = words("""
effect effects impact influence difference differences change changes effective effectiveness
efficacy improvement improvements benefit benefits
""")
"""What is unchanged where it is denied: "no effect", "not effective"."""
DENIABLE = frozenset({"amount", "effect", "evidence", "worth", "fare", "state", "tolerance",
                       "need", "speed", "member",
                      "level", "good"})  # fmt: skip
"""Axes on which a denial turns the word and nothing else."""
EMPTY = words("""
extra evidence significant clinical statistically clinically apparent further additional known data
information report reports case cases such relevant meaningful substantial notable show associat
been being found observed seen noted reported detected documented identified recorded date
specific particular routine routinely also yet currently adequat sufficient
""")
"""Words that stand between a denial and what it denies."""

COMPARISONS = {
    **dict.fromkeys(("above", "over", "more", "exceeds", ">", "≥"), Pole("than", "over")),
    **dict.fromkeys(("below", "under", "less", "fewer", "<", "≤"), Pole("than", "under")),
    "most": Pole("at", "most"), "least": Pole("at", "least"),
    "upper": Pole("edge", "upper"), "lower": Pole("amount", "down"),
}  # fmt: skip
"""Words of comparison; they turn a sentence only where one stands in another's place."""


@lru_cache(maxsize=16384)
def height_of(word: str) -> Pole | None:
    """Return where "hypotension" stands beside "hypertension"; None for other words."""
    for prefix, height in HEIGHTS.items():
        if word.startswith(prefix) and len(word) >= len(prefix) + 5:
            return Pole(word[len(prefix) : len(prefix) + 4], height)
    return None


@lru_cache(maxsize=16384)
def without_prefix(word: str) -> str:
    """Return what a negating prefix denies ("stable" of "unstable"), else ""."""
    for prefix in ("un", "in", "im", "ir", "non"):
        rest = word.removeprefix(prefix)
        if rest != word and (rest in DENIED or rest.removesuffix("ly") in DENIED):
            return rest
    return ""


_INJECTED = frozenset({"intravenous", "subcutaneous", "intramuscular", "parenteral", "intrathecal"})
_WIDER = {"parenteral": _INJECTED, "systemic": _INJECTED | {"oral", "rectal"}}
"""Routes that are several others."""


def are_opposed(one: str, other: str) -> bool:
    """Return whether two poles of one axis exclude each other; "IV" is parenteral."""
    if one.startswith("not ") and other.startswith("not "):
        return False  # neither raised nor lowered
    wider = other in _WIDER.get(one, ()) or one in _WIDER.get(other, ())
    return one != other and not wider
