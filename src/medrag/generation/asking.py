"""What kind of answer a question asks for, and where and how such answers are written.

One row a kind: words of the question, words that a statement needs to answer it, and headings
under which labels and guidelines put it (21 CFR 201.57 names the sections of a US label).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question.

    Attributes:
        name: What is asked for.
        asked: Found in a question of this kind.
        said: Found in a statement that answers it.
        section: Found in the headings above one; None where any section may hold it.
        two_sided: A negated statement answers such a question as well as a plain one.
    """

    name: str
    asked: re.Pattern[str]
    said: re.Pattern[str]
    section: re.Pattern[str] | None = None
    two_sided: bool = False

    @property
    def is_amount(self) -> bool:
        """Whether an amount, age or time answers it without the words of the question."""
        return self.name in {"dose", "amount", "age", "time", "occasion"}


def _kind(
    name: str, *, asked: str, said: str, section: str | None = None, two_sided: bool = False
) -> Kind:
    compiled = None if section is None else re.compile(section, re.IGNORECASE)
    return Kind(
        name, re.compile(asked, re.IGNORECASE), re.compile(said, re.IGNORECASE), compiled, two_sided
    )


KINDS = (
    _kind(
        "dose",
        asked=r"\bdos(?:e|es|age|ing|ages)\b|\bhow much\b|\btitrat|\bmaximum\b|\bminimum\b|\bmg\b",
        said=r"\d\s?(?:mg|mcg|µg|g|ml|units?|iu|meq|mmol|%|tablets?|capsules?|puffs?|drops?)\b",
        section=r"\bdos(?:e|age|ing)\b|\badministration\b|\btreatment\b",
    ),
    _kind(
        "amount",
        asked=r"\bhow (?:many|low|high|severe)\b|\bpercent|\bnumber of\b|\bthreshold\b|\btarget\b"
        r"|\bcut-?off\b|\brate\b|\blevels?\b|\brange\b|\bfactor\b|\blimit\b"
        r"|\b(?:at|above|below|under|over) (?:which|what)\b",
        said=r"\d|\b(?:two|three|four|five|six|half|double|fold)\b",
    ),
    _kind(
        "age",
        asked=r"\b(?:what|which) age\b|\bhow (?:old|young)\b|\byoungest\b",
        said=r"\b(?:aged?|older|younger)\b.{0,20}\d|\d+ (?:years?|months?|weeks?)\b",
    ),
    _kind(
        "time",
        asked=r"\bhow (?:often|frequent|long|soon)|\bfrequency\b|\binterval|\bduration\b"
        r"|\btimes (?:a|per)\b|\btime ?frame\b",
        said=r"\b(?:once|twice|daily|weekly|monthly|quarterly|yearly|annually|every|hourly|until"
        r"|periodically|immediately|regularly)\b"
        r"|\b(?:hours?|days?|weeks?|months?|years?|minutes?|seconds?)\b",
    ),
    _kind(
        "occasion",
        asked=r"\bwhen\b(?! (?:i|you|he|she|they|it|there|the|an?)\b)|\bat what (?:time|point)"
        r"|\b(?:under|in) (?:which|what) (?:circumstances|cases|conditions)\b",
        said=r"\b(?:if|when|once|after|before|until|unless|within|during|upon|prior|initiation"
        r"|daily|weekly|monthly|annually|every|hours?|days?|weeks?|months?|years?|minutes?)\b",
    ),
    _kind(
        "person",
        asked=r"\bwho(?:m|se)?\b|\b(?:which|what) (?:patients?|people|persons?|groups?|populations?"
        r"|individuals?|women|men|children|adults)\b",
        said=r"\b(?:patients?|persons?|people|individuals?|adults?|children|women|men|girls|boys"
        r"|infants?|veterans?|clinicians?|providers?|pharmacists?|nurses?|physicians?|doctors?"
        r"|prescribers?|specialists?|those|teams?|department|panel|agency|with)\b",
    ),
    _kind(
        "place",
        asked=r"\bwhere\b|\b(?:which|what) (?:settings?|places?|countr\w+|sites?)\b",
        said=r"\b(?:at|in|into|over|via|from|under) (?:the |an? |your )?(?:\w+ )?(?:hospitals?"
        r"|clinics?|telephone|phone|home|offices?|settings?|departments?|refrigerator|freezer"
        r"|countr\w+|states?|website|appendix|tables?|sections?|facilit\w+|units?|care|skin|arm"
        r"|thigh|abdom\w+|muscle|vein|wall|site|place|carton|containers?|room)\b|https?:|\bsee\b",
    ),
    _kind(
        "list",
        asked=r"\bexamples?\b|^(?:name|list)\b|\binclud|\bconsist|\b(?:what|which) are\b",
        said=r"\bsuch as\b|\be\.g\.|\binclud|\bconsist|\bfollowing\b|\bfor example\b|\bexamples?\b"
        r"|(?:[^,;]+[,;]){2,}",
    ),
    _kind(
        "restriction",
        asked=r"\bcontraindicat|\bsafe(?:ly)?\b|\bavoid|\bshould(?:n't| not)\b|\ballerg"
        r"|^(?:can|may|is it|should)\b|\ballowed\b|\bwarning|\bprecaution|\bunsafe\b",
        said=r"\bcontraindicat|\bavoid|\bnot\b|\bcaution|\bdiscontinu|\bnever\b|\bunless\b|\bonly\b"
        r"|\brisk\b|\brecommended\b|\bsafe",
        section=r"\bcontraindication|\bwarning|\bprecaution|\bspecific populations",
        two_sided=True,
    ),
    _kind(
        "interaction",
        asked=r"\binteract|\btogether\b|\bcombin|\bconcomitant|\bco-?administ|\bwhile on\b",
        said=r"\binteract|\bconcomitant|\bcoadminist|\bco-administ|\bcombin|\btogether\b"
        r"|\bconcurrent|\binhibitor|\binducer",
        section=r"\binteraction",
        two_sided=True,
    ),
    _kind(
        "monitoring",
        asked=r"\bmonitor|\bcheck(?:ed)?\b|\bfollow[- ]?up\b|\bbaseline\b",
        section=r"\bmonitor|\bwarning|\bdosage and admin|\btests?\b",
        said=r"\bmonitor|\bmeasure|\bcheck|\bassess|\bevaluat|\bbaseline\b|\bobtain|\breview",
    ),
    _kind(
        "harm",
        asked=r"\bside[- ]effects?\b|\badverse|\breactions?\b|\bharms?\b|\btoxicit",
        said=r"\badverse|\breaction|\breport|\bside[- ]effect|\bcommon|\brisk\b|\bcaus|\btoxic",
        section=r"\badverse|\bside effect|\bwarning",
    ),
    _kind(
        "reason",
        asked=r"\bwhy\b|\breasons?\b|\bcauses?\b|\bpurpose\b|\bdue to what\b",
        said=r"\bbecause\b|\bdue to\b|\bsince\b|\bso that\b|\bin order to\b|\blead|\bcaus|\bresult",
    ),
    _kind(
        "action",
        asked=r"\bwhat (?:should|to|must|can)\b|\bhow (?:to|should|can|do)\b|\brecommend|\bmanage"
        r"|\btreat|\bfirst[- ]line\b",
        said=r"\bshould\b|\brecommend|\bsuggest|\bconsider|\boffer\b|\badvise|\bmust\b|\brefer\b"
        r"|\bmonitor|\binitiate\b|\bstart\b|\bavoid\b|\bassess|\bevaluate|\bprovide\b|\breduce\b"
        r"|\bgive\b|\btreat",
    ),
    _kind(
        "treatment",
        asked=r"\btreat(?:ed|ment|s)?\b|\btherap|\bregimens?\b|\bdrug of choice\b|\bfirst[- ]line\b"
        r"|\bmanaged?\b|\bmanagement\b",
        said=r"\d\s?(?:mg|mcg|g|ml|units?|%|million)\b|\b(?:give|treat(?!ment)|administer|prescribe)\b"
        r"|\bshould (?:be|receive)\b|\brecommended\b",
        section=r"\btreat|\bregimen|\bmanag|\btherap|\bdosage and admin",
    ),
    _kind(
        "use",
        asked=r"\bindicat|\bused? for\b|\bwhat (?:is|are) .{2,40} for\b",
        said=r"\bindicated\b|\bused (?:to|for|in)\b|\btreat|\bprevent",
        section=r"\bindication|\busage\b|\buses?\b",
    ),
    _kind(
        "product",
        asked=r"\bstrengths?\b|\bcolou?r\b|\bsuppl|\bstor(?:e|age)\b|\bcome in\b|\bavailable\b"
        r"|\blook like\b",
        said=r"\bavailable\b|\bsuppl|\bstore|\btablet|\bcapsule|\bvial|\bcolou?r|\bmg\b",
        section=r"\bsupplied|\bstrengths?\b|\bstorage\b|\bdescription\b",
    ),
)

