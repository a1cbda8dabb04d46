"""What a text does with each drug it names: the one decision that every rule rests on.

`polarity` reads the cue words of a sentence and `governed` what its layout says. Here the rest
of the text has its say: what follows the name (its predicate), what a later sentence ends, the
one that the text picks among several. An order needs words that order for this patient; a name
of which the text tells what it does, for whom else it is, or who asked for it, is only told.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from medrag.clinical.mentions import ORDERED, DrugMention
from medrag.clinical.parts import SentenceParts
from medrag.clinical.picks import unpicked
from medrag.clinical.verdicts import is_bounded, turned_down
from medrag.text.prefilter import prefiltered

_IT = re.compile(
    r"\b(?:replace|switch|swap|exchange|stop|stopped|hold|held|discontinued?|withh[eo]ld|pause"
    r"|suspend)\s"
    r"(?:it|them|this|that|these|the\s(?:drug|medicine|anticoagulant|antibiotic))\b(?!\s(?:with"
    r"|by|for)\s(?:an?\s)?(?:new|fresh|another|the\snext)\b)"
    r"(?!\severy\s)(?!\s(?:if|when|once|after|before|in\s\d|unless|only|should|\w+\s(?:if|when)))"
    r"|\b(?:skip|omit|hold|withhold|miss|leave\sout|cancel|stop)\s"
    r"(?:(?:tonight|today|tomorrow)['\u2019]s|(?:the|his|her)(?:\s(?:next|evening|morning|midday|coming|following|night))?)"
    r"\s(?:bag|dose|infusion|tablet|injection|capsule|drip|patch)s?\b(?!\s(?:of|if|when|only|unless|before|should)\b)"
)
_TO_ANOTHER = prefiltered(
    r"(?:\A|(?<=[.;:\n]\s)|(?<=\n)|\b(?:so|then|please|now|therefore|we|i|and)\s)"
    r"(?:change|switch|convert|rotate|move|cross-?taper)\s(?:(?:him|her|them)\s)?to\s"
)
"""An order to change that names only what comes: what was named last goes."""
_FINAL = re.compile(r"(?:stop|discontinue|cease|withdraw|remove|come)")
_LATER = re.compile(
    r"\s(?:and\s\w+\s)?(?:while|during|until|for\s|after|on\sday|at\sthe\send|in\s\d|within"
    r"|by\sday|\d)"
)
_ASIDE = re.compile(r"\s*\([^()\n]*\)")
_AND_OTHERS = re.compile(
    r"\s(?:and|or)\s(?:(?:similar|other|related|such|the\slike|all|most)(?:\s(?!can\b"
    r"|may\b)[a-z-]+){0,2}"
    r"|st\.?\sjohn['\u2019]?s\swort)"
)
"""The end of a list of drugs: "naproxen and similar painkillers"."""
_FOR_LONG = re.compile(r"\sfor\s(?:[\w-]+\s){1,3}(?:days?|weeks?|months?|years?)\b")
_LIST = re.compile(
    r"[\s,/*_]*(?:and|or|nor|plus|with|as\swell\sas|such\sas|like|e\.g\.)?[\s,/*_(]*\Z"
)
_JOINS = re.compile(r"\b(?:and|or|nor|plus|with)\b|/")
_ADVERBS = (
    r"(?:(?:also|still|then|only|usually|often|sometimes|strongly|slightly|rarely|both|all|each"
    r"|themselves|itself|alone|here|now|too|\w+ly)\s)*"
)
_ENDED_AFTER = re.compile(
    r"[*_]*:[*_]*\s(?:none|nil|omit\w*|off)\b"
    rf"|\s{_ADVERBS}(?:is\s|are\s|gets?\s|(?:will|should|must)\sbe\s|was\s|has\sbeen\s|had\sbeen\s"
    r"|already\s)*"
    r"(?:(?:stopped|discontinued|paused|omitted|withheld|ceased|struck\s(?:off|out)"
    r"|taken\s(?:off|out|away)|dropped|cancell?ed|suspended|held)"
    r"(?=\s*(?:[.;,)|]|\Z|\n|\b(?:because|since|until|for|today|tonight|now|from|at|on|in|and|after"
    r"|before|as)\b))(?!\sback)"
    r"|(?:replaced|changed|switched|swapped|exchanged|converted|substituted|superseded)"
    r"\s(?:over\s)?(?:by|to|with|for|against)\b"
    r"|[:*]*\s?(?:none|nil|no)(?=\s*[.;,)]|\s*\Z|\n)"
    r"|(?:stops?|ends?|ceases?|pauses?|goes|comes\soff|is\s(?:off|history)|must\sgo|has\sto\sgo)"
    r"(?=\s*(?:[.;,]|\Z|\n|\b(?:and|here|now|today|tonight|at\sonce|from\s(?:now|today)|this\s(?:morning|evening)"
    r"|for\s(?:now|good)|with\simmediate)\b"
    r"|\d+(?:\s?[-\u2013]\s?\d+)?\s(?:days?|hours?|weeks?)\s(?:before|ahead)))"
    r"|(?:is|comes|goes)\soff\s(?:the|his|her)\s(?:chart|list|prescription|drug\schart|kardex|menu)\b)"
)
"""The name is the subject of words that end its drug: "X 5 mg is replaced by Y", "X stopped"."""
_UNTIL = re.compile(
    r"\b(?:after|until|once|when|if|before|since|unless|as\slong\sas)\s(?:(?:the|his|her"
    r"|your)\s)?\Z"
)
"""Words that make the end of a drug a point in time, not an order."""
_ALREADY = re.compile(
    r"\balready\s(?:has|takes?|gets?|receives?|uses?)\s(?:[\d.,]+\s?[a-z]+\s(?:of\s)?)?\Z"
)
"""Words before what the patient takes anyway."""
_LAST = re.compile(
    r"\b(?:last|final)\s(?:(?:dose|tablet|injection|capsule)\sof\s)?(?:(?:his|her|the)\s)?\Z"
)
"""Words before the dose that was or will be the last one."""
_STEMS = (
    r"(?:rais|increas|boost|push|doubl|tripl|quadrupl|prolong|shorten|lengthen|delay|provok"
    r"|precipitat|trigger|unmask|worsen|aggravat|exacerbat|mask|inhibit|induc|displac|bind"
    r"|chelat|compet|antagoni|oppos|cancel|counteract|potentiat|enhanc|amplif|interact|clash"
    r"|cross|accumulat|build|linger|contain|hold|belong|resembl|duplicat|overlap|harm|damag|injur"
    r"|depress|lead|result|contribut|predispos|expos|threaten|endanger|depend|differ|vary|varies"
    r"|exist|cost|carr(?:y|ies)(?!\son\b)|shar|caus|kill|impair|thin|bleed|lower\sthe\sseizure"
    r"|lower\sthe\seffect"
    r"|mak(?:e|es)\s(?:\w+\s){0,3}(?:worse|no\ssense|less|hard)|add(?:s)?\s(?:nothing|little|only)"
    r"|lack|drop|react|cross-react|com(?:e|es)\s(?:as|in)|last(?:s)?\s\d|lessen"
    r"|reduc(?:e|es)\s(?:the\s)?(?:effect|efficacy|absorption|clearance|levels?)|help(?:s)?\sothers|ha(?:s|ve)\s(?:killed|caused"
    r"|no\s(?:role|place|benefit|effect)|little|a\s(?:boxed|black|high\srisk)|boxed|been\sshown))"
)
_TELLS = re.compile(
    rf"[)\]]?\s*(?:,\s)?(?:(?:and|or)\s(?:all\s)?(?:other"
    rf"|similar)\s(?:[\w-]+\s){{1,3}}?)?(?:(?:which|that|it|they|each"
    rf"|both)\s)?{_ADVERBS}(?:(?!double\s(?:strength|dose)){_STEMS}(?:e|s|es|ies"
    rf"|y)?\b(?!\s(?:to|by)\s\d)"
    r"|(?:(?:can|could|may|might|will|would|do|does|did|has|have|is|are|known|to|not|never)\s)+"
    rf"{_ADVERBS}{_STEMS}\w*\b)"
)
"""Begins what a drug does, holds or belongs to."""
_TELLS_BARE = re.compile(
    rf"[)\]]?\s*{_ADVERBS}(?:(?:can|may|could|might|will|also)\s)*(?:lower|speed|slow|block"
    rf"|thin|affect|alter"
    r"|change|need|require|take\s\d|stay\sin)s?\s"
)
"""The same, of a name without a dose: with one, "X 80 mg lowers her LDL" recommends."""
_VERDICT = re.compile(
    r"[*_]*\s\((?:contra-?indicated|avoid\w*|not\s(?:recommended|used|an\soption|for)|never"
    r"|withdrawn"
    r"|stopped|unsafe|off\slimits|allergy|allergic)\b"
)
"""A judgement in brackets right behind a name."""
_NOT_NOW = re.compile(r"[*_]*:[*_]*\s(?:not|no|never|only)\b")
_NOT_HIS = re.compile(r"\b(?:so\snot|not\snow|not\sfor\s(?:him|her|you|this))\b")
"""A verdict behind a colon, and that it is of this patient: "X: not with Y; he has Y, so not"."""
_TOLD_OF = re.compile(
    rf"\b{_STEMS}(?:e|s|es|ies|y)?\s(?:\w+ly\s)?(?:with\s|(?:the\s)?(?:levels?|effects?|action"
    r"|clearance|exposure)\sof\s)?(?:(?:his|her|the|your)\s)?\Z"
)
"""Words before what another drug acts on: "rifampin lowers X", "cross-react with X"."""
_HOLDS = re.compile(
    r"\b(?:contain|hold|provid|deliver|bring|suppl|includ)\w*\s(?:\d[\d.,]*\s?(?:mg|g"
    r"|mcg)\s(?:of\s)?"
    r"|(?:both\s|already\s|about\s|a\s|(?:full|low"
    r"|high)[\s-]dose\s(?:of\s)?)*)?(?:[\w-]+\s\d[\d.,]*\s?(?:mg|g|mcg|units)\s(?:and|plus"
    r"|with)\s)?\Z"
)
"""Words before a part of a product: "X holds Y 25 mg and Z 100 mg"."""
_HIM = re.compile(
    r"\b(?:her|his|him|your|you|she|he|this\spatient|the\spatient['’]?s?)\b(?!\s(?:father|mother))"
)
_OF_CHOICE = (
    r"(?:(?:first|second|next|initial|further|other|adult|oral)\s)*(?:treatment|therapy|care|drug"
    r"|medicine|choice|agent|option|course|next|step|answer|remedy|regimen|treatments|pick|favou?rite|go-to|approach|prescription|recommendation|way\s(?:to|of))\b"
)
"""What makes "the usual" a recommendation: "X 25 mg is the usual next drug"."""
_CLASS_ONLY = re.compile(
    rf"\s{_ADVERBS}(?:is|are|was|were|remains?)\s{_ADVERBS}(?:only\s)?"
    r"(?:(?:for|reserved\sfor|meant\sfor|intended\sfor|kept\sfor|restricted\sto|limited\sto"
    r"|confined\sto|studied\s(?:only\s)?in|labell?ed\s(?:only\s)?(?:for|in)|licensed\sonly"
    r"|approved\sonly|preferred\sonly|contraindicated\sonly)\s"
    r"(?!him\b|her\b|you\b|this\b|now\b|today\b|life\b|\d|a\s(?:week|month|few|total|course)"
    r"|(?:the\s)?(?:first|next)\b|at\sleast|one\b|two\b|three\b)"
    r"(?=[^.;]*\b(?:patients|people|those|adults|children|women|men|only|non-|others?|shock"
    r"|failure|without|failing|cases))"
    r"|(?:obsolete|outdated|history"
    rf"|the\s(?:wrong|adult|normal|(?:usual|standard)(?!\s{_OF_CHOICE})|pneumonia|old)\s"
    r"|no\slonger|too\s(?:much|strong|high|late|early)|far\stoo|like\s|about\sas|equal|equivalent"
    r"|another\s(?:drug|class|route)|often\s(?:confused|quoted)|second[-\s](?:choice|line)"
    r"|third[-\s]line|next\b|off\slabel))"
    r"|\s(?:is|are)\s(?:limited|capped|restricted)\sto\s\d"
    r"|\s(?:would|might)\s(?:only\s)?(?:be\s(?:like|comparable|similar|equivalent|far|too"
    r"|the\s(?:wrong|least|worst)|under|over"
    r"|(?:an?\s)?duplicat\w+|superfluous|redundant|pointless|a\smistake|double"
    r"|(?:(?:an?\s)?(?:\w+\s){0,3})?"
    r"(?:only\s)?in\s(?:others|other\s|patients|people|women|men|adults|children|those"
    r"|(?:a|an\sotherwise)\shealthy))"
    r"|matter|need|mean|risk|have\s(?:been|had))"
)
"""Says for whom else a drug is, or what it would be: no plan for this patient."""
_NOT_HIM = re.compile(
    r"\s(?:can|may|could|might)\sbe\s\w+\sagain\s(?:after|once|when|only|later)"
    r"|[^.;]{0,60}?\s(?:is|are)\swhat\s(?:other|most|patients|people|women|men|adults|children"
    r"|those)\b"
    r"|\s(?:would|might)\sbe\s(?:\w+\s){0,5}?(?:only\s)?in\s(?:others|other\s|most\s|patients"
    r"|people|women|men|adults|children|those|an?\s(?:otherwise\s)?(?:healthy|different|younger|older))"
    r"|\s(?:is|are)\s(?:no|not\san?|hardly\san?)\s(?:way\s(?:a?round|out)|answer|solution"
    r"|substitute)\b"
)
"""Says that the drug is for another, for later, or no way out: no plan for this patient today."""
_VEHICLE = re.compile(r"caine\b[\s\d.,%]*(?:plus|with|and|/)\s\Z")
"""Words before the epinephrine in a local anesthetic, whose dose is the anesthetic's."""
_INCLUDING = re.compile(
    r"\b(?:no|none\sof\sthe|without)\s(?:[\w-]+\s){1,4}\([^()]*\Z|"
    r"\b(?:avoided|forbidden|excluded|stopped|off\slimits)\b,?\s(?:including|such\sas)\s[^.;]*\Z"
)
"""Words behind which a list names what is to be avoided."""
_RETOLD = re.compile(
    r"\s(?:(?:tablets?|capsules?)\s)?(?:was|were|had\sbeen|has\sbeen|being)\s"
    r"(?:\w+ly\s|once\s|first\s)?(?:suggested|proposed|requested|asked\s(?:for|about)|considered|discussed|mentioned"
    r"|ordered\sonline|advertised|written|entered|printed|quoted|cited|drafted|found|bought)\b"
    r"(?!,?\s(?:and|so)\s(?:(?:i|we)(?:\s(?:am|are|have|will)|['\u2019](?:m|re|ve|ll))\s)?"
    r"(?:chosen|start|giv|order|prescrib|agree|accept|begin|going\sahead)\w*)"
    r"|,?\s(?:which|that)\s(?:he|she|they|his|her|a|the|your)\s(?:\w+\s){0,2}(?:ordered|bought|gave"
    r"|asked|found|read|saw|suggest\w+|recommend\w+|request\w+|borrow\w+)\b"
    r"|,\s(?:suggested|proposed|requested|recommended|offered)\sby\s(?:his|her|their|a|the)\b"
)
"""Somebody named the drug; the text does not order it by that."""
_SUPPOSED = re.compile(
    r"\b(?:had\s(?:we|he|she|they|you|i|it|there|the)\b|(?:were|should)\s(?:he|she|they|you|it"
    r"|there)\s(?!to\b|be\b|take\b|use\b)|would\shave\b|could\shave\b|should\shave\s(?:been|read)"
    r"|if\s(?:he|she|they|you|it|there|we|i)\s(?:had|were|did))\b"
)
"""Words of what did not happen."""
_USUALLY = re.compile(
    r"\b(?:usually|normally|ordinarily|typically|in\sgeneral|as\sa\srule|in\s(?:most"
    r"|other)\s(?:people"
    r"|patients|cases))\b[^.;]{0,60}?\bwould\sbe\b|\bwould\s(?:usually|normally|otherwise"
    r"|ordinarily)\sbe\b"
)
"""What would be given to somebody else is not given here."""
_SINCE = re.compile(r"\b(?:so|now|instead|therefore|hence|but|thus)\b")
_EXAMPLE = re.compile(r"(?:\be\.g\.|\bsuch\sas|\bincluding|\bfor\sexample|\(other)[^.;)]*$")
"""A drug in a list of examples stands for its class."""
_DESCRIBED = re.compile(
    r"\b(?:may|can|could|might|will|has\sbeen|have\sbeen|was|were|is|are)\s+(?:\w+\s+){0,2}(?:caus|"
    r"increas|decreas|reduc|result|lead|enhanc|potentiat|prolong|rais|worsen|associat|inhibit|"
    r"antagoni|precipitat|impair|affect|metaboli|excret|known\sto)\w*"
    r"|\b(?:increases?|decreases?|causes?|raises?|lowers?|inhibits?|prolongs?)\s(?:the\s)?(?:risk|"
    r"levels?|exposure|concentration|toxicity|effects?|plasma|serum|inr|qt)"
)
"""A sentence that tells what a drug or a combination does."""
_WITHIN = 90
_NEAR = 60
"""Characters before a name in which words that end at it begin."""


