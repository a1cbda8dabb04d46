"""What the rules look at: the text, the patient and the tables, each read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medrag.checker.facts import Facts, read_facts
from medrag.checker.tables import Knowledge
from medrag.clinical import Content, DrugMention, read
from medrag.core.patient import Patient


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a rule may use.

    Attributes:
        content: What the text mentions.
        facts: What is known of the patient.
        quotes: Source sentences the text must stand on; None where grounding is not asked for.
        knowledge: The tables.
        dosed: Drugs of the text whose doses count, in text order: not those to be avoided.
        orders: Drugs that the text has this patient take: ordered, offered, or stated with a
            dose and not as history.
        stopped: Ingredients that the text ends or holds.
    """

    content: Content
    facts: Facts
    quotes: tuple[str, ...] | None
    knowledge: Knowledge
    dosed: tuple[DrugMention, ...]
    orders: tuple[DrugMention, ...]
    stopped: frozenset[str]

    @property
    def text(self) -> str:
        """The text under examination."""
        return self.content.text

    def sentence(self, mention: DrugMention) -> str:
        """Return the words of the sentence a drug stands in."""
        return self.content.sentences[mention.sentence].text if self.content.sentences else ""


def read_context(
    text: str,
    patient: Patient | None,
    *,
    quotes: Sequence[str] | None,
    knowledge: Knowledge,
) -> Context:
    """Return the context of one text: the only place where text and patient are read."""
    content = read(text)
    return Context(
        content=content,
        facts=read_facts(patient),
        quotes=None if quotes is None else tuple(quotes),
        knowledge=knowledge,
        dosed=tuple(d for d in content.drugs if d.polarity in {"give", "mention"}),
        orders=tuple(d for d in content.drugs if _is_order(d)),
        stopped=frozenset(
            i for d in content.drugs if d.polarity in {"stop", "avoid"} for i in d.ingredients
        ),
    )


def _is_order(drug: DrugMention) -> bool:
    if drug.who == "other":
        return False
    return drug.polarity == "give" or (
        drug.polarity == "mention" and bool(drug.regimens) and not drug.reported
    )
