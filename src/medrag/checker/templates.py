"""Sentence templates for the tables about drugs: one unsafe and one safe sentence a row."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from medrag.checker import rows, rows_forms, rows_pairs, rows_uses
from medrag.checker.rows import Row
from medrag.checker.tables import Knowledge
from medrag.checker.wording import name, number, unit
from medrag.clinical.lexicon import load
from medrag.core.patient import Lab, Patient


@dataclass(frozen=True, slots=True)
class RowCase:
    """A generated pair.

    Attributes:
        row: What it proves.
        rules: Any of these must speak of the unsafe text and none of the safe one.
        unsafe, safe: Text and patient.
    """

    row: Row
    rules: tuple[str, ...]
    unsafe: tuple[str, Patient | None]
    safe: tuple[str, Patient | None]


def drug_name(knowledge: Knowledge, cell: str) -> str:
    """Return a name by which text calls an ingredient, or the first member of a group."""
    key = sorted(knowledge.members(cell))[0] if cell.startswith("@") else cell
    entry = load().drugs.get(key)
    return entry.names[0] if entry else name(key)


_ROUTES = {
    "oral": "by mouth",
    "iv": "IV",
    "iv-push": "by IV push",
    "im": "IM",
    "subcutaneous": "subcutaneously",
    "inj": "IV",
    "any": "by mouth",
    "transdermal": "as a patch",
    "inhalation": "by inhalation",
    "intranasal": "intranasally",
    "rectal": "rectally",
    "sublingual": "sublingually",
    "intrathecal": "intrathecally",
    "epidural": "epidurally",
    "intra-arterial": "intra-arterially",
    "intraperitoneal": "intraperitoneally",
    "intravitreal": "intravitreally",
}
_DOSE_RULES = ("MED101", "MED102", "MED103", "MED104", "MED105", "MED107", "MED118")


def dose_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one dose row, or None where it needs no own."""
    assert isinstance(row, rows.DoseRow)
    limit = row.single or row.daily
    if limit is None or row.route not in _ROUTES or row.route in {"transdermal", "inhalation"}:
        return None
    patient = Patient(age_years=Decimal(5)) if row.population == "child" else None
    written, drug, route = unit(row.unit), drug_name(knowledge, row.key), _ROUTES[row.route]
    much = number(limit * 100)
    if row.key in knowledge.groups["depot-antipsychotic"] and row.route == "im":
        drug = (
            f"{drug} decanoate" if row.key in {"haloperidol", "fluphenazine"} else f"depot {drug}"
        )
    if knowledge.rows(rows_forms.FormulationRow, row.key):
        return None  # the other formulation's row speaks of it
    use = f" for {row.words[0]}" if row.words else ""
    return RowCase(
        row=row,
        rules=_DOSE_RULES,
        unsafe=(f"Give {drug} {much} {written} {route}{use}.", patient),
        safe=(f"Give {drug} {number(limit)} {written} {route}{use}.", patient),
    )


def interaction_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one interaction row, or None where it needs no own."""
    assert isinstance(row, rows_pairs.InteractionRow)
    drug, other = drug_name(knowledge, row.key), drug_name(knowledge, row.other)
    if drug == other:
        members = sorted(knowledge.members(row.other))
        other = drug_name(knowledge, members[-1])
    dose = f" {number(row.max_daily * 2)} {unit(row.unit)} daily" if row.max_daily else ""
    patient = Patient(medications=(other,), allergies=(), conditions=())
    return RowCase(
        row=row,
        rules=("MED201", "MED203"),
        unsafe=(f"Start {drug}{dose}.", patient),
        safe=(f"Do not start {drug}.", patient),
    )


def route_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one route row, or None where it needs no own."""
    assert isinstance(row, rows_forms.RouteRow)
    drug, route = next(iter(row.names), drug_name(knowledge, row.key)), _ROUTES[row.route]
    aim = f" for {row.indication[0]}" if row.indication else ""
    return RowCase(
        row=row,
        rules=("MED112", "MED109"),
        unsafe=(f"Give {drug} {route}{aim}.", None),
        safe=(f"Do not give {drug} {route}{aim}.", None),
    )