def is_described(folded: str, place: int, end: int) -> bool:
    """Return whether a predicate at `place` says what its subject does, not what to do with it."""
    return _TELLS.match(folded, place, end) is not None


def settle(
    folded: str, sources: Sequence[SentenceParts], drugs: Sequence[DrugMention]
) -> tuple[DrugMention, ...]:
    """Return the drugs of a text with what all of it does with each of them.

    Args:
        folded: The text in lower case.
        sources: Its sentences.
        drugs: Its drugs in text order, as their own sentences have them.
    """
    told = [_by_predicate(folded, sources[d.sentence], d, drugs) for d in drugs]
    told = turned_down(folded, told)
    ended = list(_ended(folded, told))
    return tuple(unpicked(folded, sources, list(_rejected(sources, ended))))


def _by_predicate(
    folded: str, source: SentenceParts, drug: DrugMention, drugs: Sequence[DrugMention]
) -> DrugMention:
    """Return a drug with what the words around its name make of it."""
    if drug.polarity not in ORDERED or drug.current:
        return drug
    near = max(source.clauses.start, drug.start - _NEAR)
    if _VEHICLE.search(folded, near, drug.start):
        return replace(drug, polarity="mention", standing="told", regimens=(), maximums=())
    if _INCLUDING.search(folded, source.clauses.start, drug.start):
        return replace(drug, polarity="avoid")
    if _ALREADY.search(folded, near, drug.start):
        return replace(drug, polarity="mention", current=True, regimens=())
    place = _after(folded, source, drug, drugs)
    verdict = _verdict(folded, source, drug, place)
    if verdict is not None:
        return verdict
    begin, end = source.clauses.clause(drug.start)
    limit = min(source.clauses.end, place + _WITHIN)
    clause = folded[max(begin, near) : drug.start]
    told = drug.standing != "past" and (
        _HOLDS.search(clause) is not None
        or (not drug.regimens and _TOLD_OF.search(clause) is not None)
        or _RETOLD.match(folded, place, limit) is not None
        or is_bounded(folded, begin, drug.start, directed=_is_directed(drug))
        or _NOT_HIM.match(folded, place, limit) is not None
        or _is_supposed(folded, begin, end, drug.start)
        or ("would" in folded[begin:end] and _USUALLY.search(folded, begin, end) is not None)
        or (not _is_directed(drug) and _is_told(folded, source, drug, place))
        or (not drug.regimens and drug.polarity == "give" and _is_described(folded, source, drug))
    )
    return replace(drug, standing="told") if told else drug


