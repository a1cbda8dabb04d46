"""PRO102: medicines around a procedure: given too near it, or stopped that must not be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.clock import clock_apart
from medrag.checker.context import Context
from medrag.checker.incised import SOURCE, mistimed
from medrag.checker.kidney import kidney_of
from medrag.checker.rows_patient import PeriproceduralRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import rows_of
from medrag.checker.sieve import sifted
from medrag.checker.weekdays import dates_apart, weekdays_apart
from medrag.checker.wording import name, number
from medrag.clinical import DrugMention
from medrag.clinical.mentions import ENDED, ORDERED, ProcedureMention
from medrag.clinical.number_words import COUNT, count_of

_SURGICAL = frozenset(
    {
        "bariatric-surgery",
        "hysterectomy",
        "tonsillectomy",
        "polypectomy",
        "pacemaker",
        "neurosurgery",
    }
)
"""Procedures for which the rows of `surgery` hold too."""
HOURS = re.compile(
    rf"\b(\d+(?:\.\d+)?|{COUNT})[\s-]*(hours?|h|hrs?|days?|minutes?|weeks?)\b(?!\s*(?:apart))",
    re.I,
)
_LEAST = re.compile(r"\b(?:at least|minimum of|no (?:sooner|earlier) than|wait)\b[^.;]*$", re.I)
_CONTINUE = re.compile(
    r"\b(continue\w*|keep\w*|do(?:es)? not (?:need to )?(?:stop|hold)|no need to (?:stop|hold)"
    r"|without (?:stopping|holding|interrupt\w*)|need not be (?:stopped|held)|uninterrupted"
    r"|through|as usual|carr(?:y|ies) on|go(?:es)? on|stays? on|take\w*|give\w*|omit nothing"
    r"|(?:can|may|should|is to) (?:still )?be (?:swallowed|taken|injected|given))\b",
    re.I,
)
_UP_TO = re.compile(
    r"\b(through(?:out)?|morning of|day of|on the day|up to|until|right up|including|uninterrupted"
    r"|(?:operation|operating|surgery|theatre|procedure) (?:day|morning)"
    r"|(?:day|evening|night|morning) before"
    r"|before (?:the )?(?:surgery|operation|procedure|resection|anaesth|anesth|theatre)|pre-?op\w*"
    r"|peri-?op\w*|(?:days?|weeks?) (?:before|ahead|prior|in advance)|beforehand"
    r"|without (?:stopping|holding|interrupt\w*)"
    r"|need not be (?:stopped|held)|no need to (?:stop|hold)|not (?:need to )?(?:stop|hold))\b",
    re.I,
)
"""Words that place a directive just before a procedure."""
_LAST = re.compile(
    r"\b(?:last|latest|most recent|previous|took|taken|had|received|given|dose|swallowed|injected"
    r"|swallows?|(?:can|may|should) (?:still )?be (?:swallowed|taken|injected)"
    r"|(?:stop\w*|held|hold|omit\w*|skip\w*|pause\w*|until|up to) (?:[\w-]+ ){0,3}?(?:evening"
    r"|night) before"
    r"|(?:until|up to|through) (?:tonight|this evening|tomorrow|today|last night|yesterday))\b",
    re.I,
)
_WHEN: tuple[tuple[re.Pattern[str], int], ...] = (
    (
        re.compile(
            r"\b(?:this morning|(?:with|at|after) breakfast|earlier today|today|just now"
            r"|minutes ago)",
            re.I,
        ),
        12,
    ),
    (re.compile(r"\b(?:tonight|this evening)\b", re.I), 14),
    (re.compile(r"\b(?:last night|yesterday evening|last evening|at bedtime)", re.I), 18),
    (re.compile(r"\b(?:evening|night) before\b", re.I), 14),
    (re.compile(r"\byesterday\b", re.I), 36),
)
_SAME_DAY = re.compile(
    r"\b(?:this morning|at breakfast|before breakfast)\b[^.;]*\b(?:at noon|this afternoon"
    r"|this evening|later today|tonight|in the afternoon|at lunch\w*)\b",
    re.I,
)
"""A dose and a procedure of one day: "fondaparinux this morning, spinal this afternoon"."""
_SCHEDULED = re.compile(
    r"\bday\s?[-\u2212\u2013]\s?\d|\b\d+ days? (?:before|pre)|\b\d+ days? (?:off|without)", re.I
)
"""A plan that counts days before the procedure: "yesterday" is not a day before it."""
_AGO = re.compile(
    rf"\b(\d+(?:\.\d+)?|{COUNT})[\s-]*(hours?|h|hrs?|days?|minutes?|weeks?)\s+(?:ago|earlier|back)",
    re.I,
)
_UNSAFE = re.compile(
    r"\b(do not|don't|never|avoid|not within|no sooner|contraindicated|unsafe|postpon\w*|defer\w*"
    r"|delay\w*|cancel\w*|reschedul\w*|wait\w*|hold off|too (?:soon|early|recent))\b",
    re.I,
)
_GOES_AHEAD = re.compile(
    r"\b(?:no (?:reason|need|cause|point) (?:to|in|for)|without|need not(?: be)?|not(?: be)?)\s"
    r"(?:postpon|defer|delay|cancel|reschedul|wait)\w*|\bnever mind\b",
    re.I,
)
"""Words that let a procedure go ahead: "no reason to delay"."""
_PROPHYLACTIC = re.compile(
    r"\bprophyla\w*|\b(?:30|40)\s?mg\b|\b[25][,. ]?[05]00\s(?:units|IU)\b", re.I
)
"""A dose that prevents: shorter intervals hold."""


def _timing(context: Context) -> Iterator[Verdict]:
    yield from _prophylaxis(context)
    said: set[tuple[str, str]] = set()
    procedures = context.content.procedures
    found = [
        (mention, drug, row)
        for mention in (context.content.drugs if procedures else ())
        for drug, row in rows_of(context, mention, PeriproceduralRow)
    ]
    for procedure in procedures:
        for mention, drug, row in found:
            if row.direction != "keep" and procedure.polarity not in ORDERED:
                continue
            if row.procedure not in _kinds(procedure) or (drug, row.procedure) in said:
                continue
            problem = _problem(context, procedure, mention, row)
            if problem is None or _is_spared(context, row):
                continue
            said.add((drug, row.procedure))
            yield Signal(
                severity=row.severity,
                message=f"{name(drug)} and {name(procedure.procedure)} {problem}: {row.text}.",
                span=procedure.span if row.direction != "keep" else mention.span,
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )


def _prophylaxis(context: Context) -> Iterator[Verdict]:
    for mention, problem in mistimed(context):
        yield Signal(
            severity="warning",
            message=f"{mention.text} {problem}.",
            span=mention.span,
            reference=SOURCE,
            subject=next(iter(mention.ingredients), ""),
        )


_UNSPARED = 60
"""eGFR from which metformin goes on through contrast into a vein (metformin label, section 5.1)."""


def _is_spared(context: Context, row: PeriproceduralRow) -> bool:
    """Return whether a known kidney function makes the stop of a row needless."""
    found = kidney_of(context).measure("egfr")
    vein = row.key == "metformin" and row.procedure == "contrast-ct"
    return vein and found is not None and found[0] >= _UNSPARED


def _kinds(procedure: ProcedureMention) -> frozenset[str]:
    own = frozenset({procedure.procedure})
    return own | {"surgery"} if procedure.procedure in _SURGICAL else own


def _problem(
    context: Context, procedure: ProcedureMention, mention: DrugMention, row: PeriproceduralRow
) -> str | None:
    """Return what is wrong between a drug and a procedure, in words; None where nothing is."""
    words = context.sentence(mention)
    where = context.content.sentences[procedure.sentence].text
    together = mention.sentence == procedure.sentence
    if row.direction == "keep":
        ended = mention.polarity in ENDED or _LEFT_OUT.search(words) is not None
        near = _UP_TO.search(words) or (together and _is_around(context, procedure, mention))
        return "after stopping it" if ended and near and not _KEEPS_ON.search(words) else None
    if _IS_OVER.search(where):
        return None
    where, words = (_GOES_AHEAD.sub(" ", _OF_NEXT.sub(" ", said)) for said in (where, words))
    if (
        _UNSAFE.search(where)
        or _UNSAFE.search(words)
        or _is_called_off(context, procedure, mention)
        or is_put_off(context, procedure)
    ):
        return None
    hours = _hours(words) if together or _AHEAD_OF_IT.search(words) else None
    hours = hours if hours is not None else _since(words)
    if together:
        hours = _by_the_week(context, mention) or _by_the_clock(words) or hours
    if hours is None and _LAST_DAY.search(words):
        hours = dates_apart(where, words)
    if hours is None and together and _is_same_day(words, row):
        hours = Decimal(12)
    least = row.min_hours
    if row.prophylactic_hours is not None and _PROPHYLACTIC.search(words):
        least = row.prophylactic_hours
    if hours is not None:
        return f"{number(hours)} hours apart" if hours < least else None
    kept = _CONTINUE.search(words) is not None and (
        _UP_TO.search(words) is not None
        or (
            together
            and _GOES_ON.search(context.text, max(0, mention.start - 30), mention.start) is not None
        )
    )
    if kept and mention.polarity in ORDERED and mention.standing == "now":
        return "without a stop"
    return None


def _is_same_day(words: str, row: PeriproceduralRow) -> bool:
    """Return whether a dose and a procedure are of one day, or the dose follows it at once."""
    back = row.direction == "after" and _BACK_AT_ONCE.search(words) is not None
    return back or _SAME_DAY.search(words) is not None


_BACK_AT_ONCE = re.compile(
    r"\b(?:resum\w*|restart\w*|goes? back|continu\w*|again)\b[^.;]{0,40}\b(?:the same"
    r" (?:day|evening|night)|that (?:evening|night)|at once|immediately|straight away|right after"
    r"|tonight|this evening)\b|\b(?:tonight|this evening|later today)\b[^.;]{0,12}"
    r"\bas (?:always|usual|ever|normal|before)\b",
    re.I,
)


_GOES_ON = re.compile(
    r"\b(?:continu\w*|keep\w*|carry(?:ing)? on|go(?:es|ing)? on|stays? on)\s(?:\w+\s){0,2}\Z", re.I
)
"""Words right before a drug that it goes on."""
_LAST_DAY = re.compile(r"\b(?:until|till|up to|through|to|last|stop\w*|held|hold)\b", re.I)


def _by_the_week(context: Context, mention: DrugMention) -> Decimal | None:
    """Return the hours between a last dose and a procedure on days of the week."""
    words = context.sentence(mention)
    first = mention.start - context.content.sentences[mention.sentence].start
    return weekdays_apart(words, first=first) if _LAST.search(words) else None


def _by_the_clock(words: str) -> Decimal | None:
    """Return the hours between a last dose and a procedure that are timed by the clock."""
    return clock_apart(words) if _LAST.search(words) else None


_AHEAD_OF_IT = re.compile(
    r"\b(?:hours?|h|days?)\s(?:before|prior to|ahead of)\s(?:(?:the|his|her|your|any)\s)?"
    r"(?:operation|surgery|procedure|anaesth|anesth)",
    re.I,
)
"""A time before the operation, told in the drug's own sentence."""
_LEFT_OUT = re.compile(
    r"\b(?:leave|leaving) (?:it|them|this) (?:out|off)|(?:\A|[.;:,]\s)\W*(?:drop|leave out|miss)\s"
    r"|\b(?:stop|omit|skip|withhold) (?:it|them)\b|\boff for (?:[\w-]+ ){1,2}(?:days?|weeks?)\b",
    re.I,
)
_AROUND = re.compile(
    r"\b(?:around|for|during|before|ahead of|until after|prior to) (?:the|his|her|your|an?|any)\b",
    re.I,
)


