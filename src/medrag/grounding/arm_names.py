"""What a number of a trial, a table or a schedule can be of, by the words that name it."""

from __future__ import annotations

import re

from medrag.text.prefilter import prefiltered

_NAMES = {
    ("drug", "placebo"): r"placebo|dummy(?: \w+)?|vehicle|sham|control(?: group| arm)|comparator"
    r"|usual care",
    ("drug", "active"): r"the (?:study )?drug|active (?:treatment|drug|arm)|intervention group",
    ("per", "dose"): r"single(?: recommended)? doses?|(?:per|each) dose|a dose(?! of)|at one time"
    r"|in one go|at once|at a time",
    ("per", "day"): r"daily doses?|daily dosage|total daily|(?:in |per )24 hours"
    r"|(?<!times )(?<!once )(?<!twice )(?:per|a|in a) day",
    ("sex", "men"): r"m[ae]n|males?",
    ("sex", "women"): r"wom[ae]n|females?",
    ("age", "child"): r"child(?:ren)?(?![- ]Pugh)|p(?:a)?ediatric",
    ("age", "adult"): r"adults?",
    ("age", "infant"): r"infants?",
    ("age", "neonate"): r"neonates?|newborns?",
    ("age", "adolescent"): r"adolescents?|teenagers?",
    ("step", "start"): r"initial(?:ly)?(?= (?:\w+ )?(?:dos|daily|infus))|start(?:ing)? (?:dos\w+)"
    r"|(?:start(?:s|ed)?|beg[iu]ns?|initiated?)(?: \w+){0,2}? (?:at|with|on)",
    ("step", "later"): r"(?:increas\w+|rais\w+|titrat\w+|escalat\w+|go(?:ing|es)?)(?: \w+){0,2} to",
    ("step", "maximum"): r"max(?:imum|imal|\.)?(?= (?:\w+ ){0,3}dos)|capped|ceiling",
    ("step", "maintenance"): r"maintenance",
    ("step", "loading"): r"loading",
    ("step", "1"): r"first(?=,? (?:\w+ )?(?:dos|reduc|infus|cycle|line|injec|vaccin|step|level))",
    ("step", "2"): r"second(?=,? (?:\w+ )?(?:dos|reduc|infus|cycle|line|injec|vaccin|step|level))",
    ("step", "3"): r"third(?=,? (?:\w+ )?(?:dos|reduc|infus|cycle|line|injec|vaccin|step|level))",
    ("grade", "mild"): r"mild(?:ly)?|Child-Pugh (?:class )?A",
    ("grade", "moderate"): r"moderate(?:ly)?|Child-Pugh (?:class )?B",
    ("grade", "severe"): r"severe(?:ly)?|Child-Pugh (?:class )?C",
    ("grade", "profound"): r"profound",
    ("grade", "end-stage"): r"end[- ]?[−-]?stage|ESRD|ESKD",
    ("metabolizer", "poor"): r"(?:poor|slow) metaboli[sz]ers?",
    ("metabolizer", "intermediate"): r"intermediate metaboli[sz]ers?",
    ("metabolizer", "extensive"): r"(?:extensive|normal) metaboli[sz]ers?",
    ("metabolizer", "ultrarapid"): r"ultra-?rapid metaboli[sz]ers?",
    ("site", "throat"): r"pharyng\w+|oropharyn\w+",
    ("site", "rectum"): r"(?:ano)?rectal",
    ("site", "genital"): r"urogenital|urethral|cervical|vaginal",
    ("route", "oral"): r"oral(?:ly)?|by mouth",
    ("route", "intravenous"): r"intravenous(?:ly)?|IV",
    ("route", "intramuscular"): r"intramuscular(?:ly)?|IM",
    ("route", "subcutaneous"): r"subcutaneous(?:ly)?|SC",
}
ARMS = tuple(_NAMES)
"""Sort and key of each label, by the number of the group of `ARM` that reads it."""
ARM = prefiltered(
    r"\b(?:" + "|".join(f"(?P<l{n}>{words})" for n, words in enumerate(_NAMES.values())) + r")\b",
    re.IGNORECASE,
)