def _verdict(
    folded: str, source: SentenceParts, drug: DrugMention, place: int
) -> DrugMention | None:
    """Return a drug that words behind its name forbid or end; None where there are none."""
    not_his = _NOT_HIS.search(folded, place, source.clauses.end) is not None
    if _VERDICT.match(folded, drug.end) or (not_his and _NOT_NOW.match(folded, place)):
        return replace(drug, polarity="avoid")
    begin = max(source.clauses.clause(drug.start)[0], drug.start - _NEAR)
    limit = min(source.clauses.end, place + _WITHIN)
    ends = _ENDED_AFTER.match(folded, place, limit) and not _UNTIL.search(folded, begin, drug.start)
    if ends or _LAST.search(folded, begin, drug.start):
        return replace(drug, polarity="stop", standing="now", condition=None)
    return None


def _is_directed(drug: DrugMention) -> bool:
    told = drug.directive is not None and drug.directive.text.lower() == "used"
    return drug.directive is not None and drug.polarity == "give" and not told


def _is_told(folded: str, source: SentenceParts, drug: DrugMention, place: int) -> bool:
    """Return whether the predicate at `place` says what the drug does, or for whom else it is."""
    limit = min(source.clauses.end, place + _WITHIN)
    if _CLASS_ONLY.match(folded, place, limit):
        return True
    _, end = source.clauses.clause(drug.start)
    about_him = drug.regimens and _HIM.search(folded, place, end)
    if not drug.regimens and _TELLS_BARE.match(folded, place, limit):
        return True
    return _TELLS.match(folded, place, limit) is not None and not about_him


