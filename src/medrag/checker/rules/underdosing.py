"""MED110: too little for a serious indication."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.amounts import amounts
from medrag.checker.context import Context
from medrag.checker.rows import UnderdoseRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.wording import amount, name
from medrag.checker.words import find
from medrag.clinical import DrugMention, Quantity, Regimen, convert

_OTHER_AIM = re.compile(
    r"\b(child|infant|neonat|newborn|pa?ediatric|year-old (?:boy|girl)|maintenance|prevent|prophyla"
    r"|secondary|history of|after a)",
    re.I,
)


def _underdose(context: Context) -> Iterator[Verdict]:
    if context.facts.is_child:
        return
    for mention in context.dosed:
        sentence = context.sentence(mention)
        for drug, row in rows_of(context, mention, UnderdoseRow):
            if find(sentence, row.indication) is None or _OTHER_AIM.search(sentence):
                continue
            for regimen in mention.regimens:
                given = _too_little(mention, regimen, row)
                if given is not None:
                    yield Signal(
                        severity="warning",
                        message=f"{name(drug)} {amount(given)} is too little for "
                        f"{row.indication[0]}: {row.text}.",
                        span=around(mention, regimen),
                        reference=context.knowledge.reference(row, drug),
                        subject=drug,
                    )


def _too_little(mention: DrugMention, regimen: Regimen, row: UnderdoseRow) -> Quantity | None:
    stated = amounts(regimen, mention)
    if stated.single is None or stated.single.per:
        return None
    single = convert(stated.single, row.unit)
    if single is None:
        return None
    if single.top < row.min_single:
        return stated.single
    daily = convert(stated.daily, row.unit) if stated.daily is not None else None
    if row.min_daily is not None and daily is not None and daily.top < row.min_daily:
        return stated.daily
    return None


RULES = (
    Rule(
        id="MED110",
        title="too little for a serious indication",
        category="single-dose",
        rationale="In meningitis or anaphylaxis a small dose is no treatment.",
        tables=("underdoses",),
        check=_underdose,
    ),
)