def _is_around(context: Context, procedure: ProcedureMention, mention: DrugMention) -> bool:
    """Return whether what is said of a drug is for a procedure: "extraction: stop warfarin"."""
    if _AROUND.search(context.sentence(mention)):
        return True
    return ":" in context.text[procedure.end : mention.start]


_KEEPS_ON = re.compile(
    r"\b(?:never|not|\w+n['\u2019]t)\s(?:be\s)?(?:stop\w*|omit\w*|skip\w*|withh\w+|held|hold)\b",
    re.I,
)
_IS_OVER = re.compile(r"\b(?:uneventful\w*|went (?:well|smoothly)|without complications?)\b", re.I)
"""The procedure lies behind: what follows is given after it."""
_OF_NEXT = re.compile(r"[,;]?[^,;.]*\bnext (?:\w+ )?dose\b[^.;]*", re.I)
"""What is said of the dose after the procedure."""


def _is_called_off(context: Context, procedure: ProcedureMention, mention: DrugMention) -> bool:
    """Return whether the next sentence takes the plan back: "Wait: it is stopped 5 days before"."""
    following = max(procedure.sentence, mention.sentence) + 1
    sentences = context.content.sentences
    return following < len(sentences) and _TAKEN_BACK.match(sentences[following].text) is not None