def _is_described(folded: str, source: SentenceParts, drug: DrugMention) -> bool:
    """Return whether a bare name is an example, or in a sentence about what drugs do."""
    start, end = _bounds(source)
    if _EXAMPLE.search(folded[start : drug.start]):
        return True
    return _DESCRIBED.search(folded, start, end) is not None


def _after(
    folded: str, source: SentenceParts, drug: DrugMention, drugs: Sequence[DrugMention]
) -> int:
    """Return where the predicate of a name begins: behind its dose, and the list it is in."""
    found = place = _behind(folded, drug)
    for other in drugs[bisect_left(drugs, drug.end, key=lambda one: one.start) :]:
        if other.start >= source.clauses.end or not _LIST.fullmatch(folded, place, other.start):
            break
        joined = _JOINS.search(folded, place, other.start) is not None
        place = _behind(folded, other)
        if joined or folded.startswith(")", place):  # "A, B and C", "(A, B, C)": a mere comma
            found = place  # parts the items of a plan
    return found


def _behind(folded: str, drug: DrugMention) -> int:
    place = max([drug.end, *(r.end for r in drug.regimens if 0 <= r.start - drug.end < 4)])
    for pattern in (_ASIDE, _AND_OTHERS, _FOR_LONG):
        aside = pattern.match(folded, place)
        place = aside.end() if aside else place
    return place


