"""What a clinical text mentions: the value types that `read` returns.

All are frozen and hold offsets of the text read; `span` builds a `Span` on demand. Lists are
in text order. New attributes may be added with defaults; none is renamed or removed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol, TypeVar

from medrag.clinical.quantity import Frequency, Quantity, QuantityMention
from medrag.clinical.together import TOGETHER, Choices
from medrag.core.span import Span

Polarity = Literal["give", "avoid", "stop", "mention"]
"""`give`: ordered, offered or called acceptable. `avoid`: not to be given. `stop`: given until
now, to be ended or held. `mention`: named without a directive."""
ORDERED: frozenset[Polarity] = frozenset({"give", "mention"})
"""Polarities of what may be meant to be given: a bare name may be an order, too."""
ENDED: frozenset[Polarity] = frozenset({"avoid", "stop"})
"""Polarities of what the text turns down."""

Who = Literal["patient", "other", "class"]
"""Whom a statement is about: this patient, somebody else (a mother, a trial's subjects), or a
class of patients ("adults", "patients with CKD")."""

Standing = Literal["now", "event", "state", "hypothetical", "told", "past"]
"""What a directive is worth for this patient today. `now`: part of the plan. `event`: only if
something happens ("if pain persists, add"). `state`: only for patients of a kind or in a state
("in pregnancy", "if CrCl < 30"). `hypothetical`: supposed only ("would be used in", "is reserved
for"). `told`: the text tells of the drug (what it does, for whom else it is, who asked for it)
and does not order it by that. `past`: given before, over."""

NameKind = Literal["ingredient", "brand", "salt", "abbreviation", "class", "misspelling"]

Step = Literal["single", "loading", "maintenance", "start", "titration", "taper", "then"]
"""What a regimen is within its drug's course; `single` where the text does not say."""

LabRole = Literal["result", "threshold", "target", "reference-range", "order", "mention"]
"""`result`: a value stated as found. `threshold`: part of a condition ("if eGFR < 30").
`target`: to be reached ("aim for INR 2-3"). `reference-range`: stated as normal.
`order`: to be measured ("check potassium"). `mention`: named only."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the text.

    Attributes:
        start, end: Offsets of the words, half-open.
        text: The words as written.
    """

    start: int
    end: int
    text: str

    @property
    def span(self) -> Span:
        """The characters that were read."""
        return Span(start=self.start, end=self.end)


@dataclass(frozen=True, slots=True)
class Condition(Mention):
    """The words that a directive depends on: "if eGFR < 30", "unless allergic".

    Attributes:
        exception: True for "unless" and "except": the directive holds where this does not.
    """

    exception: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Maximum:
    """A stated limit: "not to exceed 4 g/day", "no more than 5 days", "max 40 mg".

    Attributes:
        quantity: The limit, in the unit stated, per-day part removed.
        per: What it limits: one dose, a day, a week, a course, or a duration.
        start, end: Offsets of the words.
    """

    quantity: Quantity
    per: Literal["dose", "day", "week", "course", "duration"]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """One way of giving a drug: "1 g IV every 12 hours for 7 days".

    Attributes:
        dose: One administration, or a rate ("mg/kg/d", "mg/h"), as written; None where not
            stated. Its `per` says what it is multiplied by. A count of things ("2 tablets")
            stands in `count`.
        count: Tablets, puffs, drops... of one administration; unit is an annotation.
        strength: Content of one thing counted, or a concentration ("40 mg tablet",
            "100 units/mL").
        per_dose: The text says "per dose" ("15 mg/kg/dose").
        divided: A daily amount to be divided over the frequency ("in 2 divided doses").
        frequency: None where not stated.
        route: Key of `lexicon` routes ("oral", "iv", ...); None where not stated.
        form: Key of `lexicon` forms ("tablet", "er-tablet", ...); None where not stated.
        duration: A time quantity; None where not stated.
        over: Time of one administration ("over 30 minutes").
        step: What this is within the course.
        start, end: Offsets from first to last word read for it.
    """

    start: int
    end: int
    dose: Quantity | None = None
    count: Quantity | None = None
    strength: Quantity | None = None
    per_dose: bool = False
    divided: bool = False
    frequency: Frequency | None = None
    route: str | None = None
    form: str | None = None
    duration: Quantity | None = None
    over: Quantity | None = None
    step: Step = "single"

    @property
    def span(self) -> Span:
        """The characters from the first to the last word read."""
        return Span(start=self.start, end=self.end)

    @property
    def single(self) -> Quantity | None:
        """One administration: the dose, else count (one if not stated) times strength.

        None if neither is known, or if the strength is a concentration.
        """
        if self.dose is not None:
            return self.dose
        if self.strength is None or "/" in self.strength.unit or self.strength.unit == "%":
            return None
        strength = self.strength
        if self.count is None or self.count.unit == "{dose}":  # "two doses of 750 mg"
            return strength
        count = self.count
        high = None
        if strength.high is not None or count.high is not None:
            high = strength.top * count.top
        return Quantity(strength.value * count.value, strength.unit, high)

    @property
    def daily(self) -> Quantity | None:
        """The most given in 24 hours, "as needed" at its maximum; None if that is not stated.

        A rate per day, hour, minute or week is brought to a day (weekly doses are spread over
        seven days); `per kg` and `per m2` stay in the unit. A single administration counts
        once. A range keeps its low end only where the frequency has no range.
        """
        single = self.single
        if single is None:
            return None
        for per, factor in (("d", 1), ("h", 24), ("min", 1440)):
            if per in single.per:
                return _without(single, per).times(Decimal(factor))
        if "wk" in single.per:
            weekly = _without(single, "wk")
            high = None if weekly.high is None else weekly.high / 7
            return Quantity(weekly.value / 7, weekly.unit, high, weekly.comparator)
        bare = _without(single, "{dose}")
        if self.frequency is None or self.frequency.daily_times is None:
            return None
        return bare if self.divided else bare.times(self.frequency.daily_times)


def _without(quantity: Quantity, per: str) -> Quantity:
    rest = [part for part in quantity.per if part != per]
    unit = "/".join([quantity.amount_unit, *rest])
    return Quantity(quantity.value, unit, quantity.high, quantity.comparator)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugMention(Mention):
    """A drug, what the text says to do with it, and how.

    Attributes:
        ingredients: Lexicon keys; several for a combination product; empty for a class.
        drug_class: Lexicon class key where a class is named ("NSAIDs"), else None.
        kind: What sort of name stands there.
        salt: The salt or formulation word that belongs to the name ("deoxycholate").
        polarity: What the text says to do.
        condition: What that depends on; None where it does not.
        who: Whom it is meant for.
        population: Words of the class of patients meant, if stated.
        current: The text says that the patient takes it already.
        reported: The sentence reports (history, trial, general statement), it does not order.
        standing: What the directive is worth for this patient today.
        regimens: In text order; empty where nothing is stated about dosing.
        maximums: Stated limits, in text order.
        strengths: For a combination, the strengths written after the name ("10/325"), in the
            order of `ingredients`, unit `mg` where none is written.
        offset: Time stated between the drug and an event ("2 hours after enoxaparin").
        offset_side: Whether the event is `after` or `before` the drug.
        ago: Time since the drug was last taken or stopped ("stopped four days ago").
        until: Index of the last sentence that goes on about this drug without naming it.
        near: For a misspelling, the names it is one letter away from; never acted on.
        indication: Words after "for" that name what it is given for; None if not stated.
        directive: The words that set the polarity ("do not give"); None if implied.
        sentence: Index into `Content.sentences`.
    """

    ingredients: tuple[str, ...]
    drug_class: str | None = None
    kind: NameKind = "ingredient"
    salt: str | None = None
    polarity: Polarity = "mention"
    condition: Condition | None = None
    who: Who = "patient"
    population: str | None = None
    current: bool = False
    reported: bool = False
    standing: Standing = "now"
    regimens: tuple[Regimen, ...] = ()
    maximums: tuple[Maximum, ...] = ()
    strengths: tuple[Quantity, ...] = ()
    offset: Quantity | None = None
    offset_side: Literal["after", "before"] | None = None
    ago: Quantity | None = None
    until: int = 0
    near: tuple[str, ...] = ()
    indication: str | None = None
    directive: Mention | None = None
    sentence: int = 0

    @property
    def conditional(self) -> bool:
        """Whether what to do depends on a stated condition."""
        return self.condition is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabMention(Mention):
    """An analyte or vital sign and what the text says about it.

    Attributes:
        analyte: Lexicon key.
        value: Number or range with UCUM unit, comparator included; None if none is stated.
            The unit is `1` where the text writes none.
        unit_written: The unit as written; None where the text writes none.
        equals: A second value stated to be the same ("180 mg/dL = 10 mmol/L").
        role: What the value is.
        trend: Stated direction of change.
        interpretation: Words that judge the value ("low", "normal", "hyponatremia"), in order.
        offset, offset_side: When a sample is taken relative to a dose ("one hour after the
            dose").
        population: Whom the value is said to be for ("hemoglobin in women is 12"), a key of
            `PopulationMention.population`; None where the text does not say.
        who: Whom it is about.
        sentence: Index into `Content.sentences`.
    """

    analyte: str
    value: Quantity | None = None
    unit_written: str | None = None
    equals: Quantity | None = None
    role: LabRole = "mention"
    trend: Literal["rising", "falling", "stable"] | None = None
    interpretation: tuple[str, ...] = ()
    offset: Quantity | None = None
    offset_side: Literal["after", "before"] | None = None
    population: str | None = None
    who: Who = "patient"
    sentence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureMention(Mention):
    """A procedure.

    Attributes:
        procedure: Lexicon key.
        polarity, condition, sentence: As for a drug.
    """

    procedure: str
    polarity: Polarity = "mention"
    condition: Condition | None = None
    sentence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisMention(Mention):
    """A disease, state or finding of the lexicon's conditions.

    Attributes:
        diagnosis: Lexicon key.
        negated: The text says that it is absent ("no history of asthma").
        sentence: Index into `Content.sentences`.
    """

    diagnosis: str
    negated: bool = False
    sentence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationMention(Mention):
    """A class of patients named by the text.

    Attributes:
        population: `adult`, `child`, `infant`, `neonate`, `adolescent`, `older-adult`,
            `pregnant`, `lactating`, `female`, `male`, `renal`, `hepatic`, `dialysis`.
        age: Age stated, in `a`, `mo`, `wk` or `d`; None where no age is stated.
        sentence: Index into `Content.sentences`.
    """

    population: str
    age: Quantity | None = None
    sentence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence(Mention):
    """One sentence, list item or table row.

    Attributes:
        kind: `order` where it tells what to do, `report` where it tells what was or what is
            generally so, `question` where it asks, `fragment` where it has no verb.
    """

    kind: Literal["order", "report", "question", "fragment"] = "fragment"


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


_P = TypeVar("_P", bound=_Placed)


def starting_in(mentions: Sequence[_P], start: int, end: int) -> Sequence[_P]:
    """Return those of `mentions`, which are in text order, that begin in `text[start:end]`.

    They are found by bisection, so that asking once a sentence costs no more than the text.
    """
    first = bisect_left(mentions, start, key=lambda mention: mention.start)
    last = bisect_left(mentions, end, lo=first, key=lambda mention: mention.start)
    return mentions[first:last]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that was read from one text; every tuple is in text order.

    Attributes:
        choices: Which of the drugs are taken together, which one or the other.
    """

    text: str
    sentences: tuple[Sentence, ...] = ()
    drugs: tuple[DrugMention, ...] = ()
    labs: tuple[LabMention, ...] = ()
    procedures: tuple[ProcedureMention, ...] = ()
    diagnoses: tuple[DiagnosisMention, ...] = ()
    populations: tuple[PopulationMention, ...] = ()
    quantities: tuple[QuantityMention, ...] = ()
    frequencies: tuple[Frequency, ...] = ()
    choices: Choices = TOGETHER

    def drugs_in(self, start: int, end: int) -> Sequence[DrugMention]:
        """Return the drugs whose names begin in `text[start:end]`."""
        return starting_in(self.drugs, start, end)

    def drug_before(self, offset: int) -> DrugMention | None:
        """Return the last drug whose name ends at or before `offset`."""
        begun = bisect_right(self.drugs, offset, key=lambda drug: drug.start)
        earlier = (self.drugs[n] for n in range(begun - 1, -1, -1))
        return next((drug for drug in earlier if drug.end <= offset), None)

    def drug_behind(self, offset: int) -> DrugMention | None:
        """Return the first drug whose name begins behind `offset`."""
        begun = bisect_right(self.drugs, offset, key=lambda drug: drug.start)
        return self.drugs[begun] if begun < len(self.drugs) else None

    def numbers_behind(self, offset: int, count: int) -> Sequence[QuantityMention]:
        """Return the next `count` quantities, or fewer, that begin at or behind `offset`."""
        begun = bisect_left(self.quantities, offset, key=lambda quantity: quantity.start)
        return self.quantities[begun : begun + count]

    def sentence_at(self, offset: int) -> Sentence | None:
        """Return the sentence that covers `offset`; None between sentences and behind the last."""
        begun = bisect_right(self.sentences, offset, key=lambda sentence: sentence.start)
        last = self.sentences[begun - 1] if begun else None
        return last if last is not None and offset < last.end else None
