"""What can be wrong with the rows of the tables: each check yields lines to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise

from medrag.checker.rows import DoseRow
from medrag.checker.rows_pairs import InteractionRow
from medrag.checker.rows_patient import (
    AgeRow,
    AnalyteRow,
    ContraindicationRow,
    DrugLabRow,
    MeaningRow,
    PeriproceduralRow,
    ProcedureRow,
    RenalRow,
    StageRow,
)
from medrag.checker.tables import Knowledge
from medrag.clinical import Quantity, convert
from medrag.clinical.lexicon import load
from medrag.core.finding import gravity

Lint = Callable[[Knowledge], Iterator[str]]


def unknown_drugs(knowledge: Knowledge) -> Iterator[str]:
    """Yield rows about a drug that the lexicon does not know: they never fire."""
    known = load().drugs
    for table, rows in knowledge.tables.items():
        for row in rows:
            for drug in row.drugs:
                if not drug.startswith("@") and drug not in known:
                    close = get_close_matches(drug, known, n=1)
                    hint = f" Did you mean {close[0]!r}?" if close else ""
                    yield (
                        f"{table}: the lexicon has no ingredient {drug!r}; the row never "
                        f"fires.{hint}"
                    )


def unknown_references(knowledge: Knowledge) -> Iterator[str]:
    """Yield rows whose reference names nothing."""
    for table, rows in knowledge.tables.items():
        if table in {"groups", "sources"}:
            continue
        for row in rows:
            if not knowledge.has_reference(row):
                code = row.ref or row.default_ref
                yield f"{table}: {row.key}: the reference {code!r} is unknown."


def unreachable_names(knowledge: Knowledge) -> Iterator[str]:
    """Yield rows about a condition, an analyte or a procedure that nothing reads."""
    lexicon = load()
    stages = {row.key for row in knowledge.all(StageRow)}
    special = {"male", "contrast-allergy"}
    for row in knowledge.all(ContraindicationRow):
        if row.condition not in stages and row.condition not in lexicon.conditions:
            yield f"contraindications: {row.key}: nothing reads the condition {row.condition!r}."
    for procedure in knowledge.all(ProcedureRow):
        if procedure.key not in lexicon.procedures:
            yield f"procedures: nothing reads the procedure {procedure.key!r}."
        condition = procedure.condition
        if condition and condition not in {*stages, *lexicon.conditions, *special}:
            yield f"procedures: {procedure.key}: nothing reads the condition {condition!r}."
    for timed in knowledge.all(PeriproceduralRow):
        if timed.procedure not in lexicon.procedures:
            yield f"periprocedural: {timed.key}: nothing reads {timed.procedure!r}."


def unreachable_values(knowledge: Knowledge) -> Iterator[str]:
    """Yield limits in a unit to which no reported value converts."""
    lexicon = load()
    limits: list[tuple[str, str, str]] = [
        *(("drug_labs", row.analyte, row.unit) for row in knowledge.all(DrugLabRow)),
        *(("meanings", row.key, row.unit) for row in knowledge.all(MeaningRow)),
        *(("analytes", row.key, row.unit) for row in knowledge.all(AnalyteRow)),
        *(("procedures", row.needs, row.unit) for row in knowledge.all(ProcedureRow) if row.needs),
    ]
    for table, analyte, unit in dict.fromkeys(limits):
        entry = lexicon.analytes.get(analyte)
        if entry is None:
            yield f"{table}: the lexicon has no analyte {analyte!r}; the row never fires."
        elif entry.units and not any(
            entry.convert(Quantity(Decimal(1), known), unit) for known in entry.units
        ):
            yield f"{table}: {analyte}: no reported unit converts to {unit!r}."


def contradictory_doses(knowledge: Knowledge) -> Iterator[str]:
    """Yield dose rows whose limits contradict one another, in one row or between two."""
    places: defaultdict[tuple[object, ...], list[DoseRow]] = defaultdict(list)
    for row in knowledge.all(DoseRow):
        where = f"doses: {row.key} {row.route}"
        if row.single and row.daily and row.daily < row.single and (row.times or 1) >= 1:
            yield f"{where}: a single dose above the daily maximum."
        if row.low and row.single and row.low > row.single:
            yield f"{where}: the lowest dose is above the largest."
        place = (row.key, *row.place)
        places[place].append(row)
    for rows in places.values():
        for one, other in pairwise(rows):
            if convert(Quantity(Decimal(1), one.unit), other.unit) is not None:
                yield f"doses: {one.key} {one.route} {one.population}: two rows overlap."


def contradictory_bands(knowledge: Knowledge) -> Iterator[str]:
    """Yield limits by kidney function that grow as the kidney fails."""
    bands: defaultdict[tuple[str, str, str, str], list[RenalRow]] = defaultdict(list)
    for row in knowledge.all(RenalRow):
        if row.value is not None:
            bands[row.key, row.measure, row.action, row.unit].append(row)
    for (drug, *_), rows in bands.items():
        for lower, upper in pairwise(sorted(rows, key=lambda row: row.below)):
            if (lower.value or 0) > (upper.value or 0):
                yield f"renal: {drug}: more is allowed below {lower.below} than {upper.below}."


def contradictory_values(knowledge: Knowledge) -> Iterator[str]:
    """Yield values that warn beyond where they are already critical, and ranges out of order."""
    found: defaultdict[tuple[str, str, str], list[DrugLabRow]] = defaultdict(list)
    for row in knowledge.all(DrugLabRow):
        found[row.key, row.analyte, row.side].append(row)
    for (drug, analyte, side), rows in found.items():
        units = {row.unit for row in rows}
        ordered = sorted(rows, key=lambda row: row.value, reverse=side == ">")
        weights = [gravity(row.severity) for row in ordered]
        if len(units) == 1 and weights != sorted(weights, reverse=True):
            yield f"drug_labs: {drug} {analyte}: a worse value weighs less."
    for analyte_row in knowledge.all(AnalyteRow):
        r = analyte_row
        steps = (r.least, r.critical_low, r.low, r.high, r.critical_high, r.most)
        known = [step for step in steps if step is not None]
        if known != sorted(known):
            yield f"analytes: {r.key}: the limits are out of order."
    for age in knowledge.all(AgeRow):
        if age.side == "under" and age.age_years > 18:
            yield f"ages: {age.key}: a limit under {age.age_years} years is no limit of childhood."


def shadowed_interactions(knowledge: Knowledge) -> Iterator[str]:
    """Yield rows of one pair that never speak, for a row of its groups weighs more always."""
    rows = knowledge.all(InteractionRow)
    strong = [row for row in rows if row.max_daily is None and not row.unless and not row.route]
    groups = [row for row in strong if row.key.startswith("@") or row.other.startswith("@")]
    for row in rows:
        if row.key.startswith("@") or row.other.startswith("@"):
            continue
        for group in groups:
            if gravity(group.severity) > gravity(row.severity) and _covers(knowledge, group, row):
                yield f"interactions: {row.key}+{row.other} is hidden by {group.key}+{group.other}."


def _covers(knowledge: Knowledge, group: InteractionRow, row: InteractionRow) -> bool:
    one, other = knowledge.members(group.key), knowledge.members(group.other)
    return (row.key in one and row.other in other) or (row.other in one and row.key in other)


def repeated(knowledge: Knowledge) -> Iterator[str]:
    """Yield rows that say the same thing twice."""
    for table, rows in knowledge.tables.items():
        seen: dict[str, int] = {}
        for row in rows:
            seen[row.identity] = seen.get(row.identity, 0) + 1
        for identity, times in seen.items():
            if times > 1:
                yield f"{table}: {times} rows say the same thing twice: {identity}."


LINTS: tuple[Lint, ...] = (
    unknown_drugs,
    unknown_references,
    unreachable_names,
    unreachable_values,
    contradictory_doses,
    contradictory_bands,
    contradictory_values,
    shadowed_interactions,
    repeated,
)
"""Every check of the tables, in the order in which `rules lint` prints them."""
