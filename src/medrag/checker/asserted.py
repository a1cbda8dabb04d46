"""Whether words that name a state say that this patient is in it.

A text names diseases for many reasons: as effects to watch for, in denials, as what other people
have, as what a drug treats. A state counts only where the sentence gives it to this patient, as
"his asthma", "she has been told she has porphyria" and "three years after his infarct" do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from medrag.clinical import Content
from medrag.core.span import Span

Standing = Literal["his", "over", "family", "told", "unsaid", "not"]
"""`his`: the words around the name give it to this patient. `over`: he had it, and it is treated or
behind him. `family`: a relative's. `told`: nothing speaks against it, and it is his where the
clause is about him. `unsaid`: named as an effect or a danger. `not`: denied, supposed, or said of
other people."""
INHERITED = frozenset(
    {
        "g6pd-deficiency",
        "long-qt",
        "malignant-hyperthermia",
        "medullary-thyroid-carcinoma",
        "mitochondrial-disease",
        "porphyria",
    }
)
"""What counts in the family too: drugs are contraindicated by a "personal or family history" of it
(semaglutide label, Boxed Warning; succinylcholine label, section 4), or their labels ask for tests
of whoever is at genetic risk."""
ACUTE = frozenset({
    "active-bleeding", "acute-kidney-injury", "alcohol-withdrawal", "bowel-obstruction",
    "bradycardia", "decompensated-hf", "delirium", "diabetic-ketoacidosis", "digoxin-toxicity",
    "diverticulitis", "hepatic-encephalopathy", "herpetic-keratitis", "hypercalcemia",
    "hyperkalemia", "hypermagnesemia", "hypernatremia", "hyperphosphatemia",
    "hypertensive-emergency", "hypocalcemia", "hypoglycemia", "hypokalemia", "hypomagnesemia",
    "hyponatremia", "hypophosphatemia", "hypotension", "meningitis", "metabolic-acidosis",
    "metabolic-alkalosis", "methemoglobinemia", "neutropenia", "opioid-dependent",
    "pelvic-infection", "pneumothorax", "pyelonephritis", "respiratory-depression", "sepsis",
    "serotonin-syndrome", "shock", "thrombocytopenia", "toxic-megacolon",
    "uncontrolled-hypertension", "urinary-retention",
})  # fmt: skip
"""States that no longer speak against a drug once they are over; an ulcer, a stroke or a cancer
does."""

_REACH = 140
"""Characters before and behind a name that are looked at."""
_CUT = re.compile(r"[;:.]\s|\s[\u2013\u2014]\s|\n")
_LINKED = (
    r"(?:(?!(?:for|to|against|from|of|by|than|like|on|in|at|about|is|are|was|were|has|have|had"
    r"|can|may"
    r"|might|could|should|would|will|must|so|but|because|which|who|that|while|when|if|cause\w*"
    r"|give|start|take|use|needs?)\b)[\w'\u2019/()%-]+"
)
_ADJECTIVES = _LINKED + r"\s){0,4}\Z"
_LISTED = _LINKED + r",?\s(?:(?:and|or|plus|with)\s(?:an?\s|the\s)?)?){0,9}\Z"
_PERSON = (
    r"(?:patient|man|woman|boy|girl|child|lady|gentleman|baby|infant|toddler|newborn|teenager"
    r"|adult|mother|smoker|person|student|pensioner|farmer|athlete|runner|driver)"
)
_OWN = re.compile(
    r"\b(?:his|her|your|their|my|whose|"
    + _PERSON
    + r"['\u2019]s|(?:this|our|my)(?=\s(?:[\w-]+\s){0,3}\Z))\s"
    + _ADJECTIVES,
    re.I,
)
"""A possessive before the name: what is his is there, whatever is said of it."""
_NOT_OWN = re.compile(
    r"\b(?:his|her|your|their|the (?:patient|man|woman|child)['\u2019]s)\s(?:[\w-]+\s)?(?:grand)?"
    r"(?:mother|father|sister|brother|sibling|son|daughter|wife|husband|partner|parent|aunt|uncle"
    r"|cousin|child|children|twin|family|relative|mum|mom|dad|friend|neighbou?r)s?"
    r"(?:['\u2019]s?)?\b(?!['\u2019]s\s(?:death|birth))[^;]*\Z|\bfamily history\b[^;]*\Z",
    re.I,
)
"""Somebody else is spoken of."""
_BACK_TO_HIM = re.compile(r"\b(?:he|she|you|the patient)\s(?:him|her|your)?(?:self\s)?\w+", re.I)
_IN_FAMILY = re.compile(
    r"\s(?:in|of|runs in)\s(?:his|her|the|your)\s(?:family|mother|father|sister|brother|son"
    r"|daughter)\b",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:no(?!\s(?:doubt|matter|question|wonder|secret|stranger))|not(?!\s(?:only|just|merely)\b)"
    r"|without|neither|nor|never|denie[sd]|denying|negative for|free (?:of|from)|absence of|lacks?"
    r"|none of|nothing (?:on|about)|rule[sd]? out|exclud(?:e|es|ed|ing)|rather than|instead of"
    r"|unlike(?: in)?"
    r"|other than|\w+n['\u2019]t)\s(?:(?:have|had|been|be|got)\s)*"
    r"(?:(?!(?:but|so|is|are|was|were|has|have|give|start|take|use|needs?|because|since|although"
    r"|though|despite|his|her|your|their|this|who|whose|while|until|if|except)\b)[\w'\u2019/()%+-]+"
    r"(?:,(?!\s(?:known|history|past|previous|prior|with|on|in|he|she|they|but|so|the"
    r"|and\san?)\b))?\s)*\Z",
    re.I,
)
"""A denial that reaches the name, through as long a list as it opens."""
_RULED_OUT = re.compile(
    r"(?:,?\s(?!(?:but|so|which|he|she|while|give|take|start|who|because)\b)[\w'\u2019/-]+){0,10}?"
    r"\s(?:excluded|ruled out|absent|denied|disproved|refuted|negative|normal|not (?:present"
    r"|known|found"
    r"|confirmed|suspected|shown|seen|evident|apparent))\b"
    r"|[^.;]{0,90}[,;:.]\s(?:and\s|but\s)?(?:(?:he|she|the patient|you)\s(?:himself\s"
    r"|herself\s)?ha(?:s|ve)\s"
    r"(?:none|neither|no such|nothing of)|none of (?:which|these|them|this))",
    re.I,
)
_SUPPOSED = re.compile(
    r"\b(?:if|unless|when(?!\s(?:he|she|they|you)\s(?:had|was|were|has)\b)|whenever|provided"
    r"|assuming"
    r"|(?:so|as) long as|on condition|once|in case(?: of)?|in the event of|not (?:in|with|for|after"
    r"|during|suitable)|whether|(?<=[.;] )should|would have|had (?:he|she|they)|as though|as if)\b"
    r"[^.;:]*\Z|\A\W*should\b[^.;:]*\Z",
    re.I,
)
"""Words before a state that only suppose it, or rule the drug out for it."""
_RULED_FOR = re.compile(
    r"\b(?:(?:do not|don['\u2019]t|never|must not|should not|not to|avoid)\s"
    r"(?:us(?:e|ing)|giv(?:e|ing)|prescrib(?:e|ing)"
    r"|start(?:ing)?|tak(?:e|ing))\b|personal (?:or|and) family history\b)"
    r"(?:(?!\b(?:he|she|his|her|you|your|they|because|since|as|who|given)\b)[^.;:])*\Z",
    re.I,
)
"""A drug is not to be used with it: a rule for whoever has it, where no word tells of him."""
_OF_MANY = re.compile(
    r"\b(?:patients|people|those|anyone|anybody|persons|individuals|adults|children|women|men|girls"
    r"|boys|infants|neonates|smokers|everyone|whoever|subjects|cases)\b"
    r"(?!\s(?:like|such as)\s(?:him|her|you|this))[^;.]*\Z",
    re.I,
)
_OF_HIM = re.compile(r"\b(?:he|she|his|her|this|our|you|your)\b", re.I)
_FEARED = re.compile(
    r"\b(?:caus\w*|result\w*|risks?|danger\w*|lead\w* to|provok\w*|precipitat\w*|trigger\w*"
    r"|induc\w*"
    r"|worsen\w*|aggravat\w*|unmask\w*|increas\w*|prevent\w*|prophyla\w+|protect\w*|avoid\w*"
    r"|watch\w*|look\w*(?: out)? for|monitor\w*|ask\w* about|warn\w*|signs? of|symptoms? of"
    r"|reports?(?: of| any)?|reporting|fear\w*|worr\w+|concern\w*|afraid|anxious about|can|may"
    r"|might"
    r"|could|includ\w*|such as|e\.g\.|effects?|harms?|complications?|toxicit\w+|warnings?"
    r"|less|fewer|(?:lower|reduced) (?:rates?|incidence)"
    r"|(?:withdrawn|removed|restricted|abandoned|obsolete|banned) [\w ]{0,25}?(?:because of|due to"
    r"|owing to|for|after|over)"
    r"|(?:likely|apt|prone|liable|expected|chances?|odds|probability|likelihood) (?:to|of)"
    r"|(?:because of|owing to|in view of|for fear of)(?: possible)?(?=\s\Z)"
    r"|treat(?!ed (?:for|with)\b)\w*|screen\w*|test(?:s|ed|ing)? for|check\w* for|works? in"
    r"|(?:licen[cs]ed|approved|indicated|used|reserved|meant) (?:for|in)|contraindicat\w*"
    r"|becomes?|develops?\b)\b"
    r"(?:(?!\b(?:in|with|given|despite|so|but|his|her|who|this|he|she|was|were|has"
    r"|had)\s)[^;:.])*\Z",
    re.I,
)
"""What is caused, feared, watched for, prevented or treated is not said to be there."""
_EFFECT = re.compile(
    r"(?:,?\s(?!(?:he|she|but|so|give|take|start|and (?:he|she|can"
    r"|may))\b)[\w'\u2019/()-]+){0,9}?,?\s"
    r"(?:can|may|might|could|should|would|must|becomes?|occurs?|develops?|appears?|emerges?"
    r"|happens?"
    r"|arises?|sets? in|supervenes?|follows?|threatens?"
    r"|(?:is|are)\s(?:(?:very|more|the|an?|its|their|known|also|always|among|well|most|chief)\s)*"
    r"(?:rare\w*|uncommon|common|possible|likely|unlikely|risks?|side|effects?|adverse|boxed|main"
    r"|major|feared|dangers?|harms?|concerns?|to be (?:reported|expected|watched|feared|avoided)"
    r"|warnings?|reported|described|seen (?:in|with)|contraindicat\w+|a reason|reasons"
    r"|what|why|named|listed)|concerns?|affects?|appl(?:y|ies)"
    r"|ha(?:s|ve) been (?:reported|described|observed|seen(?!\s(?:on|in (?:him|her)))))\b",
    re.I,
)
"""Said of a name behind it: it may come, is rare, is among the warnings."""
_OTHER_NAME = re.compile(
    r"[\s-](?:risks?|prevention|prophylaxis|precautions?|threshold|scores?|clinic|nurse|ward|unit"
    r"|vaccin\w+|rates?|awareness|leaflet|guidelines?|trials?|registry|warnings?|symptoms? of"
    r"|volume|waves?|tests?\b(?!\s(?:is|was|were|are|came)\spositive))\b",
    re.I,
)
"""What makes the name part of another: "stroke risk"."""
_HAS = re.compile(
    r"\b(?:has|have|had|having|gets?|got|experienc(?:es|ed)|suffer(?:s|ed|ing)? from|liv(?:es"
    r"|ing) with"
    r"|diagnosed (?:with|as having)|known (?:to have|for|with)|known(?=\s[\w-]+\s?(?:[\w-]+\s)?\Z)"
    r"|(?:history|diagnosis|background|record|bout|attack|episode|picture|case) of|h/o"
    r"|recover(?:s|ed|ing) from|surviv(?:ed|or of)|admitted (?:with|for)|presents? with"
    r"|presenting with|complicated by|underlying|concomitant|co-?existing|comorbid|pre-?existing"
    r"|established|documented|treated for|(?:is|been) followed for|operated (?:on )?for"
    r"|developed|sustained"
    r"|carrier of|positive for|despite|given|considering|in spite of|notwithstanding|on top of"
    r"|alongside|underwent)\s(?:an?\s|the\s)?" + _LISTED,
    re.I,
)
_WITH = re.compile(
    r"\b(?:with|in|on|during|under)\s(?:an?\s|the\s|someone with\s|somebody with\s)?" + _LISTED,
    re.I,
)
_IS = re.compile(
    r"\bthere\s(?:is|are|was|were|remains?)\s(?:(?:an?|the|still|also|now|some"
    r"|already)\s)*(?:[\w-]+\s){0,2}\Z"
    r"|\b(?:he|she|you|" + _PERSON + r"|who|and|also|now)\s(?:(?:himself|herself)\s)?"
    r"(?:is|are|was|remains?|became|['\u2019]s)\s(?:(?:an?|known|still|also|now|currently"
    r"|actively|newly"
    r"|on|in|severely|mildly|frankly|clearly)\s)*(?:[\w-]+\s)?\Z",
    re.I,
)
_OF_ONE = re.compile(
    r"\b(?:an?|this|our|the)\s(?:[\w'-]+[\s,]+){0,4}\Z",
    re.I,
)
_ONE = re.compile(r"(?:[\s,-]+[\w-]+){0,2}?[\s,-]+" + _PERSON + r"\b(?!s)", re.I)
_BEARER = re.compile(r"(?:ic|ive|ac|ant|oid|er)\Z", re.I)
"""How a word for somebody with a disease ends: asthmatic, hypertensive, hemophiliac, smoker."""
_AFTER = re.compile(
    r"\b(?:after|since|following|from)\s(?:his|her|the|an?|a recent"
    r"|last \w+['\u2019]s)\s(?:[\w-]+\s){0,3}\Z",
    re.I,
)
_THEN = re.compile(
    r"(?:\s(?!(?:in|with)\s(?:patients|people|those|adults|children)\b)[\w'\u2019()-]+){0,6}?,?\s"
    r"(?:ago|last (?:week|month|year|spring|summer|autumn|fall|winter|night|january|february|march"
    r"|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday)|(?:in|of|from|since) (?:19|20)\d\d|at (?:age )?\d+"
    r"|as a child"
    r"|in childhood|in (?:his|her) (?:youth|teens|twenties|thirties|forties|fifties)|yesterday"
    r"|this (?:morning|week|month|spring|summer|winter|year)|earlier (?:this|today)"
    r"|on (?:endoscopy|(?:his|her|the|an?|\w+['\u2019]s) (?:\w+ )?(?:ECG|EKG|MRI|CT|scan|film"
    r"|x-?ray|echo\w*"
    r"|ultrasound|biopsy))"
    r"|(?:was|were|has been|have been) (?:\w+ly )?(?:seen|found|shown|confirmed|diagnosed|proven"
    r"|proved|detected|documented|treated|operated|removed|cured|resected|stented|put down to"
    r"|blamed on)|(?:is|are) (?:mild|severe|stable|quiet|controlled|under control|well controlled"
    r"|in remission|chronic|long-?standing|active|advanced|being treated))\b",
    re.I,
)
"""A time or a finding behind a name: it has been seen, or happened."""
_OVER = re.compile(
    r"\b(?:(?:discharged?|recover\w*) (?:from|after)|now that (?:the|his|her)"
    r"|after (?:treatment|treating"
    r"|resolution|recovery|correction|relief|control)(?: of| from)?"
    r"|(?:resolution|correction|relief|end) of|resolved)\s(?:[\w-]+\s){0,3}\Z",
    re.I,
)
_GONE = re.compile(
    r"(?:\s(?!(?:and|but|so)\b)[\w'\u2019-]+){0,4}?\s(?:(?:has|have|had) (?:been |now "
    r"|since )*(?:treated|resolved|settled"
    r"|cleared|healed|corrected|gone|passed|subsided|recovered|relieved)|(?:is|was|are) (?:over"
    r"|resolved|gone|behind)|resolved)\b",
    re.I,
)


_FOUND = re.compile(
    r"\b(?:CT|MRI|MRA|ultrasound|echo\w*|ECG|EKG|x-?ray|film|scan|imaging|biopsy|endoscopy"
    r"|gastroscopy"
    r"|colonoscopy|angiogra\w+|fundoscopy|smear|doppler|exam\w*)\b[^.;:]{0,25}"
    r"(?::|\b(?:shows?|showed|showing|reveal(?:s|ed)|demonstrat(?:es|ed)|confirm(?:s|ed)|found"
    r"|finds))\s(?:an?\s|the\s)?" + _LISTED,
    re.I,
)
"""What a test showed is one patient's."""
_BECAUSE = re.compile(r"\b(?:because of|owing to|due to|from)\s(?:[\w-]+\s){0,2}\Z", re.I)
_SO_HE = re.compile(r",?\s(?:he|she|you|they)\s(?!(?:may|might|can|could|should)\b)\w+", re.I)
""""Because of bulimia she was underweight": what follows is told of her."""
_ENDS = re.compile(r"\s*(?:[,.;)]|(?:he|she|you|who)\b|with\b|of\b|\Z)", re.I)


