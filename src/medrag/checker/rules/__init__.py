"""Every rule, in the order of their ids; a new one is a row here and its cases."""

from medrag.checker.rule import Rule
from medrag.checker.rules import (
    allergy,
    calculated,
    claimed,
    combining,
    conclusions,
    currency,
    dosing,
    duplication,
    genotype,
    giving,
    grounding,
    indication,
    interpretation,
    labs,
    meaning,
    misrouted,
    monitoring,
    organs,
    patient,
    procedures,
    reassurance,
    starting,
    underdosing,
    unknown,
    weight,
    writing,
)

_MODULES = (
    allergy,
    calculated,
    claimed,
    combining,
    conclusions,
    currency,
    dosing,
    duplication,
    genotype,
    giving,
    grounding,
    indication,
    interpretation,
    labs,
    meaning,
    misrouted,
    monitoring,
    organs,
    patient,
    procedures,
    reassurance,
    starting,
    underdosing,
    unknown,
    weight,
    writing,
)

RULES: tuple[Rule, ...] = tuple(
    sorted((rule for module in _MODULES for rule in module.RULES), key=lambda rule: rule.id)
)
