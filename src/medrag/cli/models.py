"""`medrag models`: the MedGemma variants, what they need, and what fits this machine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

import click

from medrag.cli.governance import approve, card

if TYPE_CHECKING:
    from medrag.generation.machine import Fit, Memory
    from medrag.generation.variants import Variant

_GIB = 2**30


@click.group("models", invoke_without_command=True)
@click.option(
    "--context",
    "tokens",
    type=click.IntRange(1, 131_072),
    default=8192,
    show_default=True,
    metavar="TOKENS",
    help="Prompt and reply together, for the memory of keys and values.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(context: click.Context, tokens: int, as_json: bool) -> None:
    """List the MedGemma variants: size, what they read, memory, and whether they fit here.

    Memory is computed from the architecture, not measured: weights, keys and values of one
    reply, and an allowance for the runtime. medrag ships no weights and fetches none unasked.

    \b
    Examples:
      medrag models
      medrag models --context 16384 --json
    """
    if context.invoked_subcommand is None:
        _list(tokens, as_json=as_json)


command.add_command(card)
command.add_command(approve)


def _list(tokens: int, *, as_json: bool) -> None:
    from medrag.generation.machine import memories
    from medrag.generation.variants import VARIANTS

    here = memories()
    rows = [_row(variant, tokens, here) for variant in VARIANTS]
    if as_json:
        document = {"context_tokens": tokens, "machine": [_place(m) for m in here], "models": rows}
        click.echo(json.dumps(document, indent=2))
        return
    for line in _table(rows, tokens):
        click.echo(line)
    click.echo()
    for line in _notes(here, tokens):
        click.echo(line)


def _row(variant: Variant, tokens: int, here: Sequence[Memory]) -> dict[str, Any]:
    from medrag.generation.local_model import Precision
    from medrag.generation.machine import weights_of
    from medrag.generation.variants import ALLOWANCE_BYTES, LICENCE, LICENCE_URL

    shape = variant.architecture
    memory = {}
    for precision in get_args(Precision):
        needed = variant.memory_bytes(precision, tokens)
        memory[precision] = {
            "weights_bytes": shape.weights_bytes(precision),
            "states_bytes": shape.states_bytes(tokens),
            "allowance_bytes": ALLOWANCE_BYTES,
            "total_bytes": needed,
            "fits": {place.kind: _fit(place, precision, needed) for place in here},
        }
    folder = weights_of(variant.hub_name)
    return {
        "name": variant.name,
        "hub_name": variant.hub_name,
        "parameters": shape.parameters,
        "reads": list(variant.reads),
        "thinks": variant.thinks,
        "context_tokens": variant.context_tokens,
        "memory": memory,
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "weights": str(folder) if folder else None,
    }


def _fit(place: Memory, precision: str, needed: int) -> Fit:
    # bitsandbytes has no kernels for Apple's GPUs.
    return "no" if precision == "4bit" and place.kind == "mps" else place.fit(needed)


def _place(memory: Memory) -> dict[str, Any]:
    return {
        "name": memory.name,
        "kind": memory.kind,
        "total_bytes": memory.total,
        "available_bytes": memory.available,
        "bf16": memory.bf16,
    }


def _table(rows: Sequence[dict[str, Any]], tokens: int) -> list[str]:
    head = (
        "name",
        "parameters",
        "reads",
        "context",
        "bf16",
        "4-bit",
        "fits this machine",
        "weights",
    )
    cells = [head]
    for row in rows:
        memory = row["memory"]
        cells.append(
            (
                row["name"],
                f"{row['parameters'] / 1e9:.2f} B",
                ", ".join(row["reads"]),
                f"{row['context_tokens']:,}",
                f"{memory['bf16']['total_bytes'] / _GIB:.1f} GiB",
                f"{memory['4bit']['total_bytes'] / _GIB:.1f} GiB",
                _fits(memory),
                "here" if row["weights"] else "not here",
            )
        )
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    return [f"Memory for one reply of {tokens:,} tokens, prompt included:", "", *lines]


def _fits(memory: dict[str, Any]) -> str:
    words = {"cuda": "GPU", "mps": "Apple GPU", "processor": "RAM"}
    said = []
    for precision, shown in (("bf16", "bf16"), ("4bit", "4-bit")):
        for kind, fit in memory[precision]["fits"].items():
            if fit != "no":
                later = " when freed" if fit == "when freed" else ""
                said.append(f"{shown} in {words[kind]}{later}")
    return ", ".join(said) or "no"


def _notes(here: Sequence[Memory], tokens: int) -> list[str]:
    from medrag.generation.variants import ALLOWANCE_BYTES, LICENCE, LICENCE_URL

    lines = [
        f"This machine: {place.name}, {place.total / _GIB:.1f} GiB, of them "
        f"{place.available / _GIB:.1f} available."
        + ("" if place.bf16 else " It has no bfloat16 of its own: expect it to be slow.")
        for place in here
    ]
    if len(here) == 1:
        lines.append("No GPU that torch can use.")
    return [
        *lines,
        f"Computed: weights, keys and values of one reply of {tokens:,} tokens, and "
        f"{ALLOWANCE_BYTES / _GIB:.1f} GiB for the runtime. Not measured.",
        "4-bit: --llm 'medgemma-27b?load=4bit', with pip install 'medrag[quantized]'; Google has "
        "not evaluated quantized versions.",
        f"Licence of the weights: {LICENCE},",
        f"{LICENCE_URL}",
        "Clinical use needs the authorization that your jurisdiction asks for.",
    ]