_TAKEN_BACK = re.compile(
    r"\W*(?:wait|stop|hold on|not yet|too (?:soon|early)|postpone|delay|defer|reschedule|cancel)\b",
    re.I,
)


_PUT_OFF = sifted(
    r"\b(?:(?:cannot|can't|can not|must not|should not|may not|will not)"
    r" (?:be (?:done|performed|placed)|go ahead|proceed|take place|happen)|reschedul\w*|postpon\w*"
    r"|(?:put|puts) (?:it )?off|defer(?:red|s)?|(?:has|have) to wait|must wait|needs to wait)\b",
    re.I,
)


_TELLS = 5
"""Letters from which the first word of a procedure names it alone: "the spinal"."""


def is_put_off(context: Context, procedure: ProcedureMention) -> bool:
    """Return whether a sentence that names the procedure, or the next, puts it off."""
    if not context.says(_PUT_OFF):
        return False
    sentences = context.content.sentences
    word = procedure.text.split()[0].lower()
    named = {procedure.sentence}
    named |= {
        n for n, one in enumerate(sentences) if len(word) >= _TELLS and word in one.text.lower()
    }
    if "surgery" in _kinds(procedure):  # "the operation ..." may be put off under its own name
        named |= {p.sentence for p in context.content.procedures if "surgery" in _kinds(p)}
    near = {n + step for n in named for step in (0, 1)} & set(range(len(sentences)))
    return any(_PUT_OFF.whole.search(_GOES_AHEAD.sub(" ", sentences[n].text)) for n in near)


