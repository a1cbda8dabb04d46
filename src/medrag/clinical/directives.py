"""What a sentence says to do with what it names: give, avoid, stop, or nothing.

Cue words are found once per sentence. A directive before a name ("avoid X", "do not give X or
Y") reaches forward to the next directive or the end of its clause; one after it ("X is
contraindicated", "X, Y and Z should be avoided") reaches back over the names of its subject.
Words that only mention a drug ("in patients taking X", "allergic to X", "after X") reach one
name and the list it opens. Conditions ("if eGFR < 30", "unless ...") are regions.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from medrag.text.prefilter import Prefiltered, prefiltered

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CueKind = Literal[
    "avoid", "stop", "give", "current", "context", "instead", "from", "no", "limit",
    "post-avoid", "post-stop", "post-give", "except", "past", "allergy", "list",
]  # fmt: skip

_OPTIONAL = frozenset({"doing", "to_do"})


def _load() -> tuple[tuple[CueKind, ...], Prefiltered]:
    """Return the kinds of the cues and one pattern whose group `c<i>` is cue i."""
    table = (files("medrag.clinical") / "data" / "cues.toml").read_text(encoding="utf-8")
    data = tomllib.loads(table)
    words: dict[str, str] = {}
    for name, patterns in data["words"].items():
        group = _filled(f"(?:{'|'.join(patterns)})", words)
        words[name] = f"{group}?" if name in _OPTIONAL else group
    groups = [_filled("|".join(cue["patterns"]), words) for cue in data["cue"]]
    named = "|".join(f"(?P<c{index}>{group})" for index, group in enumerate(groups))
    kinds: tuple[CueKind, ...] = tuple(cue["kind"] for cue in data["cue"])
    return kinds, prefiltered(rf"(?<![\w-])(?:{named})(?![\w])")


def _filled(pattern: str, words: dict[str, str]) -> str:
    for name, group in words.items():
        pattern = pattern.replace(f"{{{name}}}", group)
    return pattern


_KINDS, _CUE = _load()
_CLAUSE = re.compile(
    r";|\s\|\s|\s(?:->|=>|\u2192)\s|\s[\u2013\u2014]\s|\u2014|(?<=[a-z.)])\s-\s(?=[a-z][\w-]+\s\d)|,?\s(?:but|however|whereas|while(?!\s(?:taking|on"
    r"|receiving))|although|though|yet)\s"
    r"|,\sinstead\b|,\s(?=(?:so|therefore|hence|thus)\s)|\.\s|:\s(?=(?:give|start|use|avoid|stop|take)\b)|\n"
    r"|,\s(?=then\s(?:stop|start|give|switch))"
)
_SUBORDINATE = re.compile(
    r"(?<!\w)(?:if|when|whenever|because|unless|since|until|so\sthat|in\scase)(?!\w)"
)
_CONDITION = re.compile(
    r"(?<![\w-])(?:(?P<exception>unless|except\s(?:if|when|in|for\spatients)|until"
    r"|not\s(?:in|if|for|when|during)(?=\s(?:pregnan|child|breast|lactat|patients|those|renal"
    r"|kidney"
    r"|severe|the\selderly|older|infants|neonates|egfr|crcl|(?:she|he|you|women)\b)))"
    r"|should\s(?:[\w-]+\s){1,3}(?:occur|persist|recur|develop|fail|appear|worsen|continue|become"
    r"|need|happen"
    r"|arise|return)"
    r"|not\s(?:before|until)|no\searlier\sthan|only\sonce|as\ssoon\sas"
    r"|only\s(?:if|when|in|with|for|after)|even\s(?:if|when)|if|when(?:ever)?|in\scase(?:\sof)?"
    r"|provided(?:\sthat)?|as\slong\sas(?!\s(?:an?\s|\d|two|three|four|six|eight|ten|twelve))"
    r"|once(?=\s(?:the|his|her|your|their|it|he|she|you|they"
    r"|there|this|egfr|inr|k|potassium|stable|euvolemic|afebrile|[\w-]+\s(?:is|are|has|have"
    r"|falls?|drops?|rises?|reach\w*|return\w*|normali\w+|improv\w+|confirm\w*))\b)"
    r"|in\s(?:the\s(?:presence|setting|absence)\sof|(?:\w+\s){0,3}(?:patients|those"
    r"|people|women|men|individuals|children|adults|infants|neonates|persons)\s(?:with"
    r"|who|whose|on|taking|receiving|aged|under|over|older|younger|at|treated"
    r"|undergoing|allergic|<|≥|>))"
    r"|(?:in|for)\s(?!this|that|our|your|the\s|his|her|such|all|most|many|some)(?:[\w-]+\s){1,2}"
    r"(?:patients|people|individuals)"
    r"|(?:in|for|during)\s(?:severe|moderate|mild|end[- ]stage|chronic|acute|active"
    r"|decompensated|advanced|hepatic|renal|pregnancy|breastfeeding|lactation|children"
    r"|infants|neonates|patients|women|men|the\selderly|older\sadults|adults|adolescents|anyone"
    r"|those"
    r"|people)"
    r"|(?:below|under|above|over|(?:with|at|for)(?=\s[^.;,]{3,40}(?:<|>|≤|≥|below|above|under"
    r"|over|less"
    r"|more|between|at\sleast|or\slower|or\shigher|\d\s?[-–]\s?\d)))\s(?:an?\s|the\s)?(?:egfr|crcl"
    r"|creatinine\sclearance|gfr|inr|qtc|potassium|k\b|platelets?|ejection\sfraction"
    r"|lvef))(?![\w])"
)
_REPORT = re.compile(
    r"\[\s?see\s|\(\s\d{1,2}(?:\.\d{1,2})*\s?(?:,\s?\d{1,2}(?:\.\d{1,2})*\s?)*\)"
    r"|\bsee\s(?:also\s)?(?:full\sprescribing"
    r"|warnings|dosage\sand|contraindications|clinical\s(?:pharm|stud)|use\sin\sspecific)"
    r"|\bfull\sprescribing\sinformation"
    r"|\b(?:trials?(?!\sof\b)|stud(?:y|ies)|cohort|meta-analys[ie]s|randomi[sz]ed|placebo"
    r"|investigators?|participants?|subjects|enrolled"
    r"|was\sassociated|were\sassociated|is\sassociated\swith|reported|published"
    r"|approved|labell?ed|mechanism|pharmacokinetic\w*"
    r"|half-life|bioavailability|incidence|compared\s(?:with|to)|versus|patients\swere"
    r"|has\sbeen\sshown|have\sbeen\sshown)\b"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """Directive words.

    Attributes:
        kind: What they do to the names in their reach.
        start, end: Offsets.
    """

    kind: CueKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a sentence that states a condition."""

    start: int
    end: int
    exception: bool


