"""Decides, from the cues of a sentence, what it says to do with one of its names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from medrag.clinical.directives import Clauses, Cue, Region
from medrag.clinical.mentions import Polarity
from medrag.clinical.severed import is_proved, is_severed, is_told

_LIST_GLUE = re.compile(
    r"[\s,/]*(?:\b(?:and|or|nor|and/or|plus|with|including|such\sas|like"
    r"|e\.g\.)\b)?[\s,(]*(?:[\w-]+\s){0,2}\Z"
)
_THEREFORE = re.compile(r"\b(?:so|hence|thus|therefore|because|since|given)\b")
"""Words between two names that end a list: "has a beta-agonist, so X is not added"."""
_SHORT_REACH = re.compile(r"\s*(?:-\s+)?(?:(?!-\s)[\w'’%./-]+\s+){0,4}\(?\Z")
"""A dash that stands alone ends what a short cue reaches: "no fever - X 100 mg"."""
_TARGET = re.compile(r"\b(?:to|with|by|for|in\sfavou?r\sof)\s+(?:[\w-]+\s){0,3}\Z")
_AFTER_NAME = re.compile(
    r"(?:'s)?[\s-](?:allerg|anaphyla|intoleran|hypersens|sensitiv|rash|reaction|toxic"
    r"|overdose|poison|withdrawal"
    r"|induced|associated|related|resistan|naive|trough|clearance|concentration"
    r"|levels?\b|monitoring\b|use\sdisorder|failure|exposure"
    r"|interaction|antagonis|metabolism|abuse|free\b|sparing)"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|do|did|can|may|might|could|should|would"
    r"|will|must|causes?|reduces?|increases?|decreases?"
    r"|treats?|works?|acts?|inhibits?|blocks?|prevents?|helps?|improves?|includes?"
    r"|contains?|lowers?|shows?|showed|remains?|requires?)\b"
)
_DOSE_FOLLOWS = re.compile(
    r"[\s,]*(?:\d+(?:\.\d+)?(?=\s*(?:[.,;]|\Z)|\s(?:po|iv|im|sc|daily|every|once|twice|for|at"
    r"|with|in"
    r"\sthe|q\d|bid|tid|qid|mane|nocte)\b)|for\b|po\b|iv\b|im\b|orally|by\smouth|daily|once|twice"
    r"|prn|as\sneeded|is\Z|[.;]|\Z)"
)
_DIRECTIVES = frozenset({"avoid", "stop", "give", "current"})
_SHORT = frozenset({"list", "context", "instead", "from", "no", "except", "allergy", "past"})
_AFTERWARDS = re.compile(
    r"\b(?:since|after|following|despite|upon|requir(?:es|ed|ing)(?:\sthe)?"
    r"|history\sof|while|with(?:out)?)\s(?:the\s|recently\s|initially\s)?\Z"
)
_HAD = frozenset({"used", "taken", "tried", "received"})
_HAS = re.compile(r"\b(?:has|have|had|['’]ve)\s(?:already\s|previously\s|once\s|since\s)?\Z")
"""Words before a participle that make it history: "has used X twice"."""
_TOGETHER = re.compile(r"\s(?:together\s|concurrently\s|concomitantly\s|safely\s)?with\s")
_LISTED = re.compile(r"\s*(?:,|and\b|or\b|/)")
_FORMER = re.compile(r"\b(?:previously|formerly|used\sto|took)\b")
_WHETHER = re.compile(
    r"\b(?:(?:tell(?!\s\w+\s(?:not\s)?to\b)s?|told|says?|said|claims?|thinks?|believes?"
    r"|reports?)\s(?:you|me|us|that|her"
    r"|him)|whether|(?:query|question|enquiry|inquiry|request)\s(?:was|is)\s(?:about|for)"
    r"|asked\s(?:if|about)|asks?\s(?:if|about)|wonder(?:s|ed|ing)?\s(?:if|about)"
    r"|unclear\sif|question\sof)\b"
)
"""Words of a question within a sentence: what follows is not said to be done ("tell her to" is)."""
_ITEM = re.compile(r",\s(?:and\s|then\s|so\s)?\Z|\sand\sthen\s\Z")
"""What stands before an item of a list of orders."""
_TELLING = frozenset({"context", "past", "list"})
_JOINS = re.compile(r"\b(?:and|plus)\s(?:also\s)?(?:[\w-]+\s)?\Z")
_LONGEST_GLUE = 70
_OF_A_TEST = re.compile(
    r"\b(?:monitoring|tests?|testing|levels?|counts?|functions?|telemetry|ecgs?|inr|tsh|troughs?"
    r"|peaks?"
    r"|screening|lfts?|labs?|bloods?|blood\swork|cbc|g6pd|hla\S*|creatinine|potassium|sodium"
    r"|electrolytes|lipids?|glucose|enzymes?|checks?|exam\w*|x-?rays?|echo\w*|serology|status"
    r"|genotyp\w+|vaccinations?|antibod\w+|observation|surveillance|oximetry|baselines?|values?)\s"
    r"(?:(?:is|are|was|were|be|been|can|may|could|need|needs|do|does|has|have|at\sbaseline)\s)*\Z"
)
"""A test that the cue behind it is said of: "X 500 mg daily, blood counts are not needed"."""
_NEW_SUBJECT = re.compile(r",\s(?:no|the|an?|his|her|your)\s(?:[\w-]+\s)?\Z")
"""What makes the next name the subject: "within 48 hours of X, no Y may be given"."""
_COMPARED = re.compile(
    r"[,(]\s(?:just\s)?(?:like|unlike|as(?:\swith|\sis|\sare|\swell\sas)?\s(?:any|every|all|other"
    r"|each)?|in\scontrast\s(?:to|with)|(?:along|together)\swith|(?:more|less)\s(?:so\s)?than"
    r"|and\s(?:indeed|in\sfact|so\s(?:is|are))?\s?(?:any|every|all|each)|compared\s(?:to|with))\b"
    r"[^,()]*\Z|\([^()]*\Z"
)
"""Words of an aside that only compares: "X 40 mg, like every other Y, is contraindicated"."""
_ASIDE = re.compile(r"\([^()]*\)")
_IMPERSONAL = re.compile(r"\b(?:it|there)\s?\Z")
_TAKING = re.compile(
    r"tak|us(?:es|ing)|drinks|consumes|medication|meds|receiv|\bon\b|treated|prescribed"
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a sentence says about one name.

    Attributes:
        polarity: The directive.
        cue: The words that decided; None where it is implied.
        region: The condition it depends on, or that the name stands in.
        inside: The name is part of the condition.
        current: The patient takes it already.
        reported: Told, not ordered.
        over: Given before and no longer.
    """

    polarity: Polarity
    cue: Cue | None = None
    region: Region | None = None
    inside: bool = False
    current: bool = False
    reported: bool = False
    over: bool = False