ASIDE = re.compile(
    r"\bclinical (?:stud|trial|pharmacolog)|\bpharmaco(?:kinetic|dynamic)|\bnon-?clinical"
    r"|\btoxicolog|\bmechanism\b|\bmicrobiology|\bepidemiolog|\bevidence\b|\bresults?\b|\bmethods?\b|\bdiscussion"
    r"|\bbackground\b|\bintroduction\b|\babstract\b|\boverdos|\bdescription\b|\bbenefits of\b"
    r"|\bresearch\b|\babsorption|\bmetabolism|\belimination|\bstud(?:y|ies)\b|\bburden\b",
    re.IGNORECASE,
)
"""Headings over what was found or measured, not over what to do."""
STUDIED = re.compile(
    r"\b(?:rats?|rabbits?|mice|monkeys?|dogs?|animal (?:studies|data|reproduction)|placebo"
    r"|in vitro|organogenesis|subjects (?:treated|with|who)|healthy (?:subjects|volunteers)"
    r"|clinical trials?|cohorts?|AUC|C\s?max|\(n ?= ?\d+\))\b",
    re.IGNORECASE,
)
"""Found in statements of what was measured in a study, in people or animals."""
FORMER = re.compile(
    r"\b(?:edition|version|revision) (?:\d{1,4}|one|two|three) "
    r"(?:asked|said|stated|forbade|required|recommended|advised|allowed|limited|called|used|gave)\b"
    r"|\b(?:previous|earlier|prior|former|old|superseded|last|19\d\d|20[01]\d) "
    r"(?:edition|version|guideline|guidance|protocol|recommendation)s? "
    r"(?:asked|said|stated|forbade|required|recommended|advised|allowed|limited|called|used|gave)\b"
    r"|\b(?:was|were|had been) (?:formerly|previously|once) (?:recommended|advised|used|given)\b",
    re.IGNORECASE,
)
"""Found in statements of what another edition said: no answer to what is to be done now."""
ABOUT_FORMER = re.compile(
    r"\b(?:edition|version|changed?|changes|former|previous|earlier|old|histor\w+|superseded)\b",
    re.IGNORECASE,
)
"""Found in questions about just that."""
_DEFINES = re.compile(
    r"what (?:is|are|was|were) (?:an? |the )?([\w\- /()]+?)\s*\??$", re.IGNORECASE
)
_TOPIC = re.compile(
    r"\b(?:what|which)\s+(?:is|are|was|were|(?:can|could|may|might|should) be)?\s*"
    r"(?:the |an? |some |any )?(?:examples? of )?(?P<topic>.+?)"
    r"(?:\s+(?:of|for|in|to|that|which|who|with|when|while|during|on|at|from|by|if|are|is|was|were"
    r"|can|could|may|must|should|do|does|did|has|have|will|associated|used|needs?|includes?|mean)"
    r"\b|[?,.]|$)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|whenever|unless|in case(?: of)?|(?:for|in) (?:patients|those|people|persons"
    r"|adults|children|infants|women|men|individuals))\b(?P<case>.*)",
    re.IGNORECASE | re.DOTALL,
)


def kinds_of(question: str) -> tuple[Kind, ...]:
    """Return the kinds of answer that `question` asks for, in table order; often none."""
    return tuple(kind for kind in KINDS if kind.asked.search(question))


def defined_by(question: str) -> str:
    """Return what a question of the form "What is X?" asks to be explained; else nothing."""
    found = _DEFINES.match(question.strip())
    return found.group(1) if found else ""


def topic_of(question: str) -> str:
    """Return what is asked for by name: "red flags" in "What are the red flags of pain?".

    Nothing where the question does not name it.
    """
    found = _TOPIC.search(question)
    return found["topic"] if found else ""


def condition_of(question: str) -> str:
    """Return the case that a question puts: "the patient vomits" in "What to do if ...?"."""
    found = _CONDITION.search(question)
    return found["case"] if found else ""