@dataclass(frozen=True, slots=True)
class Clauses:
    """The structure of one sentence.

    Attributes:
        cues: In text order.
        breaks: Offsets at which clauses begin, the sentence's own start first.
        subordinates: Offsets of words that open a subordinate clause.
        conditions: Condition regions in text order.
        report: The sentence reports rather than orders.
        question: The sentence asks.
    """

    start: int
    end: int
    cues: tuple[Cue, ...]
    breaks: tuple[int, ...]
    subordinates: tuple[int, ...]
    conditions: tuple[Region, ...]
    report: bool
    question: bool

    def clause(self, offset: int) -> tuple[int, int]:
        """Return where the clause around `offset` begins and ends."""
        begins = [place for place in self.breaks if place <= offset]
        ends = [place for place in self.breaks if place > offset]
        return (begins[-1] if begins else self.start), (ends[0] if ends else self.end)

    def condition(self, offset: int) -> Region | None:
        """Return the condition region that `offset` stands in, if any."""
        return next((r for r in self.conditions if r.start <= offset < r.end), None)


def analyze(text: str, start: int, end: int, *, named: bool = True) -> Clauses:
    """Return cues, clauses and conditions of the sentence `text[start:end]`.

    Args:
        text: The whole text in lower case.
        start: Where the sentence begins.
        end: Where it ends.
        named: Whether it names something that a cue can govern; if not, cues are only looked
            for where the sentence begins.
    """
    matches = _CUE.finditer(text, start, end) if named else filter(None, [_CUE.match(text, start)])
    cues = tuple(
        Cue(_KINDS[int((match.lastgroup or "c0")[1:])], match.start(), match.end())
        for match in matches
    )
    breaks = (start, *(match.end() for match in _CLAUSE.finditer(text, start, end)))
    return Clauses(
        start=start,
        end=end,
        cues=cues,
        breaks=breaks,
        subordinates=tuple(m.start() for m in _SUBORDINATE.finditer(text, start, end)),
        conditions=tuple(_conditions(text, start, end, breaks=breaks, cues=cues)),
        report=_REPORT.search(text, start, end) is not None,
        question=text[start:end].rstrip().endswith("?"),
    )


_LIST_COMMA = re.compile(r",\s(?:and|or)?\s?[\w-]+(?:\s[\w-]+)?(?:,|\s(?:and|or)\s)")
_CONDITION_END = re.compile(r",|\bthen\b|\)|;|:\s")


def _conditions(
    text: str, start: int, end: int, *, breaks: tuple[int, ...], cues: tuple[Cue, ...]
) -> list[Region]:
    regions: list[Region] = []
    for match in _CONDITION.finditer(text, start, end):
        if regions and match.start() < regions[-1].end:
            continue
        limit = min([place for place in breaks if place > match.start()] + [end])
        stop = _condition_end(text, match.end(), limit, cues)
        regions.append(Region(match.start(), stop, match["exception"] is not None))
    return regions


_IMPERATIVE = re.compile(
    r"(?:give|start|begin|initiate|prescribe|administer|take|use|add|resume|restart"
    r"|increase|titrate|avoid"
    r"|stop|discontinue|hold|withhold|switch|reduce|decrease|consider|choose|do\snot|never)\b"
)
_SUBJECT = re.compile(r"\b(?:to|you|we|they|not|who|patients|must|or|and|be|is|are)\s\Z")


def _condition_end(text: str, start: int, limit: int, cues: tuple[Cue, ...]) -> int:
    for cue in cues:
        inside = start < cue.start < limit
        if (
            inside
            and _IMPERATIVE.match(text, cue.start)
            and not _SUBJECT.search(text, max(0, cue.start - 20), cue.start)
        ):
            limit = cue.start
            break
    for mark in _CONDITION_END.finditer(text, start, limit):
        if mark[0] == "," and _LIST_COMMA.match(text, mark.start(), limit):
            directive = any(mark.end() <= cue.start <= mark.end() + 12 for cue in cues)
            if not directive:
                continue
        return mark.start()
    return limit
