"""From unit costs to machines, hours and money; see `scale.py` and docs/scale.md."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from typing import Any

SIZES = (10_000_000, 100_000_000, 1_000_000_000)
GIB = 1 << 30
MONTH_H = 730
COPIES = 2
"""Of every shard: one may fail, or be replaced by a newer split, without a gap."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what a plan assumes rather than measures."""
    plan = parser.add_argument_group("what a plan assumes")
    plan.add_argument("--machine-usd-hour", type=float, default=1.0, help="of one machine")
    plan.add_argument("--memory-gib", type=int, default=128)
    plan.add_argument("--cores", type=int, default=16)
    plan.add_argument("--disk-tb", type=float, default=3.8, help="local NVMe of one machine")
    plan.add_argument("--aim-ms", type=float, default=100.0, help="search in one shard, p50")
    plan.add_argument("--questions-a-second", type=float, default=20.0)


@dataclass(frozen=True)
class Line:
    """A cost that is `fixed` and grows by `each` a passage."""

    fixed: float
    each: float

    def at(self, passages: float) -> float:
        """Return the cost at so many passages."""
        return self.fixed + self.each * passages


def line(small: tuple[float, float], large: tuple[float, float]) -> Line:
    """Return the line through two measured points; one that falls is level at the higher."""
    each = max(0.0, (large[1] - small[1]) / (large[0] - small[0]))
    return Line(max(0.0, large[1] - each * large[0]), each)


def grown(units: dict[str, Any], name: str) -> Line:
    (small, low), (large, high) = [(float(n), row[name]) for n, row in units["index"].items()]
    return line((small, low), (large, high))


def of_kind(units: dict[str, Any], kind: str, name: str) -> Line:
    rows = units["vectors"]["kinds"][kind]
    (small, low), (large, high) = [(float(n), row[name]) for n, row in rows.items()]
    return line((small, low), (large, high))


def at_largest(units: dict[str, Any], kind: str, name: str) -> float:
    rows = units["vectors"]["kinds"][kind]
    value: float = rows[max(rows, key=int)][name]
    return value


def disk_bytes(units: dict[str, Any], kind: str) -> float:
    """Bytes of a passage on the disk: texts as people write them, vectors, words, catalog."""
    texts = sum(units["text"]["bytes"].values())
    return float(texts + units["vectors"]["exact_bytes"] + at_largest(units, kind, "bytes"))


def hot_bytes(units: dict[str, Any], kind: str) -> float:
    """Bytes of a passage that every search reads: its code, its words, its row in the catalog.

    The exact vectors and the texts are read for a few hundred passages a question, from the disk.
    """
    size = at_largest(units, kind, "bytes")
    vectors = units["vectors"]["exact_bytes"] if kind == "flat" else size
    return float(vectors + units["text"]["bytes"]["lexical"] + units["text"]["bytes"]["catalog"])


def search_ms(units: dict[str, Any], kind: str, passages: float) -> float:
    """Both searches of one shard, one after the other: the upper bound of one core."""
    return of_kind(units, kind, "p50_ms").at(passages) + grown(units, "lexical_p50_ms").at(passages)


def front_ms(units: dict[str, Any], shards: int) -> float:
    """What the front computes for a question over so many shards: measured to four, then a line."""
    front = units["front"]
    counts = sorted(int(name.split("_")[1]) for name in front if name.startswith("shards_"))
    few, many = counts[0], counts[-1]
    points = [(float(n), front[f"shards_{n}"]["asking_core_ms"]) for n in (few, many)]
    return line(points[0], points[1]).at(shards)


def asked_ms(units: dict[str, Any]) -> float:
    """What a question costs each shard beside its search: four requests over HTTP."""
    front = units["front"]
    many = max(int(name.split("_")[1]) for name in front if name.startswith("shards_"))
    cost: float = front[f"shards_{many}"]["asked_core_ms"]
    return cost / many


def shard_limit(units: dict[str, Any], kind: str, options: argparse.Namespace) -> float:
    """Return the most passages of one shard: what one core searches in the time aimed at."""
    slope = of_kind(units, kind, "p50_ms").each + grown(units, "lexical_p50_ms").each
    return (options.aim_ms - search_ms(units, kind, 0)) / slope


def machine_limits(
    units: dict[str, Any], kind: str, options: argparse.Namespace
) -> dict[str, float]:
    """Return the most passages of one machine by each of its limits.

    Half of the disk is for the next split beside the present one, seven tenths of the memory for
    what every search reads, half of the cores for searches at once.
    """
    core_ms = of_kind(units, kind, "p50_ms").each + grown(units, "lexical_p50_ms").each
    core_ms += asked_ms(units) / shard_limit(units, kind, options)
    cores = 0.5 * options.cores * 1000 / options.questions_a_second
    return {
        "memory": 0.7 * options.memory_gib * GIB / hot_bytes(units, kind),
        "disk": 0.5 * options.disk_tb * 1e12 / disk_bytes(units, kind),
        "cores": cores / core_ms,
    }


def build_limit(units: dict[str, Any], options: argparse.Namespace) -> float:
    """Return the most passages of one build: of its memory."""
    each = grown(units, "build_peak_mb").each * (1 << 20)
    return 0.8 * options.memory_gib * GIB / each if each else math.inf