def duration_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one duration row, or None where it needs no own."""
    assert isinstance(row, rows.DurationRow)
    drug = drug_name(knowledge, row.key)
    aim = f" for {row.indication[0]}" if row.indication else ""
    unsafe, safe = (f"for {number(days)} days" for days in (row.days * 2, row.days))
    amount = f"{number(row.at_least)} {unit(row.unit)}" if row.at_least is not None else ""
    if "/" not in amount:
        daily = f"{drug} {amount}".strip()
        return RowCase(
            row=row,
            rules=("MED108",),
            unsafe=(f"Give {daily} daily {unsafe}{aim}.", None),
            safe=(f"Give {daily} daily {safe}{aim}.", None),
        )
    return RowCase(
        row=row,
        rules=("MED108",),
        unsafe=(f"Run {drug} at {amount} IV for 4 days.", None),
        safe=(f"Run {drug} at {amount} IV for 10 minutes.", None),
    )


def shortest_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of shortest courses, or None where it needs no own."""
    assert isinstance(row, rows.ShortestRow)
    drug, aim = drug_name(knowledge, row.key), row.indication[0]
    few = max(int(row.days / 4), 1)
    return RowCase(
        row=row,
        rules=("MED108",),
        unsafe=(f"{aim}: give {drug} daily for {few} days.", None),
        safe=(f"{aim}: give {drug} daily for {number(row.days)} days.", None),
    )


_STRONG = {
    "patch": "{drug} patch {} {unit}, one on the skin.",
    "liquid": "{drug} suspension {} {unit} by mouth.",
    "insulin": "Give {drug} U-{}.",
}


def strength_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one strength row, or None where it needs no own."""
    assert isinstance(row, rows_forms.StrengthRow)
    drug, written = drug_name(knowledge, row.key), unit(row.unit)
    strength = Decimal(row.strengths[0])
    odd = strength + (Decimal("0.7") if strength < 10 else Decimal(3))
    said = _STRONG.get(row.form, "Take one {drug} {} {unit} tablet.")
    return RowCase(
        row=row,
        rules=("MED114",),
        unsafe=(said.format(number(odd), drug=drug, unit=written), None),
        safe=(said.format(number(strength), drug=drug, unit=written), None),
    )


def schedule_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one schedule row, or None where it needs no own."""
    assert isinstance(row, rows.ScheduleRow)
    drug, written = drug_name(knowledge, row.key), unit(row.unit)
    drug = f"{drug} {row.names[0]}" if row.names else drug
    dose, often = number(row.from_dose), "twice daily" if row.times == 1 else "once daily"
    aim = f" for {row.indication[0]}" if row.indication else ""
    return RowCase(
        row=row,
        rules=("MED105",),
        unsafe=(f"Give {drug} {dose} {written} {often}{aim}.", None),
        safe=(f"Give {drug} {dose} {written} once{aim}.", None),
    )


def interval_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of the longest intervals."""
    assert isinstance(row, rows.IntervalRow)
    drug = drug_name(knowledge, row.key)
    return RowCase(
        row=row,
        rules=("MED105",),
        unsafe=(f"Give {drug} once a month.", None),
        safe=(f"Give {drug} every day.", None),
    )


def underdose_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one underdose row, or None where it needs no own."""
    assert isinstance(row, rows.UnderdoseRow)
    drug, written = drug_name(knowledge, row.key), unit(row.unit)
    low, enough = number(row.min_single / 3), number(row.min_single * 4)
    some = row.under_age or row.above_kg or row.kidney
    cleared = Lab(name="creatinine clearance", value=Decimal(95), unit="mL/min")
    age = row.under_age / 2 if row.under_age and row.under_age <= 18 else Decimal(50)
    kilograms = Decimal(85) if age > 18 else Decimal(30) if age > 1 else Decimal(4)
    labs = (cleared,) if age > 18 else ()
    whom = Patient(age_years=age, weight_kg=kilograms, labs=labs) if some else None
    return RowCase(
        row=row,
        rules=("MED110",),
        unsafe=(f"Give {drug} {low} {written} for {row.indication[0]}.", whom),
        safe=(f"Give {drug} {enough} {written} for {row.indication[0]}.", whom),
    )


