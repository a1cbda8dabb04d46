"""The tables by name: the one place that lists them."""

from __future__ import annotations

from medrag.checker import rows, rows_forms, rows_labs, rows_pairs, rows_patient, rows_uses
from medrag.checker.rows import Row

TABLES: dict[str, type[Row]] = {
    row.table: row
    for row in (
        rows.GroupRow,
        rows.SourceRow,
        rows.DoseRow,
        rows.ScheduleRow,
        rows.IntervalRow,
        rows_forms.StrengthRow,
        rows_forms.RouteRow,
        rows.CumulativeRow,
        rows.RateRow,
        rows.DurationRow,
        rows.ShortestRow,
        rows_forms.CrushRow,
        rows_forms.FormulationRow,
        rows.UnderdoseRow,
        rows.StartRow,
        rows_uses.LookalikeRow,
        rows_uses.PurposeRow,
        rows_uses.MisuseRow,
        rows_uses.UseRow,
        rows_pairs.InteractionRow,
        rows_pairs.WashoutRow,
        rows_pairs.WithdrawalRow,
        rows_pairs.DuplicateRow,
        rows_pairs.FoodRow,
        rows_pairs.CompatibilityRow,
        rows_pairs.ProductRow,
        rows.SupersededRow,
        rows.EditionRow,
        rows_labs.ConclusionRow,
        rows_labs.StateRangeRow,
        rows_patient.AllergyRow,
        rows_patient.StageRow,
        rows_patient.ContraindicationRow,
        rows_patient.RenalRow,
        rows_patient.HepaticRow,
        rows_patient.PregnancyRow,
        rows_patient.AgeRow,
        rows_patient.DrugLabRow,
        rows_patient.PrerequisiteRow,
        rows_patient.GenotypeRow,
        rows_patient.SamplingRow,
        rows_patient.AnalyteRow,
        rows_patient.MeaningRow,
        rows_patient.ProcedureRow,
        rows_patient.ProcedureTestRow,
        rows_patient.PeriproceduralRow,
    )
}
"""Table name (and file name) -> its rows."""