def decide(
    text: str, clauses: Clauses, names: Sequence[tuple[int, int]], index: int, *, dosed: bool
) -> Decision:
    """Return what the sentence says about `names[index]`.

    Args:
        text: The whole text.
        clauses: The analysis of the sentence.
        names: Spans of all drug (or procedure) names of the sentence, in order.
        index: Which name.
        dosed: The text gives a dose or frequency for it, so that a bare name with it orders.
    """
    start, end = names[index]
    region = clauses.condition(start)
    asked = _WHETHER.search(text, clauses.clause(start)[0], start)
    if asked is not None and not _orders_after(text, clauses, asked.end(), start):
        return Decision("mention", None, region, inside=region is not None)
    if _AFTER_NAME.match(text, end):
        return Decision("mention", None, region, inside=region is not None)
    forward = _forward(text, clauses, names, index, region=region)
    after = _backward(clauses, end, region)
    if after is not None and (
        _is_anothers(text, names, index, after) or _OF_A_TEST.search(text, end, after.start)
    ):
        after = None
    if forward is not None and not dosed and _is_severed(text, names, index, forward):
        # what has a verb of its own is only named, unless a cue behind it decides
        forward = replace(forward, kind="except") if after is None else None
    if forward is not None and forward.kind in _SHORT:
        return _short(text, clauses, names, index, cue=forward, region=region)
    neither = forward is not None and text.startswith("neither", forward.start)
    cue = forward if neither else after or forward
    inside = region is not None
    outer = region or _governing(text, clauses, start)
    if cue is None:
        return _implied(text, clauses, names, index, dosed=dosed and not inside, region=outer)
    if inside and cue.kind in {"give", "current", "post-give"}:
        return Decision("mention", cue, region, inside=True)
    return _directed(text, clauses, cue, outer)


def _orders_after(text: str, clauses: Clauses, begin: int, end: int) -> bool:
    """Whether an item of its own follows a question: "ask about mood, and keep X off"."""
    return any(
        cue.kind in _DIRECTIVES and _ITEM.search(text, begin, cue.start) is not None
        for cue in clauses.cues
        if begin < cue.start < end
    )


def _is_severed(text: str, names: Sequence[tuple[int, int]], index: int, cue: Cue) -> bool:
    gives = cue.kind in {"give", "current"}
    return cue.kind in _DIRECTIVES and is_severed(text, names, index, cue.end, gives=gives)