@dataclass(frozen=True, slots=True)
class _Around:
    """A name and the words of its sentence on both sides."""

    line: str
    before: str
    named: str
    after: str


def standing(content: Content, place: Span) -> Standing:
    """Return whose state the words at `place` name: what the first reading that fits says."""
    sentence = content.sentence_at(place.start)
    begin, until = (sentence.start, sentence.end) if sentence else (0, len(content.text))
    line = content.text[max(begin, place.start - _REACH) : place.start]
    around = _Around(
        line=line,
        before=_CUT.split(line)[-1],
        named=place.of(content.text),
        after=content.text[place.end : min(until, place.end + _REACH)],
    )
    return next((found for found, fits in _READINGS if fits(around)), "told")


def is_asserted(standing: Standing, condition: str, *, told: bool) -> bool:
    """Return whether a state is the patient's.

    Args:
        standing: What the words around its name say.
        condition: Its key: what is acute and over no longer counts.
        told: The clause is about this patient.
    """
    if standing == "over":
        return condition not in ACUTE
    if standing == "family":
        return condition in INHERITED
    return standing == "his" or (told and standing == "told")


def stands_with(content: Content, place: Span) -> bool:
    """Return whether "with", "in" or "during" joins a name to what its sentence orders."""
    sentence = content.sentence_at(place.start)
    begin = max(sentence.start if sentence is not None else 0, place.start - _REACH)
    return _WITH.search(_CUT.split(content.text[begin : place.start])[-1]) is not None


