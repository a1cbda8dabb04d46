"""Thresholds that a release has to keep, in a file that an institution signs.

```toml
alpha = 0.05            # of the paired tests, after Holm's correction
regressions = true      # a metric that is significantly worse fails, named below or not
lost = 3                # the most cases that may have been right and are wrong now
lost_texts = 0          # of them, texts that only the checker reads: no chance plays a part there
harmed = 0              # cases that show what was judged wrong, are answered against better
                        # judgement or miss an emergency or a finding, and did not before

[[gate]]
metric = "must-not-facts"
max = 0.0               # of the run itself

[[gate]]
metric = "correct"
group = "specialty:cardiology"
min = 0.9
max_drop = 0.02         # against the other run, towards worse
```
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, model_validator

from medrag.config import read_toml
from medrag.core.span import Value
from medrag.evaluation.metric import metrics
from medrag.evaluation.results import Results


class Threshold(Value):
    """What one metric may be.

    Attributes:
        metric: Its registered name.
        part, group: As in a `Figure`.
        min, max: Bounds of the value, inclusive; None: none.
        max_drop: How much worse than the other run it may be, in the metric's own unit; a rise
            where lower is better. None: nothing is compared.
    """

    metric: str
    part: str = ""
    group: str = ""
    min: float | None = None
    max: float | None = None
    max_drop: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _says_something(self) -> Threshold:
        if self.min is None and self.max is None and self.max_drop is None:
            raise ValueError("a gate needs min, max or max_drop")
        return self

    @property
    def name(self) -> str:
        """The figure in words: `correct of specialty:cardiology`."""
        part = f" ({self.part})" if self.part else ""
        return self.metric + part + (f" of {self.group}" if self.group else "")


class Gates(Value):
    """The thresholds of a file; see the module's docstring.

    Attributes:
        alpha: Below which corrected p-value a difference counts (0, 1].
        regressions: Whether a metric that is significantly worse fails by itself.
        lost: The most cases that may turn from right to wrong; None: any number.
        lost_texts: The most of them that are texts for the checker, which never differs by
            chance; None: any number.
        harmed: The most cases that newly do harm, as `Comparison.harmed` tells; None: any number.
    """

    alpha: float = Field(default=0.05, gt=0, le=1)
    regressions: bool = True
    lost: int | None = Field(default=None, ge=0)
    lost_texts: int | None = Field(default=0, ge=0)
    harmed: int | None = Field(default=0, ge=0)
    gate: tuple[Threshold, ...] = ()


def read_gates(path: Path) -> Gates:
    """Return the gates of a TOML file.

    Raises:
        ConfigError: It is missing or not TOML, a key is unknown, or a value is out of range.
        UnknownNameError: No metric has such a name.
    """
    gates = read_toml(path, Gates, "gate setting")
    metrics([gate.metric for gate in gates.gate])
    return gates


def failures(gates: Gates, results: Results, other: Results | None = None) -> Iterator[str]:
    """Yield a line for each threshold that `results` does not keep; also where it is undefined.

    Args:
        gates: The thresholds.
        results: Of the run.
        other: Of the run that it is compared with; drops are passed over where None.
    """
    for gate in gates.gate:
        figure = results.figure(gate.metric, part=gate.part, group=gate.group)
        if figure is None or figure.value is None:
            yield f"{gate.name} is undefined: no case of the run tells it."
            continue
        value = figure.value
        if gate.min is not None and value < gate.min - _EPSILON:
            yield f"{gate.name} is {value:.4g}, below {gate.min:g}."
        if gate.max is not None and value > gate.max + _EPSILON:
            yield f"{gate.name} is {value:.4g}, above {gate.max:g}."
        if gate.max_drop is not None and other is not None:
            before = other.figure(gate.metric, part=gate.part, group=gate.group)
            if before is not None and before.value is not None:
                yield from _dropped(gate, before.value, value)


_EPSILON = 1e-9


def _dropped(gate: Threshold, before: float, value: float) -> Iterator[str]:
    metric = metrics([gate.metric])[gate.metric]
    worse = value - before if metric.better == "lower" else before - value
    if gate.max_drop is not None and worse > gate.max_drop + _EPSILON:
        yield (
            f"{gate.name} went from {before:.4g} to {value:.4g}, worse by more than "
            f"{gate.max_drop:g}."
        )