def _directed(text: str, clauses: Clauses, cue: Cue, region: Region | None) -> Decision:
    told = text[cue.start : cue.end].lower()
    decided = told.endswith(("chosen", "selected", "decided on", "agreed on"))
    past = cue.kind in {"post-give", "post-stop"} and told.startswith(("was ", "were "))
    past = (past and not decided) or is_proved(told)
    past = past or (
        cue.kind in {"give", "stop"}
        and _AFTERWARDS.search(text, max(0, cue.start - 50), cue.start) is not None
    )
    past = past or (
        told in _HAD and _HAS.search(text, max(0, cue.start - 25), cue.start) is not None
    )
    reported = clauses.report or past
    at_start = cue.start - clauses.clause(cue.start)[0] <= 2
    if clauses.question:
        return Decision("mention", cue, region, reported=reported)
    if past and cue.kind == "stop":
        return Decision("mention", cue, region, reported=True)
    if cue.kind in {"avoid", "post-avoid"}:
        return Decision("avoid", cue, region, reported=reported)
    if cue.kind in {"stop", "post-stop"}:
        return Decision("stop", cue, region, reported=reported)
    if reported and not at_start:
        return Decision("mention", cue, region, reported=True)
    kept = cue.kind == "current" or (cue.kind == "post-give" and told.endswith("continued"))
    return Decision("give", cue, region, current=kept)


def _short(
    text: str,
    clauses: Clauses,
    names: Sequence[tuple[int, int]],
    index: int,
    *,
    cue: Cue,
    region: Region | None,
) -> Decision:
    inside = region is not None
    if cue.kind == "from":
        target = _TARGET.search(_between(text, cue.end, names[index][0])) is not None
        polarity: Polarity = "give" if target else "stop"
        return Decision(polarity, cue, region or _governing(text, clauses, names[index][0]))
    if cue.kind in {"instead", "no"}:
        return Decision("avoid", cue, region, inside=inside)
    former = cue.kind == "context" and _FORMER.search(text, cue.start, cue.end) is not None
    if cue.kind == "past" or former:
        return Decision("mention", cue, region, inside=inside, reported=True, over=former)
    current = cue.kind in {"context", "list"} and bool(_TAKING.search(text, cue.start, cue.end))
    return Decision("mention", cue, region, inside=inside, current=current and not inside)


def _forward(
    text: str,
    clauses: Clauses,
    names: Sequence[tuple[int, int]],
    index: int,
    *,
    region: Region | None,
) -> Cue | None:
    start = names[index][0]
    begin, _ = clauses.clause(start)
    for cue in reversed(clauses.cues):
        if cue.end > start or cue.start < begin or _is_aside(text, cue, start):
            continue
        if clauses.condition(cue.start) is not region:
            if region is not None and cue.start < region.start:
                break
            continue
        if cue.kind in _DIRECTIVES:
            return cue
        if cue.kind == "list" or (
            cue.kind in _SHORT and _reaches(text, clauses, names, index, cue=cue)
        ):
            return cue
        if cue.kind in {"post-avoid", "post-give"} and _opens(text, clauses, names, index, cue=cue):
            return cue
    return None


def _is_aside(text: str, cue: Cue, start: int) -> bool:
    """Whether a cue stands in brackets that close before a name: "by (not combined with) X"."""
    opened = text.rfind("(", max(0, cue.start - _LONGEST_GLUE), cue.start)
    return opened >= 0 and text.find(")", opened, cue.start) < 0 < text.find(")", cue.end, start)


def _opens(
    text: str, clauses: Clauses, names: Sequence[tuple[int, int]], index: int, *, cue: Cue
) -> bool:
    """Whether a passive cue governs what follows: "Not recommended: X", "not use X"."""
    following = text[cue.end : names[index][0]]
    if cue.kind == "post-give" and _IMPERSONAL.search(text, max(0, cue.start - 8), cue.start):
        return _SHORT_REACH.match(following) is not None or _reaches(
            text, clauses, names, index, cue=cue
        )
    if _TOGETHER.match(following):
        return _reaches(text, clauses, names, index, cue=cue)
    nothing_before = not any(end <= cue.start for _, end in names)
    return nothing_before and (
        following.lstrip()[:1] == ":" or _reaches(text, clauses, names, index, cue=cue)
    )


def _reaches(
    text: str, clauses: Clauses, names: Sequence[tuple[int, int]], index: int, *, cue: Cue
) -> bool:
    """Whether a short-reach cue reaches the name: directly, or through the list it opens."""
    start = names[index][0]
    previous = names[index - 1] if index else None
    if previous is not None and previous[0] >= cue.end:
        glue = text[previous[1] : start]
        glued = _LIST_GLUE.match(glue) is not None and _THEREFORE.search(glue) is None
        if glue.strip() == ",":  # "instead of X, Y is given" is no list; "X, Y and Z" is
            glued = _LISTED.match(text, names[index][1]) is not None
        if cue.kind == "from":
            glued = glued or _TARGET.search(text, previous[1], start) is not None
        elif re.match(r"\s(?:with|to)\b", text[previous[1] : start]):
            glued = False
        elif cue.kind in _TELLING:
            glued = glued or _among(text, clauses, names, index)
        return glued and _reaches(text, clauses, names, index - 1, cue=cue)
    return _SHORT_REACH.fullmatch(_between(text, cue.end, start)) is not None