def start_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of first doses, or None where it needs no own."""
    assert isinstance(row, rows.StartRow)
    if row.severity == "info" or row.route not in _ROUTES or row.unit.count("/"):
        return None  # by weight or by rate: the plain row's pair stands for both
    drug, route = drug_name(knowledge, row.key), _ROUTES[row.route]
    form = {"long-acting": " extended-release", "patch": " patch", "demand": " PCA bolus"}.get(
        row.form, ""
    )
    dose = f" {number(row.most * 2)} {unit(row.unit)}" if row.most is not None else ""
    whose = {"naive": " She is opioid-naive.", "acute": " for acute pain", "start": ""}[row.who]
    stop = "" if row.who == "naive" else "."
    return RowCase(
        row=row,
        rules=("MED111",),
        unsafe=(
            f"Start {drug}{form}{dose} {route}{'.' if row.who == 'naive' else ''}{whose}{stop}",
            None,
        ),
        safe=(f"Do not start {drug}{form}{dose} {route}.", None),
    )


def lookalike_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one lookalike row, or None where it needs no own."""
    assert isinstance(row, rows_uses.LookalikeRow)
    drug = drug_name(knowledge, row.key)
    return RowCase(
        row=row,
        rules=("MED117",),
        unsafe=(f"Give {drug} for {row.indications[0]}.", None),
        safe=(f"Give {drug_name(knowledge, row.intended)} for {row.indications[0]}.", None),
    )


def misuse_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of misuses."""
    assert isinstance(row, rows_uses.MisuseRow)
    drug, aim = drug_name(knowledge, row.key), row.indications[0]
    return RowCase(
        row=row,
        rules=("MED117",),
        unsafe=(f"Give {drug} for {aim}.", None),
        safe=(f"Do not give {drug} for {aim}.", None),
    )


def use_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of uses, or None where it needs no own."""
    assert isinstance(row, rows_uses.UseRow)
    given = {i for cell in row.members for i in knowledge.members(cell)}
    stranger = next(d for d in ("latanoprost", "isotretinoin", "orlistat") if d not in given)
    return RowCase(
        row=row,
        rules=("MED117",),
        unsafe=(f"Give {stranger} for {row.words[0]}.", None),
        safe=(f"Give {drug_name(knowledge, sorted(given)[0])} for {row.words[0]}.", None),
    )


def food_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one food row, or None where it needs no own."""
    assert isinstance(row, rows_pairs.FoodRow)
    drug, food = drug_name(knowledge, row.key), row.food[0]
    return RowCase(
        row=row,
        rules=("MED204", "MED201"),
        unsafe=(f"With {drug}, {food} is fine.", None),
        safe=(f"With {drug}, avoid {food}.", None),
    )


def withdrawal_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of drugs that are tapered."""
    assert isinstance(row, rows_pairs.WithdrawalRow)
    drug = drug_name(knowledge, row.key)
    why = f" She has taken it ({row.of[0]})." if row.of else ""
    return RowCase(
        row=row,
        rules=("MED320",),
        unsafe=(f"Stop {drug} abruptly.{why}", None),
        safe=(f"Do not stop {drug} abruptly.{why}", None),
    )


def compatibility_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one compatibility row, or None where it needs no own."""
    assert isinstance(row, rows_pairs.CompatibilityRow)
    drug = drug_name(knowledge, row.key)
    patient = Patient(age_years=Decimal("0.02")) if row.when == "neonate" else None
    return RowCase(
        row=row,
        rules=("MED205",),
        unsafe=(f"Run {drug} with {row.other} in the same line.", patient),
        safe=(f"Do not run {drug} with {row.other} in the same line.", patient),
    )


def product_pair(_: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of products."""
    assert isinstance(row, rows_pairs.ProductRow)
    drug = f"{row.within[0]} " if row.within else ""
    one, other = row.products[0], row.others[0]
    return RowCase(
        row=row,
        rules=("MED120",),
        unsafe=(f"Change {drug}{other} to {one} milligram for milligram.", None),
        safe=(f"{drug}{other} and {one} are not interchangeable.", None),
    )


def edition_pair(_: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of editions."""
    assert isinstance(row, rows.EditionRow)
    about = f" on {row.topic[0]}" if row.topic else ""
    return RowCase(
        row=row,
        rules=("QUO104",),
        unsafe=(f"Follow the {row.key} guideline of {row.in_force - 1}{about}.", None),
        safe=(f"Follow the {row.key} guideline of {row.in_force}{about}.", None),
    )
