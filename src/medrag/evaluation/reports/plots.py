"""Plots as inline SVG. Each says in words what it shows, and a table beside it says the numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from medrag.evaluation.reports.markup import Markup, css, element

_INK, _FAINT, _AXIS = "#14539a", "#c9ced6", "#6b737d"
COLORS = ("#14539a", "#a34700", "#14602f", "#7a2a8f", "#98141b", "#4b535d")
"""Of several runs in one plot; each has a mark of its own as well."""
_ROW, _LABEL, _WIDTH, _RIGHT = 22, 380, 980, 140
_HIGH, _LEFT, _BASE = 240, 70, 40
_CHARACTERS = 56
_MARKED = 60
"""The most points of a line that have a mark each."""
_STEP = 190
Point = tuple[float, float]
Place = Callable[[Point], Point]
"""Where a point stands in the picture."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure with its interval, each from 0 to 1; a heading where there is no figure.

    Attributes:
        low, high: None where there is no interval.
        words: What stands to its right.
        color: Index into `COLORS`.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    words: str = ""
    color: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one line, from left to right.

    Attributes:
        points: (x, y).
        bands: For each point the ends of its interval; None where there is none.
    """

    name: str
    points: Sequence[Point]
    bands: Sequence[Point | None] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis tells.

    Attributes:
        ticks: Place and words, from low to high; the first and the last are its ends.
    """

    title: str
    ticks: Sequence[tuple[float, str]]

    def share(self, value: float) -> float:
        """Return where a value stands between the ends, 0 to 1."""
        low, high = self.ticks[0][0], self.ticks[-1][0]
        return min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.5


SHARES = tuple((tick / 4, f"{tick * 25} %") for tick in range(5))


def dots(title: str, rows: Sequence[Dot]) -> Markup:
    """Return figures one below the other, each with its interval, on an axis from 0 to 100 %."""
    height = _ROW * len(rows) + 30
    span = _WIDTH - _LABEL - _RIGHT

    def x(share: float) -> float:
        return _LABEL + span * min(1.0, max(0.0, share))

    parts = [_line((x(s), 4), (x(s), height - 24), _FAINT) for s, _ in SHARES]
    parts += [_text((x(s), height - 8), words, "middle", "muted") for s, words in SHARES]
    for number, row in enumerate(rows):
        y = 14 + number * _ROW
        ink = COLORS[row.color % len(COLORS)]
        kind = "heading" if row.value is None else ""
        parts.append(_text((_LABEL - 10, y + 4), _short(row.label), "end", kind))
        if row.value is None:
            continue
        if row.low is not None and row.high is not None:
            parts.append(_line((x(row.low), y), (x(row.high), y), ink, 2.5))
        parts.append(_mark((x(row.value), y), row.color))
        parts.append(_text((_WIDTH - _RIGHT + 12, y + 4), row.words, "start"))
    told = "; ".join(f"{row.label}: {row.words}".removesuffix(": ") for row in rows)
    return _figure(title, told, (_WIDTH, height), parts)


def lines(
    title: str, across: Axis, up: Axis, drawn: Sequence[Line], *, width: int = _WIDTH
) -> Markup:
    """Return lines over two axes, with their intervals and, where there are several, a legend."""
    inside, bottom = width - _LEFT - 20, _HIGH - _BASE

    def place(point: Point) -> Point:
        return _LEFT + inside * across.share(point[0]), bottom - (bottom - 12) * up.share(point[1])

    parts = [*_axes(across, up, place), _below(across.title, width)]
    for color, line in enumerate(drawn):
        ink = COLORS[color % len(COLORS)]
        places = [place(point) for point in line.points]
        for (point, band), (at, _) in zip(
            zip(line.points, line.bands, strict=False), places, strict=False
        ):
            if band is not None:
                ends = [place((point[0], end))[1] for end in band]
                parts.append(_line((at, ends[0]), (at, ends[1]), ink, 1.5))
        parts += [_line(a, b, ink, 2) for a, b in pairwise(places)]
        if len(places) <= _MARKED:
            parts += [_mark(one, color) for one in places]
        if len(drawn) > 1:
            parts.append(_mark((_LEFT + 12 + _STEP * color, 8), color))
            parts.append(_text((_LEFT + 22 + _STEP * color, 12), _short(line.name, 26), "start"))
    told = "; ".join(_told(line, across, up) for line in drawn if line.points)
    return _figure(title, told, (width, _HIGH + 16), parts)


