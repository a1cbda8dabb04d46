"""What clinical words mean: drugs, doses, laboratory values, polarity, units, formulas."""

from medrag.clinical.mentions import Content, DrugMention, LabMention, Regimen
from medrag.clinical.quantities import Frequency, Quantity, QuantityMention, convert, parse
from medrag.clinical.reading import read

__all__ = [
    "Content",
    "DrugMention",
    "Frequency",
    "LabMention",
    "Quantity",
    "QuantityMention",
    "Regimen",
    "convert",
    "parse",
    "read",
]