def show_units(units: dict[str, Any]) -> None:
    """Print what was measured."""
    machine = units["machine"]
    print(
        f"{machine['day']}, {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, load {machine['load_at_the_start']} at the start, "
        f"{machine['load_at_the_end']} at the end; Python {machine['python']}, "
        + ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
        + "\n"
    )
    text = units["text"]
    rows = [
        (f"characters of a passage ({text['from']})", text["characters"]),
        *((f"bytes of a passage, {name}", size) for name, size in text["bytes"].items()),
        ("bytes of a passage, exact vector", units["vectors"]["exact_bytes"]),
        ("passages embedded a second of one core, MiniLM int8", text["embedded_a_core_second"]),
    ]
    small, large = (int(n) for n in units["index"])
    for name, shown, factor in (
        ("build_s", "store, without embedding, us a passage", 1e6),
        ("build_peak_mb", "memory of a build, bytes a passage", 1 << 20),
        ("open_s", "open, every byte compared, us a passage", 1e6),
        ("commit_s", "one more document, us a passage that is there", 1e6),
        ("split_s", "split into shards, us a passage", 1e6),
        ("lexical_p50_ms", "search by words, p50, ms a million passages", 1e6),
    ):
        rows.append((f"{shown}, from {small:,} to {large:,}", grown(units, name).each * factor))
    for name, costs in units["front"].items():
        where = "whole" if name == "whole" else f"in {name.split('_')[1]} shards over HTTP"
        rows.append(
            (
                f"4,000 passages {where}: ms by the clock, of the asking core, of the asked",
                " / ".join(figure(cost) for cost in costs.values()),
            )
        )
    table(
        ("unit", "measured"),
        [(name, value if isinstance(value, str) else figure(value)) for name, value in rows],
    )
    print()
    table(
        (
            "vectors",
            "bytes beside the exact ones",
            "build us",
            "p50 ms",
            "ms a million more",
            "recall@10",
        ),
        [
            (
                f"{kind}, {int(size):,}",
                row["bytes"],
                row["build_us"],
                row["p50_ms"],
                figure(of_kind(units, kind, "p50_ms").each * 1e6),
                row["recall"],
            )
            for kind, sizes in units["vectors"]["kinds"].items()
            for size, row in sizes.items()
        ],
    )


def show(units: dict[str, Any], options: argparse.Namespace) -> None:
    """Print the unit costs and the plan."""
    show_units(units)
    print(
        f"\nA machine: {options.cores} cores, {options.memory_gib} GiB, {options.disk_tb} TB NVMe, "
        f"{options.machine_usd_hour:.2f} USD an hour (assumed); every shard on {COPIES} machines, "
        f"{COPIES} fronts. Aims: {options.aim_ms:.0f} ms of one core for a shard's search, "
        f"{options.questions_a_second:.0f} questions a second.\n"
    )
    kinds = [kind for kind in units["vectors"]["kinds"] if kind != "flat"]
    table(
        (
            "kind",
            "passages of a shard by latency",
            "of a machine by memory",
            "by disk",
            "by cores",
            "of one build by memory",
        ),
        [
            (
                kind,
                short(shard_limit(units, kind, options)),
                *(short(most) for most in machine_limits(units, kind, options).values()),
                short(build_limit(units, options)),
            )
            for kind in kinds
        ],
    )
    print()
    table(
        (
            "passages",
            "kind",
            "shards",
            "machines",
            "first limit",
            "disk TB, both copies",
            "memory GiB, one copy",
            "search ms",
            "recall@10",
            "embed h",
            "build core h",
            "update: commit s",
            "update: new split core h",
            "memory of one build GiB",
            "USD a month",
            "USD to embed",
        ),
        [row(units, size, kind, options) for size in SIZES for kind in kinds],
    )


def row(
    units: dict[str, Any], passages: int, kind: str, options: argparse.Namespace
) -> tuple[object, ...]:
    """Return one line of the plan."""
    shards = max(1, math.ceil(passages / shard_limit(units, kind, options)))
    most = machine_limits(units, kind, options)
    first = min(most, key=lambda name: most[name])
    machines = COPIES * math.ceil(passages / most[first]) + (COPIES if shards > 1 else 0)
    core_rate = units["text"]["embedded_a_core_second"]
    embed_h = passages / (core_rate * options.cores) / 3600
    split_h = grown(units, "split_s").at(passages) / 3600 if shards > 1 else 0.0
    latency = search_ms(units, kind, passages / shards)
    latency += front_ms(units, shards) if shards > 1 else 0.0
    return (
        short(passages),
        kind,
        shards,
        machines,
        first,
        figure(COPIES * passages * disk_bytes(units, kind) / 1e12),
        figure(passages * hot_bytes(units, kind) / GIB),
        figure(latency),
        at_largest(units, kind, "recall"),
        figure(embed_h),
        figure(grown(units, "build_s").at(passages) / 3600),
        figure(grown(units, "commit_s").at(passages)),
        figure(split_h),
        figure(passages * grown(units, "build_peak_mb").each * (1 << 20) / GIB),
        f"{machines * options.machine_usd_hour * MONTH_H:,.0f}",
        f"{embed_h * options.machine_usd_hour:,.0f}",
    )


def short(number: float) -> str:
    """Return a number of passages in words."""
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if number >= size:
            return f"{number / size:.3g} {name}"
    return f"{number:,.0f}"


def figure(value: float) -> str:
    """Return three significant digits."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def table(heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Print a table of Markdown."""
    print(f"| {' | '.join(heads)} |")
    print(f"|{'---|' * len(heads)}")
    for cells in rows:
        print(f"| {' | '.join(str(cell) for cell in cells)} |")
