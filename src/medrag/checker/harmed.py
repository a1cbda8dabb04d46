"""What a drug has done to a patient, as a problem list says it: "jaundice from nitrofurantoin".

Labels contraindicate a drug after the hepatitis, the cytopenia or the reaction that it caused
(phenytoin, nitrofurantoin, quinine, sulfonamides, rasburicase: section 4), and an allergy list
seldom holds those.
"""

from __future__ import annotations

import re
from typing import Literal

_REACTIONS = (
    r"anaphyla\w+|angio-?o?edema|serum sickness|stevens[- ]johnson(?: syndrome)?|SJS"
    r"|toxic epidermal necrolysis|DRESS(?: syndrome)?|exfoliative dermatitis|agranulocytosis"
)
_HARMS = (
    r"hepatotoxicity|(?:drug-induced )?(?:liver injury|hepatitis)|(?:cholestatic )?jaundice"
    r"|(?:acute )?liver failure|cholestasis|neutropenia|(?:immune )?thrombocytopenia"
    r"|ha?emoly(?:sis|tic an(?:a)?emia)|methemoglobin(?:a)?emia|aplastic an(?:a)?emia|pancytopenia"
    r"|(?:acute )?pancreatitis|rhabdomyolysis|myo(?:pathy|sitis|carditis)|cardiomyopathy"
    r"|neuroleptic malignant(?: syndrome)?|(?:acute )?(?:tubulo)?interstitial nephritis"
    r"|pneumonitis|(?:pulmonary|lung) (?:fibrosis|injury|toxicity)|vasculitis|lupus"
    r"|torsades(?: de pointes)?|tardive dyskinesia|(?:acute )?dystoni\w+(?: reaction)?"
    r"|thrombotic microangiopathy|(?:hemolytic uremic|haemolytic uraemic)(?: syndrome)?"
)
_BY = r"(?:due to|caused by|induced by|secondary to|attribut(?:ed|able) to|related to|from)"
_CAUSED = re.compile(
    rf"\b(?P<harm>{_HARMS}|{_REACTIONS})\b[^.;:\n]{{0,25}}?\b{_BY}\b"
    rf"|\b(?P<reaction>{_REACTIONS})\s(?:after|with|to|on)\b"
    rf"|\w[- ](?:induced|associated|related)\s(?:[\w-]+\s){{0,2}}?"
    rf"(?P<also>{_HARMS}|{_REACTIONS})\b",
    re.I,
)
_REACTION = re.compile(_REACTIONS, re.I)
_DENIED = re.compile(
    r"\b(?:no|not|never|denies|denied|without|ruled out|excluded|unlikely|family|mother|father"
    r"|risk of)\b",
    re.I,
)


def harm_told(line: str) -> Literal["reaction", "harm"] | None:
    """Return what a line of a problem list says that a drug did; None where it says nothing.

    A reaction of the immune system may be repeated by the drug's relatives, another harm is not.
    """
    found = _CAUSED.search(line)
    if found is None or _DENIED.search(line):
        return None
    return "reaction" if _REACTION.search(found[0]) else "harm"
