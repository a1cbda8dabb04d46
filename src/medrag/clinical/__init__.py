"""What clinical words mean: drugs, doses, laboratory values, polarity, units, formulas.

Names load when they are first used: reading is large, and who only looks names up in the tables
should not wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medrag.clinical.mentions import Content, DrugMention, LabMention, Regimen
    from medrag.clinical.quantities import Frequency, Quantity, QuantityMention, convert, parse
    from medrag.clinical.reading import read

_LAZY = {
    "Content": "mentions",
    "DrugMention": "mentions",
    "Frequency": "quantities",
    "LabMention": "mentions",
    "Quantity": "quantities",
    "QuantityMention": "quantities",
    "Regimen": "mentions",
    "convert": "quantities",
    "parse": "quantities",
    "read": "reading",
}

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


def __getattr__(name: str) -> Any:
    """Return a public name, importing its module now."""
    if name not in _LAZY:
        raise AttributeError(f"module 'medrag.clinical' has no attribute {name!r}")
    return getattr(import_module(f"medrag.clinical.{_LAZY[name]}"), name)
