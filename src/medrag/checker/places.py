"""Reads where in the body something is: the organ, its side, and its number or lobe.

"Left renal mass", "torsion of the testis on the right", "L4-L5", "tooth 36", "left upper lobe".
Of each place it is told whether something is done there, is wrong there, or neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from medrag.text.prefilter import prefiltered

PlaceKind = Literal["operation", "lesion"]

_ORGANS: tuple[tuple[str, str], ...] = (
    ("carotid artery", r"carotids?|carotid\sendarterectom\w+"),
    ("kidney or ureter", r"kidneys?|renal|nephr\w+|ureter\w*|pyelo\w+|hydroneph\w+|pelvicalyceal"),
    ("adrenal gland", r"adrenal\w*"),
    ("eye", r"eyes?|cataracts?|retin\w+|cornea\w*|ocular|orbit\w*|vitre\w+|vitrectom\w+|lens"
            r"|macula\w*|intravitreal|phaco\w*|trabecul\w+|kerato\w+|glaucoma"),
    ("knee", r"knees?|menisc\w+|patell\w+|cruciate|ACL"),
    ("hip", r"hips?|femoral\s(?:neck|head)|intertrochanteric|acetabul\w+"),
    ("thigh", r"femur|femoral\sshaft|thighs?"),
    ("lung or chest", r"lungs?|pneumothora\w+|pleura\w*|ha?emothora\w+|empyema"
                      r"|chest\s(?:drain|tube)|(?:upper|middle|lower)\slob\w+|thoracentesis|pneumonectom\w+|lobectom\w+"
                      r"|thoracotom\w+|pleurodes\w+"),
    ("breast", r"breasts?|mastectom\w+|lumpectom\w+|axilla\w*|mammary"),
    ("testis", r"test(?:is|icles?|icular|es)|orchi\w+|scrot\w+|hydroc(?:o)?ele\w*|varicoc(?:o)?ele"
               r"|epididym\w+"),
    ("ovary", r"ovar\w+|adnex\w+|fallopian|salping\w+|oophor\w+|tubal"),
    ("ear", r"ears?|tympan\w+|mastoid\w*|cochlea\w*|myringot\w+|stapedect\w+|otitis|grommet\w*"),
    ("shoulder", r"shoulders?|rotator|humeral|humerus|glenoid|clavic\w+"),
    ("groin", r"inguinal|groins?|femoral\shernia"),
    ("foot or ankle", r"foot|feet|ankles?|toes?|hallux|bunions?|heels?|achilles|metatars\w+"),
    ("hand or wrist", r"hands?|wrists?|carpal|scaphoid|metacarp\w+|thumbs?|fingers?"),
    ("lower leg", r"legs?|tibia\w*|fibula\w*|(?:below|above)[- ]knee|cal(?:f|ves)|lower\slimbs?"
                  r"|saphenous|varicose"),
    ("arm", r"arms?|forearms?|radius|ulna\w*|elbows?|olecranon|upper\slimbs?"),
    ("head", r"subdural|extradural|epidural\sha?ematoma|craniot\w+|craniect\w+|burr\shole\w*"
             r"|frontal|parietal|temporal|occipital|cerebell\w+|hemispher\w+"),
    ("face or neck", r"parotid\w*|maxill\w+|thyroid\w*|hemithyroid\w+|submandibular"),
    ("colon", r"colon|colonic|hemicolectom\w+"),
)  # fmt: skip
_LEG = ("hip", "thigh", "knee", "lower leg", "foot or ankle")
_ARM = ("shoulder", "arm", "hand or wrist")
_SEGMENT = re.compile(
    r"\b(?:(?P<right>c(?:a)?ecum|c(?:a)?ecal|ascending colon|hepatic flexure)"
    r"|(?P<left>descending colon|sigmoid|splenic flexure))\b",
    re.I,
)
"""Parts of the colon, which lie at one side."""
_ORGAN = re.compile(
    "|".join(rf"(?P<o{n}>\b(?:{words})\b)" for n, (_, words) in enumerate(_ORGANS)), re.I
)
_NERVES = re.compile(r"\bfemoral\snerve|\bfascia\siliaca|\badductor\scanal|\bsciatic|\bpopliteal"
                     r"|\bspinal\snerve", re.I)  # fmt: skip
_ARM_NERVES = re.compile(r"\binterscalene|\b(?:supra|infra)clavicular|\baxillary\sblock", re.I)
_SIDE = re.compile(
    r"\b(?P<side>left|right|lt|rt)\b(?!\s(?:away|now|time|dose|drug|choice|answer|patient|person"
    r"|one|ventric\w+|atri\w+|bundle|heart|to\b|through|up\b))",
    re.I,
)
_ACT = re.compile(
    r"\b(?:\w*(?:ectom(?:y|ies)|otom(?:y|ies)|ostom(?:y|ies)|plast(?:y|ies)|scop(?:y|ies)"
    r"|centes[ie]s|pex(?:y|ies)|desis|rrhaph\w+|trips(?:y|ies))|surg(?:ery|ical)|operat\w*"
    r"|repair\w*|replac\w*|amputat\w*|excis\w*|resect\w*|remov\w*|drain(?:ed|age|ing|s)?|tap"
    r"|aspirat\w*|biops\w*|inject\w*|block\w*|stent\w*|emboli[sz]ation|ablat\w*|decompress\w*"
    r"|fusion|fixation|fix|explor\w*|nail\w*|pin(?:ned|ning)?|casts?|splint\w*|immobili[sz]\w*"
    r"|implant\w*|graft\w*|laser|burr holes?|grommets?|extract\w*|incis\w*|incision|needle|puncture"
    r"|phaco\w*|cryo\w+|bypass|arthrodes\w+|release|irradiat\w*|radiotherapy|tube|anesthetize|anaesthetise|mark|discectomy|stripping)\b",
    re.I,
)
"""Names of operations, and what is said of doing one."""
_WRONG = re.compile(
    r"\b(?:fractur\w*|mass(?:es)?|tumou?rs?|cancer\w*|\w*carcinoma\w*|cysts?|stones?|calcul\w+|tears?"
    r"|torn|ruptur\w*|stenos\w+|stenotic|pain\w*|hernia\w*|effusion\w*|pneumothora\w+"
    r"|ha?emothora\w+|empyema"
    r"|abscess\w*|torsion|torted|gangren\w*|necro\w+|ulcer\w*|isch[ae]\w+|arthr(?:itis|osis|itic)"
    r"|osteoarthr\w+|hydroneph\w+|ha?ematoma\w*|detach\w*|glaucoma|degenerat\w*|swell\w*|swollen"
    r"|infect\w*|lumps?|nodul\w*|polyps?|aneurysm\w*|thrombo\w+|DVT|osteomyel\w+|frozen"
    r"|dislocat\w*|melanoma|lesion\w*|obstruct\w*|syndrome|otitis|cataract\w*|opaci\w+|collaps\w*"
    r"|bleed\w*|metasta\w+|malignan\w+|adenoma\w*|spots?|impingement|claudicat\w*|caries|decay\w*"
    r"|prolaps\w*|hydroc(?:o)?ele|varicoc(?:o)?ele|neuroma|varicos\w+|perforat\w*|stuck|laceration|wound"
    r"|hernat\w*|protru\w+|extru\w+|compress\w+|invol\w*|disease[d]?|bad|worn|broken|suspicious)\b",
    re.I,
)
_FOUND = re.compile(
    r"\b(?:show(?:s|ed|ing)?|prov(?:es|ed|en)|confirm\w*|reveal\w*|found|finds|demonstrat\w*"
    r"|detect\w*|see(?:n|s)|point(?:s|ed)? to|suggest\w*|indicat\w*|identif\w*|locat\w*|diagnos\w*"
    r"|because of|due to|for (?:an?|the|his|her)|with an?)\b",
    re.I,
)
"""Words between an examination and what it shows: "biopsy proves cancer of the left breast"."""
_ELSEWHERE = re.compile(
    r"\b(?:both|bilateral\w*|either|opposite|contralateral|other|compar\w*|normal\w*|healthy"
    r"|not|no|never|unlike|wrong|unaffected|uninvolved|sound|clear|intact|instead|rather"
    r"|avoid\w*|away|sparing|dominant|pseudophak\w*|aphak\w*|prosthe\w*|operated|absent|treated|handed|writes?|artery|vein|access|line|catheter|pressure"
    r"|via|through|fistula|paces?)\b",
    re.I,
)
"""Words close by that make a side not the one that is meant."""
_BEHIND = re.compile(
    r"\b(?:previous\w*|prior|earlier|past|old|history|had|underwent|status post|s/p|already"
    r"|healed|recovered|(?:years?|months?) ago|since|(?:19|20)\d\d|last (?:year|month))\b",
    re.I,
)
_BOTH = re.compile(r"\b(?:both|bilateral\w*)\b", re.I)
_CLAUSE = re.compile(r"[.;:\n|]+\s*|,\s+|\s[\u2013\u2014-]\s|\s(?:so|but|and then|while|whereas)\s")
_AROUND = 24
"""Characters beside a side in which a word makes it another's."""
_REACH = 70


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a text names.

    Attributes:
        organ: What is there, in words.
        sides: "left", "right" or both; of a level or a tooth its numbers.
        kind: Whether something is done or wrong there.
        start, end: Offsets.
    """

    organ: str
    sides: frozenset[str]
    kind: PlaceKind
    start: int
    end: int


def same_region(one: str, other: str) -> bool:
    """Return whether what is done at one organ may be for the other: the foot, the lower leg."""
    legs = {"lower leg", "foot or ankle"}
    return one == other or {one, other} == legs or {one, other} == {"hip", "thigh"}


def read_places(text: str, *, listed: bool = False) -> tuple[Place, ...]:
    """Return the sided and numbered places of a text that are operated on or diseased.

    Args:
        text: An answer, or one entry of a problem list.
        listed: It is a problem list's entry: what it names is wrong there, whatever the word.
    """
    return (*_sided(text, listed=listed), *_numbered(text, listed=listed))


def _sided(text: str, *, listed: bool) -> Iterator[Place]:
    for begin, whole, clause in _clauses(text):
        for match in _SIDE.finditer(clause):
            names = _organs_at(clause, match.start(), match.end())
            kind = _kind(clause, match.start(), listed=listed) if names else None
            if kind is None and names and whole < begin:  # "carpal tunnel release, right wrist"
                kind = _kind(
                    text[whole:begin] + clause, begin - whole + match.start(), listed=listed
                )
            side = frozenset({"left" if match["side"][0] in "lL" else "right"})
            if kind is not None:
                places = (begin + match.start(), begin + match.end())
                yield from (Place(name, side, kind, *places) for name in names)
        yield from _of_both(clause, begin)
        for match in _SEGMENT.finditer(clause):
            if _kind(clause, match.start(), listed=listed) == "lesion":
                side = frozenset({"right" if match["right"] else "left"})
                yield Place("colon", side, "lesion", begin + match.start(), begin + match.end())


def _clauses(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each clause begins, where that does which a comma joins it to, and its words."""
    begin = whole = 0
    for match in _CLAUSE.finditer(text):
        yield begin, whole, text[begin : match.end()]
        whole = begin if match[0].startswith(",") else match.end()
        begin = match.end()
    yield begin, whole, text[begin:]