def bars(title: str, across: str, counted: Sequence[tuple[str, int]]) -> Markup:
    """Return one upright bar for each count, with its label below and its number above."""
    most = max((count for _, count in counted), default=0) or 1
    step = (_WIDTH - 20) / max(1, len(counted))
    bottom = _HIGH - _BASE
    parts = [_line((10, bottom), (_WIDTH - 10, bottom), _AXIS)]
    for number, (label, count) in enumerate(counted):
        left, high = 10 + number * step, (bottom - 24) * count / most
        box = {"x": f"{left + step * 0.12:.1f}", "y": f"{bottom - high:.1f}"}
        box |= {"width": f"{step * 0.76:.1f}", "height": f"{high:.1f}", "fill": _INK}
        parts.append(element("rect", attributes=box))
        parts.append(_text((left + step / 2, bottom - high - 5), str(count), "middle"))
        parts.append(_text((left + step / 2, bottom + 16), label, "middle", "muted"))
    parts.append(_text((_WIDTH / 2, _HIGH - 4), across, "middle", "muted"))
    told = "; ".join(f"{label}: {count}" for label, count in counted)
    return _figure(title, told, (_WIDTH, _HIGH), parts)


def _axes(across: Axis, up: Axis, place: Place) -> list[Markup]:
    left, right = across.ticks[0][0], across.ticks[-1][0]
    base = up.ticks[0][0]
    parts = []
    for value, words in up.ticks:
        (x0, y), (x1, _) = place((left, value)), place((right, value))
        parts += [_line((x0, y), (x1, y), _FAINT), _text((x0 - 8, y + 4), words, "end", "muted")]
    for value, words in across.ticks:
        x, y = place((value, base))
        parts.append(_text((x, y + 18), words, "middle", "muted"))
    return parts


def _below(words: str, width: int) -> Markup:
    return _text((width / 2, _HIGH + 8), words, "middle", "muted")


def _figure(title: str, told: str, size: Point, parts: Sequence[Markup]) -> Markup:
    wide, high = size
    box = {"viewBox": f"0 0 {wide:.0f} {high:.0f}", "width": f"{wide:.0f}", "role": "img"}
    box["aria-label"] = f"{title}. {told}"
    picture = element("svg", *parts, attributes=box)
    return element("figure", element("figcaption", title), picture)


def _line(start: Point, end: Point, ink: str, width: float = 1) -> Markup:
    ends = (("x1", start[0]), ("y1", start[1]), ("x2", end[0]), ("y2", end[1]))
    place = {name: f"{value:.1f}" for name, value in ends}
    return element("line", attributes={**place, "stroke": ink, "stroke-width": str(width)})


def _mark(at: Point, color: int) -> Markup:
    """Return a disc, a square or a diamond: several runs are told apart without color."""
    x, y = at
    ink = {"fill": COLORS[color % len(COLORS)]}
    if color % 3 == 0:
        return element("circle", attributes={"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "4", **ink})
    size = {"x": f"{x - 4:.1f}", "y": f"{y - 4:.1f}", "width": "8", "height": "8", **ink}
    if color % 3 == 2:
        size["transform"] = f"rotate(45 {x:.1f} {y:.1f})"
    return element("rect", attributes=size)


def _text(at: Point, words: str, anchor: str, css_class: str = "") -> Markup:
    place = {"x": f"{at[0]:.1f}", "y": f"{at[1]:.1f}", "text-anchor": anchor}
    return element("text", words, attributes=place | (css(css_class) if css_class else {}))


def _short(label: str, longest: int = _CHARACTERS) -> str:
    return label if len(label) <= longest else label[: longest - 1] + "\u2026"


def _told(line: Line, across: Axis, up: Axis) -> str:
    (x0, y0), (x1, y1) = line.points[0], line.points[-1]
    first = f"from {y0:.3g} at {x0:.3g} to {y1:.3g} at {x1:.3g}"
    return f"{line.name}, {up.title} by {across.title}: {first}"