def _is_denied(around: _Around) -> bool:
    denied = _DENIED.search(around.before) or _RULED_OUT.match(around.after)
    return bool(denied or _OTHER_NAME.match(around.after))


def _is_relatives(around: _Around) -> bool:
    other = _NOT_OWN.search(around.before)
    if other is not None and not _BACK_TO_HIM.search(around.before, other.start() + 1):
        return True
    return _IN_FAMILY.match(around.after) is not None


def _is_only_thought(around: _Around) -> bool:
    return _is_supposed(around) or _is_feared(around)


def _is_over(around: _Around) -> bool:
    return bool(_OVER.search(around.before) or _GONE.match(around.after))


def _is_supposed(around: _Around) -> bool:
    found = _OF_MANY.search(around.before)
    many = found is not None and not _OF_HIM.search(around.before, found.start())
    many = many or _RULED_FOR.search(around.before) is not None
    return many or _SUPPOSED.search(around.before) is not None


def _is_feared(around: _Around) -> bool:
    if _BECAUSE.search(around.before) and _SO_HE.match(around.after):
        return False
    return _FEARED.search(around.before) is not None


def _is_had(around: _Around) -> bool:
    had = (found.search(around.before) for found in (_HAS, _IS, _AFTER))
    return any(had) or _is_bearer(around) or _FOUND.search(around.line) is not None


def _is_bearer(around: _Around) -> bool:
    """Return whether a name stands for or before one person: "this asthmatic", "a diabetic man"."""
    if _OF_ONE.search(around.before) is None:
        return False
    alone = _BEARER.search(around.named) is not None and _ENDS.match(around.after) is not None
    return alone or _ONE.match(around.after) is not None


def _is_dated(around: _Around) -> bool:
    return _THEN.match(around.after) is not None and _EFFECT.match(around.after) is None


_READINGS: tuple[tuple[Standing, Callable[[_Around], bool]], ...] = (
    ("not", _is_denied),
    ("family", lambda around: _is_relatives(around) and not _is_only_thought(around)),
    ("not", _is_relatives),
    ("over", _is_over),
    ("his", lambda around: _OWN.search(around.before) is not None),
    ("not", _is_supposed),
    ("unsaid", _is_feared),
    ("his", _is_had),
    ("his", _is_dated),
    ("unsaid", lambda around: _EFFECT.match(around.after) is not None),
)
"""Readings of the words around a name, the surest first: what is denied is so even of "his" state,
and a possessive holds whatever is feared of it."""