def _between(text: str, start: int, end: int) -> str:
    """The words between two places without those in brackets."""
    words = text[start:end]
    return _ASIDE.sub("", words) if ")" in words else words


def _among(text: str, clauses: Clauses, names: Sequence[tuple[int, int]], index: int) -> bool:
    """Whether a name is of one list with the name before: "takes X 5 mg daily, Y 3 mg and Z".

    A list ends in "and"; a comma alone may begin an order: "on X 5 mg, Y 400 mg for pain".
    """
    for one, other in zip(names[index - 1 :], names[index:], strict=False):
        between = text[one[1] : other[0]]
        cued = any(one[1] <= cue.start < other[0] for cue in clauses.cues)
        if cued or len(between) > _LONGEST_GLUE or _VERB.search(between):
            return False
        if _JOINS.search(between):
            return True
        if not between.rstrip().endswith(","):
            return False
    return False


def _backward(clauses: Clauses, end: int, region: Region | None) -> Cue | None:
    _, limit = clauses.clause(end - 1)
    for cue in clauses.cues:
        if cue.start < end or cue.start >= limit:
            continue
        if cue.kind in {"give", "avoid", "stop", "from", "instead", "current"}:
            return None
        if any(end <= place < cue.start for place in clauses.subordinates):
            return None
        if cue.kind.startswith("post-"):
            return cue if clauses.condition(cue.start) is region else None
    return None


def _is_anothers(text: str, names: Sequence[tuple[int, int]], index: int, cue: Cue) -> bool:
    """Whether a passive cue is said of a later name only: "X 500 mg daily, Y on hold"."""
    if index + 1 == len(names) or names[index + 1][0] >= cue.start:
        return False
    between = text[names[index][1] : names[index + 1][0]]
    if _COMPARED.search(between) and any(
        mark in text[names[index + 1][1] : cue.start] for mark in ",)"
    ):
        return False
    if _NEW_SUBJECT.search(between) and cue.start - names[index + 1][1] <= 2:
        return True
    return any(char.isdigit() for char in between) and _JOINS.search(between) is None


def _governing(text: str, clauses: Clauses, offset: int) -> Region | None:
    begin, end = clauses.clause(offset)
    in_clause = [r for r in clauses.conditions if begin <= r.start < end]
    follows = [r for r in clauses.conditions if r.exception and 0 <= r.start - end <= 2]
    after = next((r for r in [*in_clause, *follows] if r.start >= offset), None)
    if after is not None and _is_of_later(text, clauses, offset, after):
        after = None
    before = next((r for r in reversed(in_clause) if r.end <= offset), None)
    return before or after


_GOES_ON = re.compile(
    r"(?:,|\band|\bthen)\s(?:then\s|also\s|only\s)?(?:double|repeat|re-?check|re-?measure"
    r"|increase|raise"
    r"|reduce|lower|halve|review|reassess|see|call|ring|phone|come|stop|hold|escalate|step|go|refer"
    r"|measure|check|titrate|tell|report|return|seek|ask|wean|taper|build|move|send|let)\b"
)
"""A second thing to do with what a directive named: "start X and double it if ..."."""


def _is_of_later(text: str, clauses: Clauses, offset: int, region: Region) -> bool:
    """Whether a condition belongs to a later directive: "start X, stop Y when Z"."""
    between = any(
        offset < cue.start < region.start and cue.kind in {"give", "stop", "avoid"}
        for cue in clauses.cues
    )
    told = {cue.kind for cue in clauses.cues if cue.kind in _DIRECTIVES and cue.start <= offset}
    if between:
        return bool(told)
    return told == {"give"} and _GOES_ON.search(text, offset, region.start) is not None


def _implied(
    text: str,
    clauses: Clauses,
    names: Sequence[tuple[int, int]],
    index: int,
    *,
    dosed: bool,
    region: Region | None,
) -> Decision:
    start, end = names[index]
    begin, limit = clauses.clause(start)
    told = is_told(text, (clauses.start, clauses.end), names, (start, end))
    if clauses.question or told or clauses.report:
        return Decision("mention", None, region, reported=told or clauses.report)
    if dosed:
        return Decision("give", None, region)
    leads = not _ASIDE.sub("", text[begin:start]).strip(" -*•\"'(0123456789.):")
    bare = _VERB.search(text, begin, limit) is None
    if leads and bare and _DOSE_FOLLOWS.match(text, end, limit) and region is None:
        return Decision("give", None, region)
    return Decision("mention", None, region)