def _of_both(clause: str, begin: int) -> Iterator[Place]:
    named = _ORGAN.search(clause) if _BOTH.search(clause) else None
    if named is not None:
        both = frozenset({"left", "right"})
        yield Place(_name(named), both, "lesion", begin, begin + named.end())


def _organs_at(clause: str, start: int, end: int) -> tuple[str, ...]:
    """Return the organ beside a side: behind it, else the nearest before it."""
    limit = _SIDE.search(clause, end)
    ahead = clause[end : limit.start() if limit else end + _REACH]
    words = " ".join(ahead.split()[:5])
    for nerves, limb in ((_NERVES, _LEG), (_ARM_NERVES, _ARM)):
        if nerves.search(words):
            return limb
    behind = _ORGAN.search(words)
    if behind is not None:
        return (_name(behind),)
    before = [*_ORGAN.finditer(clause[max(0, start - _REACH) : start])]
    return (_name(before[-1]),) if before and not _SIDE.search(clause, 0, start) else ()


def _name(match: re.Match[str]) -> str:
    return _ORGANS[int((match.lastgroup or "o0")[1:])][0]


def _kind(clause: str, start: int, *, listed: bool) -> PlaceKind | None:
    near = clause[max(0, start - _AROUND) : start + _AROUND + _AROUND]
    acts = list(_ACT.finditer(clause))
    shown = list(_FOUND.finditer(clause, 0, start))
    if _BEHIND.search(clause) or _ELSEWHERE.search(near):
        past = _BEHIND.search(clause) is not None and not acts and _ELSEWHERE.search(near) is None
        return "lesion" if past and _WRONG.search(clause) else None
    done = [m for m in acts if not any(m.end() <= word.start() for word in shown)]
    if listed:
        return None if done else "lesion"
    if done:
        return "operation"
    return "lesion" if _WRONG.search(clause) else None


