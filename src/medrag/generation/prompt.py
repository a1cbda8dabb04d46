"""Hits to prompt: numbered passages, patient facts, rules, one user turn.

Gemma has no system role, so everything stands in one user message: rules and passages first
(their prefix can be cached), the question last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from string import Template

from medrag.core.patient import Lab, Patient
from medrag.core.prompt import Message, Prompt
from medrag.core.protocols import LLM
from medrag.core.query import Hit, Query
from medrag.errors import InputError
from medrag.generation.shown import inert, shown

TEMPLATE = "answer-v1"
_MARGIN = 64
"""Tokens kept free for what a chat template adds around the message."""


def build_prompt(
    query: Query,
    hits: Sequence[Hit],
    *,
    llm: LLM | None = None,
    answer_tokens: int = 1024,
    template: str = TEMPLATE,
) -> Prompt:
    """Return the prompt that asks `query` of the passages in `hits`.

    With `llm`, whole passages are packed best first into what the model's context leaves after
    the rules, the question and `answer_tokens`, counted by the model's own tokenizer. A
    passage that does not fit is left out whole and named in `Prompt.left_out`; a later,
    shorter one may still fit. Without `llm` every passage is taken.

    Args:
        query: The question, with the patient it is about.
        hits: Best first; passage number n in the messages is the nth that was taken.
        llm: Who will answer.
        answer_tokens: Room kept for the reply.
        template: Name of a file in `generation/prompts`, without its suffix.

    Raises:
        InputError: The question is blank, or question and patient facts alone, or together
            with the shortest passage, do not fit the model's context.
    """
    if not query.text.strip():
        raise InputError("The question is blank. Ask something.")
    frame = Template(_load(template))
    chosen: list[Hit] = list(hits)
    left_out: list[Hit] = []
    if llm is not None:
        room = llm.context_tokens - answer_tokens - _MARGIN
        room -= llm.count_tokens(_fill(frame, query, []))
        chosen, left_out = _pack(hits, llm.count_tokens, room)
    return Prompt(
        question=query.text,
        patient=query.patient,
        hits=tuple(chosen),
        messages=(Message(role="user", content=_fill(frame, query, chosen)),),
        template=template,
        left_out=tuple(hit.passage.id for hit in left_out),
    )


def _load(template: str) -> str:
    file = files("medrag.generation") / "prompts" / f"{template}.txt"
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise InputError(f"No prompt template is named {template!r}. Known: {TEMPLATE}.") from error


def _fill(frame: Template, query: Query, hits: Sequence[Hit]) -> str:
    blocks = [_block(number, hit) for number, hit in enumerate(hits, start=1)]
    return frame.substitute(
        passages="\n".join(blocks) or "(none)",
        patient=patient_facts(query.patient) or "(none given)",
        question=inert(query.text),
    )


def _pack(
    hits: Sequence[Hit], count: Callable[[str], int], room: int
) -> tuple[list[Hit], list[Hit]]:
    if room <= 0:
        raise InputError(
            f"The question and the patient facts are {-room} tokens too long for the model's "
            "context. Ask more briefly, or allow a shorter reply."
        )
    chosen: list[Hit] = []
    left_out: list[Hit] = []
    for hit in hits:
        # The two-digit number and the line break are counted for every passage alike.
        cost = count(_block(99, hit) + "\n")
        if cost <= room:
            chosen.append(hit)
            room -= cost
        else:
            left_out.append(hit)
    if hits and not chosen:
        raise InputError(
            f"None of {len(hits)} passages fits the {room} tokens that the model's context "
            "leaves. Index shorter passages, allow a shorter reply or use a larger model."
        )
    return chosen, left_out


def _block(number: int, hit: Hit) -> str:
    source = hit.source
    pages = ", ".join(page.label or str(page.number) for page in hit.passage.pages)
    facts = (
        ("title", source.title),
        ("edition", source.edition),
        ("date", (source.effective or source.published or "") and _date(hit)),
        ("section", " > ".join(hit.passage.section)),
        ("pages", pages),
        ("status", "" if hit.in_force else "superseded or not in force"),
    )
    head = "".join(f' {key}="{_attribute(value)}"' for key, value in facts if value)
    return f'<passage n="{number}"{head}>\n{shown(hit.passage)}\n</passage>'


def _date(hit: Hit) -> str:
    day = hit.source.effective or hit.source.published
    return day.isoformat() if day else ""


def _attribute(value: str) -> str:
    return inert(value).replace('"', "'")


def patient_facts(patient: Patient | None) -> str:
    """Return what is known of a patient, one fact a line; empty where nothing is.

    Unknown fields are left out; an empty list is stated as "none known".
    """
    if patient is None:
        return ""
    lines = [f"- {name}: {inert(text)}" for name, text in _facts(patient) if text]
    return "\n".join(lines)


def _facts(patient: Patient) -> list[tuple[str, str]]:
    yes_no = {True: "yes", False: "no", None: ""}
    return [
        ("age", _measure(patient.age_years, "years")),
        ("sex", patient.sex or ""),
        ("weight", _measure(patient.weight_kg, "kg")),
        ("height", _measure(patient.height_cm, "cm")),
        ("pregnant", yes_no[patient.pregnant]),
        ("breastfeeding", yes_no[patient.lactating]),
        ("allergies", _listing(patient.allergies)),
        ("conditions", _listing(patient.conditions)),
        ("current medications", _listing(patient.medications)),
        ("laboratory", _listing(None if patient.labs is None else [_lab(x) for x in patient.labs])),
    ]


def _measure(value: object, unit: str) -> str:
    return "" if value is None else f"{value} {unit}"


def _listing(items: Sequence[str] | None) -> str:
    return "" if items is None else "; ".join(items) or "none known"


def _lab(lab: Lab) -> str:
    unit = f" {lab.unit}" if lab.unit else ""
    taken = f" ({lab.taken.isoformat()})" if lab.taken else ""
    return f"{lab.name} {lab.value}{unit}{taken}"