def _is_supposed(folded: str, begin: int, end: int, start: int) -> bool:
    found = _SUPPOSED.search(folded, begin, end)
    if found is None:
        return False
    return not (found.end() <= start and _SINCE.search(folded, found.end(), start))


def _ended(folded: str, drugs: Sequence[DrugMention]) -> Iterator[DrugMention]:
    """Yield the drugs; what the patient takes and a later sentence stops is to be stopped."""
    stopped: dict[str, int] = {}
    final: dict[str, int] = {}
    for drug in drugs:
        ends = drug.polarity == "stop" and not drug.conditional
        for name in drug.ingredients if ends and not _LATER.match(folded, drug.end) else ():
            stopped[name] = drug.start
            if drug.directive is not None and _FINAL.match(drug.directive.text.lower()):
                final[name] = drug.start
    meant = _meant(folded, drugs)
    for drug in drugs:
        until_now = drug.polarity == "mention" and (drug.current or drug.regimens)
        implied = drug.polarity == "give" and drug.directive is None
        since = final if implied else stopped
        later = [since.get(name, -1) > drug.start for name in drug.ingredients]
        ended = (later and all(later)) or drug.start in meant
        yield replace(drug, polarity="stop") if (until_now or implied) and ended else drug


def _meant(folded: str, drugs: Sequence[DrugMention]) -> set[int]:
    """Return where the drugs begin that "replace it", "hold it today" speak of."""
    starts = [drug.start for drug in drugs]
    found = (bisect_left(starts, match.start()) - 1 for match in _IT.finditer(folded))
    taken = [d.start for d in drugs if d.polarity == "mention" and (d.current or d.regimens)]
    left = (bisect_left(taken, match.start()) - 1 for match in _TO_ANOTHER.finditer(folded))
    return {starts[at] for at in found if at >= 0} | {taken[at] for at in left if at >= 0}


def _rejected(
    sources: Sequence[SentenceParts], drugs: Sequence[DrugMention]
) -> Iterator[DrugMention]:
    """Yield the drugs; an option that the text itself turns down is only supposed."""
    down = {
        name
        for drug in drugs
        for name in drug.ingredients
        if drug.polarity == "avoid" and drug.condition is None
    }
    for drug in drugs:
        listed = drug.directive is None and sources[drug.sentence].place.option is not None
        turned = listed and drug.polarity == "give" and bool(down & set(drug.ingredients))
        yield replace(drug, standing="hypothetical") if turned else drug


def _bounds(source: SentenceParts) -> tuple[int, int]:
    return source.clauses.start, source.clauses.end