_SPINE = (*(f"C{n}" for n in range(1, 8)), *(f"T{n}" for n in range(1, 13)),
          *(f"L{n}" for n in range(1, 6)), "S1")  # fmt: skip
_LEVEL = re.compile(
    r"\b(?P<from>[CTL]\d{1,2})(?:\s?(?:[-/\u2013]|to)\s?(?P<to>[CTLS]?\d{1,2}))?\b(?![.,]?\d)"
)
_SPINE_ACT = re.compile(
    r"\b(?:decompress\w*|(?:micro)?dis[ck]ectom\w+|lamin(?:ect|ot)om\w+|fus(?:e|ion)|foraminotom\w+"
    r"|(?:vertebro|kypho)plast\w+|corpectom\w+)\b",
    re.I,
)
_TOOTH = re.compile(
    r"\b(?:tooth|teeth|molar|premolar|canine|incisor)\s(?:#|no\.?\s|number\s)?"
    r"(?P<n>[1-4][1-8])\b",
    re.I,
)
_TOOTH_ACT = re.compile(r"\b(?:extract\w*|remov\w*|pull\w*|root canal|fill\w*|drill\w*)\b", re.I)
_LOBE = re.compile(r"\b(?P<lobe>upper|middle|lower)[\s-](?:lobe|lobar|lobectom\w+)\b", re.I)
_FINGER = re.compile(
    r"\b(?P<n>index|middle|ring|little|great|big|second|third|fourth|fifth|small)\s"
    r"(?P<what>finger|toe)\b",
    re.I,
)
_LOBE_ACT = re.compile(r"\b\w*(?:lobectom\w+|segmentectom\w+|resect\w*)\b", re.I)
_FINGER_ACT = re.compile(
    r"\b(?:amputat\w*|incis\w*|remov\w*|releas\w*|splint\w*|drain\w*|nail avulsion)\b", re.I
)
_NUMBERED: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    ("spine", _LEVEL, _SPINE_ACT),
    ("tooth", _TOOTH, _TOOTH_ACT),
    ("lobe of the lung", _LOBE, _LOBE_ACT),
    ("finger or toe", _FINGER, _FINGER_ACT),
)
_HAS_NUMBER = prefiltered(r"[CTL]\d|tooth|teeth|molar|premolar|canine|incisor|lob(?:e|ar|ect)"
                          r"|finger|toe", re.I)  # fmt: skip