def _hours(text: str) -> Decimal | None:
    """Return the interval that a sentence states between dose and procedure."""
    matches = [found for found in HOURS.finditer(text) if not _is_of_next(text, found)]
    if not matches:
        return None
    match = matches[0]
    if len(matches) > 1 and _LEAST.search(text[: match.start()]):
        match = matches[-1]  # "at least 12 hours after prophylaxis and 24 after treatment"
    return _in_hours(match)


_NEXT = re.compile(
    r"\b(?:next|first|following) (?:\w+ ){0,2}doses?\b[^.;,]{0,25}$"
    r"|\b(?:restart|resum)\w*\b[^.;,]{0,30}$",
    re.I,
)
_NEXT_AFTER = re.compile(r"\s(?:later|after (?:the )?(?:\w+ )?removal|afterwards)\b", re.I)


def _is_of_next(text: str, found: re.Match[str]) -> bool:
    """Return whether a time is that of the dose after the procedure."""
    return bool(_NEXT.search(text[: found.start()]) or _NEXT_AFTER.match(text, found.end()))


def _in_hours(match: re.Match[str]) -> Decimal:
    value = count_of(match[1])
    unit = match[2].lower()
    if unit.startswith("w"):
        return value * 24 * 7
    if unit.startswith("d"):
        return value * 24
    return value / 60 if unit.startswith("m") else value


def _since(text: str) -> Decimal | None:
    """Return how long ago a last dose was, at the most: "this morning" is 12 hours."""
    if _LAST.search(text) is None or _SCHEDULED.search(text) is not None:
        return None
    ago = _AGO.search(text)
    if ago is not None:
        return _in_hours(ago)
    return next((Decimal(hours) for when, hours in _WHEN if when.search(text)), None)


RULES = (
    Rule(
        id="PRO102",
        title="medicine too close to a procedure",
        category="procedure",
        rationale="An epidural soon after enoxaparin can paralyze.",
        tables=("periprocedural",),
        check=_timing,
    ),
)
