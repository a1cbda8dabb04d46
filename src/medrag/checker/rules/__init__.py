"""Every rule, in the order of their ids; a new one is a row here and its cases."""

from medrag.checker.rule import Rule
from medrag.checker.rules import dosing

RULES: tuple[Rule, ...] = tuple(sorted((*dosing.RULES,), key=lambda rule: rule.id))