def _numbered(text: str, *, listed: bool) -> Iterator[Place]:
    for begin, _, clause in _clauses(text) if _HAS_NUMBER.search(text) else ():
        for organ, pattern, act in _NUMBERED:
            for match in pattern.finditer(clause):
                kind = _kind_of(clause, act, match.start(), listed=listed)
                if kind is None:
                    continue
                said = " ".join(filter(None, match.groups())).lower()
                sites = _discs(match) if organ == "spine" else frozenset({said})
                yield Place(organ, sites, kind, begin + match.start(), begin + match.end())


def _discs(level: re.Match[str]) -> frozenset[str]:
    """Return the discs that a level means: "L4-L5" one, "L5" those above and below it."""
    first, last = level["from"], level["to"]
    if last and last.isdigit():
        last = first[0] + last
    if first not in _SPINE or (last and last not in _SPINE):
        return frozenset({first})
    top = _SPINE.index(first)
    return frozenset(
        _SPINE[max(0, top - 1) : top + 1]
        if not last
        else _SPINE[top : max(top + 1, _SPINE.index(last))]
    )


def _kind_of(clause: str, act: re.Pattern[str], at: int, *, listed: bool) -> PlaceKind | None:
    near = clause[max(0, at - _AROUND) : at + _AROUND]
    if _ELSEWHERE.search(near) or _BEHIND.search(clause):
        return None
    if act.search(clause):
        return None if listed else "operation"
    return "lesion" if listed or _WRONG.search(clause) else None
