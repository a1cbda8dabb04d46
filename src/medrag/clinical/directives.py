"""What a sentence says to do with what it names: give, avoid, stop, or nothing.

Cue words are found once per sentence. A directive before a name ("avoid X", "do not give X or
Y") reaches forward to the next directive or the end of its clause; one after it ("X is
contraindicated", "X, Y and Z should be avoided") reaches back over the names of its subject.
Words that only mention a drug ("in patients taking X", "allergic to X", "after X") reach one
name and the list it opens. Conditions ("if eGFR < 30", "unless ...") are regions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

CueKind = Literal[
    "avoid", "stop", "give", "current", "context", "instead", "from", "no", "limit",
    "post-avoid", "post-stop", "post-give", "except", "past", "allergy",
]  # fmt: skip

_NOT = (
    r"(?:(?:do(?:es)?|did|should|must|can|could|may|might|shall|will|would|is|are|was|were|has|have|need)"
    r"(?:\s?not|n['’]t)|cannot|can['’]?t|don['’]?t|won['’]?t|never|no\slonger|not)"
)
_STOP = (
    r"(?:stop|stopping|discontinu(?:e|ing)|ceas(?:e|ing)|hold|holding|withhold|withholding|withdraw|suspend"
    r"|suspending|paus(?:e|ing)|interrupt|deprescribe|wean\soff|taper\soff|come\soff|get\soff)"
)
_STOPPED = (
    r"(?:stopped|discontinued|ceased|held|withheld|withdrawn|suspended|paused|interrupted|deprescribed|"
    r"tapered\soff|weaned)"
)
_GIVE = (
    r"(?:giv(?:e|en|ing)|start(?:ed|ing)?|begin|began|beginning|initiat(?:e|ed|ing)|prescrib(?:e|ed|ing)|administer(?:ed|ing)?"
    r"|administration\sof|tak(?:e|ing)|us(?:e|ed|ing)|add(?:ed|ing)?|resum(?:e|ed|ing)|restart(?:ed|ing)?|reinitiat(?:e|ing)"
    r"|increas(?:e|ed|ing)|titrat(?:e|ed|ing)|load|bolus|inject|apply|inhale|infus(?:e|ed|ing)|run|offer(?:ed)?|choose|select"
    r"|recommend(?:ed)?|prefer(?:red)?|consider(?:ed)?|treat(?:ed|ing)?\swith|manage(?:d)?\swith|advise|try|trial\sof|order|dose"
    r"|combin(?:e|ed|ing)|co-?administer(?:ed|ing)?|coadministration\sof|concomitant\suse\sof|push|mix|place|crush|switch(?:ed|ing)?\s(?:\w+\s)?to|chang(?:e|ed|ing)\s(?:\w+\s)?to"
    r"|convert(?:ed|ing)?\sto|transition(?:ed|ing)?\sto|proceed\swith|receiv(?:e|ing)|reduc(?:e|ing)|decreas(?:e|ing)|swallow|insert|instill|put\s(?:him|her|them)\son|perform|obtain|schedule|go\sahead\swith)"
)
_GOOD = (
    r"(?:safe(?:ly)?|acceptable|appropriate|fine|ok|okay|allowed|permitted|preferred|recommended|indicated|reasonable|suitable|compatible"
    r"|first[- ]line|effective|an\soption|options?|tolerated|advised|advisable|needed|required|warranted|favou?red|an?\s(?:safe|good|reasonable|suitable|alternative|acceptable|appropriate)\w*)"
)
_BAD = (
    r"(?:contra-?indicated|unsafe|inappropriate|unsuitable|prohibited|harmful|dangerous|inadvisable|ineffective|unacceptable"
    r"|to\sbe\savoided|to\sbe\swithheld)"
)
_BE = r"(?:is|are|was|were|be|being|been|remains?|(?:would|should|may|might|can|could|will)\sbe)"
_ADVERB = r"(?:\w+ly\s|also\s|still\s|usually\s|both\s|best\s|then\s|even\s|now\s|be\s|currently\s)"

_CUES: tuple[tuple[CueKind, str], ...] = (
    ("limit", rf"(?:{_NOT}\s|not\sto\s)(?:be\s)?(?:exceed|go\sabove|give\smore|take\smore|use\smore)\w*|no\smore\sthan|not\smore\sthan"),
    ("give", rf"(?:{_NOT}\s|no\sneed\sto\s|without\s)(?:{_ADVERB}|simply\s)*(?:{_STOP}|avoid|delay|miss|skip|forget|omit|refuse|{_STOPPED})(?:\s(?:taking|using))?"),
    ("post-give", rf"{_BE}\s(?:{_ADVERB})*not\s(?:{_ADVERB})*contra-?indicated|(?:no|not\sa)\scontra-?indications?"),
    ("past", r"(?:(?:was|were|had\sbeen|has\sbeen|have\sbeen|being)\s(?:\w+\s)?(?:given|started\son|prescribed|treated\swith|switched\sto|loaded\swith|maintained\son|managed\swith|placed\son|taking|on)|received|had\staken|underwent|prescribed(?=\s(?!by))|self-medicat\w+\swith)"),
    ("allergy", r"allerg(?:y|ic|ies)\sto|anaphyla(?:xis|ctic)\s(?:reaction\s)?(?:to|from|after|with)|intoleran(?:t|ce)\s(?:of|to)|hypersensitiv(?:e|ity)\sto|reaction\s(?:to|with)|angioedema\s(?:from|with|on)"),
    ("post-avoid", rf"(?:{_BE}\s)?(?:{_ADVERB})*(?:not|never|neither)\s(?:{_ADVERB}|be\s)*(?:{_GOOD}|used?|given|taken|started|prescribed|administered|combined|co-?administered|coadministered|considered|initiated|offered|added|infused|injected|continued|resumed|crushed|mixed|receive[d]?)\b(?!\sto\s(?:stop|hold))|{_NOT}\s(?:{_ADVERB})*be\s(?:{_ADVERB})*(?:used|given|taken|started|prescribed|administered|combined|co-?administered|coadministered|considered|initiated|offered|added|infused|injected|crushed|mixed|continued|resumed|recommended)"),
    ("post-avoid", rf"(?:{_BE}\s)?(?:{_ADVERB})*{_BAD}|(?:should|must|need\sto|needs\sto|ought\sto|can|could|to|is|are|{_BE})\s(?:{_ADVERB})*(?:be\s)?(?:{_ADVERB})*avoided|no\slonger\s(?:recommended|used|advised|indicated)"),
    ("post-stop", rf"(?:{_BE}|should\sbe|must\sbe|was|were|to\sbe)\s(?:{_ADVERB})*{_STOPPED}"),
    ("avoid", rf"{_NOT}\s(?:{_ADVERB}|be\s|to\s)*(?:{_GIVE}|{_GOOD}|have|receive|candidates?\sfor|rechallenge|mix|drink|eat|consume)\b(?:\s(?:for|to\sgive|to\suse|with))?"),
    ("avoid", r"avoid(?:s|ed|ing|ance\sof)?|refrain(?:s|ing)?\sfrom|stay\soff|contra-?indications?\s(?:to|for|of|include|includes|are)|contra-?indicated\s(?:drugs|medications|agents)|stay\saway\sfrom|beware\sof|steer\sclear\sof|not\sa\scandidate\sfor|(?:is|are)\sineligible\sfor|advise[sd]?\sagainst|recommends?\sagainst|caution(?:s|ed)?\sagainst|neither"),
    ("instead", r"instead\sof|rather\sthan|in\splace\sof|as\san\salternative\sto|in\slieu\sof|alternatives?\sto|substitutes?\sfor|not\swith|over(?=\s[a-z]+(?:in|ol|ide|ate|ine|one|am|il|an)\b)"),
    ("from", r"(?:switch|switching|switched|chang(?:e|ed|ing)|convert|converting|converted|transition|transitioning|transitioned|rotat(?:e|ing|ed))\s(?:\w+\s)?from|replac(?:e|ed|ing)|switch(?=\s(?!to\b)\w+\sto\b)|change(?=\s(?!to\b)\w+\sto\b)|convert(?=\s(?!to\b)\w+\sto\b)"),
    ("stop", rf"{_STOP}|{_STOPPED}|tapering\soff|cessation\sof|discontinuation\sof|withdrawal\sof|off(?:\sof)?(?=\s[a-z])"),
    ("current", r"continu(?:e|ed|es|ing)|maintain(?:ed|ing)?|keep\s(?:taking|giving|on|him\son|her\son|them\son)|carry\son\swith|stay\son|remain\son"),
    ("context", r"(?:(?:already|currently|previously|concurrently|concomitantly|chronically|recently)\s)?(?:taking|receiving|takes|takes|took|on(?!\s(?:days?|the|an?|empty|admission|discharge|arrival|examination|exam|demand|average|top|board|week(?:days)?|mondays?|fridays?|an)\b)|treated\swith)(?=\s)"),
    ("context", r"history\sof|because\sof|due\sto|caused\sby|secondary\sto|(?:drug\s)?interact(?:s|ion|ions|ing)\s(?:with|between|of)|resistan(?:t|ce)\sto|refractory\sto|fail(?:ed|ure\sof|ure\son)|respon(?:d|ded|se)\s(?:\w+\s)?to|after|following|before|prior\sto|since|within|dose\sof(?=\s\w+\s(?:at|was|is))|last\sdose\sof|effects?\sof|levels?\sof|exposure\sto|metaboli[sz](?:ed|es|m)\s(?:of|by)?|clearance\sof|absorption\sof|toxicity\s(?:of|from)|overdose\s(?:of|with)|similar\sto|unlike|such\sa|like|induced\sby|mechanism\sof|efficacy\sof|effect\sof|tolerance\sto|naive\sto|despite|increases?\sthe\s(?:levels?|effect|risk|concentration|toxicity)\w*\sof|raises?|potentiat\w+|inhibit\w*|displac\w+"),
    ("except", r"except(?:\sfor)?|other\sthan|apart\sfrom|with\sthe\sexception\sof|excluding|besides|aside\sfrom"),
    ("no", r"(?:no|without(?:\sany)?|nor|omit|(?<!or\s)not(?:\sto)?)(?=\s(?!longer|more|less|need|recommended|known|history|dos))"),
    ("post-give", rf"{_BE}\s(?:{_ADVERB})*(?:{_GOOD}|given|started|used|added|continued|resumed|administered|prescribed|initiated|increased|infused)|(?:can|may|could|should|must|will)\s(?:{_ADVERB})*(?:be\s)?(?:{_ADVERB})*(?:given|used|started|continued|taken|added|considered|offered|administered|resumed|initiated|increased|prescribed)|needs?\sno\s(?:dose\s|renal\s)?adjustment|(?:remains?|remain)\s{_GOOD}|does\snot\s(?:need|require)\s(?:dose\s|renal\s)?(?:adjustment|reduction)"),
    ("give", rf"{_GIVE}"),
)  # fmt: skip
_NAMED = "|".join(f"(?P<c{index}>{pattern})" for index, (_, pattern) in enumerate(_CUES))
_CUE = re.compile(rf"(?<![\w-])(?:{_NAMED})(?![\w])")
_CLAUSE = re.compile(
    r";|\s[\u2013\u2014]\s|\u2014|,?\s(?:but|however|whereas|while(?!\s(?:taking|on|receiving))|although|though|yet)\s"
    r"|,\sinstead\b|\.\s|:\s(?=(?:give|start|use|avoid|stop|take)\b)|\n|,\s(?=then\s(?:stop|start|give|switch))"
)
_SUBORDINATE = re.compile(
    r"(?<!\w)(?:if|when|whenever|because|unless|since|until|so\sthat|in\scase)(?!\w)"
)
_CONDITION = re.compile(
    r"(?<![\w-])(?:(?P<exception>unless|except\s(?:if|when|in|for\spatients)|until)"
    r"|only\s(?:if|when)|even\s(?:if|when)|if|when(?:ever)?|in\scase(?:\sof)?|provided(?:\sthat)?|as\slong\sas|once\s(?=the|egfr|inr|k\b|potassium)"
    r"|in\s(?:the\s(?:presence|setting|absence)\sof|(?:\w+\s){0,3}(?:patients|those|people|women|men|individuals|children|adults|infants|neonates|persons)\s(?:with|who|whose|on|taking|receiving|aged|under|over|older|younger|at|treated|undergoing|allergic|<|≥|>))"
    r"|(?:in|for|during)\s(?:severe|moderate|mild|end[- ]stage|chronic|acute|active|decompensated|advanced|hepatic|renal|pregnancy|breastfeeding|lactation|children|infants|neonates|patients|women|men|the\selderly|older\sadults|anyone|those|people)"
    r"|(?:below|under|with|at|for|above|over)\s(?:an?\s|the\s)?(?:egfr|crcl|creatinine\sclearance|gfr|inr|qtc|potassium|k\b|platelets?|ejection\sfraction|lvef))(?![\w])"
)
_REPORT = re.compile(
    r"\b(?:trials?|stud(?:y|ies)|cohort|meta-analys[ie]s|randomi[sz]ed|placebo|investigators?|participants?|subjects|enrolled"
    r"|was\sassociated|were\sassociated|is\sassociated\swith|reported|published|approved|labell?ed|mechanism|pharmacokinetic\w*"
    r"|half-life|bioavailability|incidence|compared\s(?:with|to)|versus|patients\swere|has\sbeen\sshown|have\sbeen\sshown)\b"
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


def analyze(text: str, start: int, end: int) -> Clauses:
    """Return cues, clauses and conditions of the sentence `text[start:end]`."""
    cues = tuple(
        Cue(_CUES[int((match.lastgroup or "c0")[1:])][0], match.start(), match.end())
        for match in _CUE.finditer(text, start, end)
    )
    breaks = (start, *(match.end() for match in _CLAUSE.finditer(text, start, end)))
    return Clauses(
        start=start,
        end=end,
        cues=cues,
        breaks=breaks,
        subordinates=tuple(m.start() for m in _SUBORDINATE.finditer(text, start, end)),
        conditions=tuple(_conditions(text, start, end, breaks, cues)),
        report=_REPORT.search(text, start, end) is not None,
        question=text[start:end].rstrip().endswith("?"),
    )


_LIST_COMMA = re.compile(r",\s(?:and|or)?\s?[\w-]+(?:\s[\w-]+)?(?:,|\s(?:and|or)\s)")
_CONDITION_END = re.compile(r",|\bthen\b|\)|;|:\s")


def _conditions(
    text: str, start: int, end: int, breaks: tuple[int, ...], cues: tuple[Cue, ...]
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
    r"(?:give|start|begin|initiate|prescribe|administer|take|use|add|resume|restart|increase|titrate|avoid"
    r"|stop|discontinue|hold|withhold|switch|reduce|decrease|consider|choose|do\snot|never)\b"
)
_SUBJECT = re.compile(r"\b(?:to|you|we|they|not|who|patients|must|or|and|be|is|are)\s\Z")


def _condition_end(text: str, start: int, limit: int, cues: tuple[Cue, ...]) -> int:
    for cue in cues:
        inside = start < cue.start < limit
        if (
            inside
            and _IMPERATIVE.match(text, cue.start)
            and not _SUBJECT.search(text, 0, cue.start)
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
