"""Words behind a quotation by which somebody takes back, or merely claims, what it says."""

from __future__ import annotations

import re

# Anywhere behind the quotation: somebody takes back, or merely claims, what it says.
DISAVOWS = re.compile(
    r"\b(?:retract\w*|withdrawn|refut\w+|disput\w+|disprov\w+|debunk\w*|discredit\w*|outdated"
    r"|obsolete|unproven|erroneous\w*|contrary to|or so|critics|claimed|alleged\w*"
    r"|supposedly|abandoned|controversial|debated|contested|some say|now known"
    r"|since (?:been )?shown|(?:it|he|she|they|patient|expert|study)"
    r" (?:(?:is |was )?claim(?:s|ed)?|sa(?:id|ys))"
    r"|said (?:one|a|the|some)|no longer|at least in|at most in"
    r"|(?:this|that|which|it) (?:is|was) (?:an? |the )?(?:[\w-]+ ){0,2}(?:error|mistake|myth"
    r"|misprint"
    r"|typo|fallacy|misconception)|the (?:opposite|reverse|contrary)|disagree\w*|contradict\w*"
    r"|it failed|used to (?:think|believe|say|teach|recommend)"
    r"|(?:was|were) once (?:thought|believed|taught|said)|(?:we|they) (?:once )?(?:thought"
    r"|believed))\b",
    re.IGNORECASE,
)
# Right behind: whose words they are.
SAID_BEHIND = re.compile(
    r"['\") ]*, (?:it|he|she|they|we|many|some|(?:the|an?|one|this|that|his|her|its|our|their|some)"
    r" [\w-]+(?: [\w-]+)?) (?:(?:was|is|were|had|once) )*(?:claim(?:s|ed)?|sa(?:id|ys)|hoped?"
    r"|thought"
    r"|believed?|boast(?:s|ed)|promised?|wrote|writes|reads?|suspected|feared|argue[ds]?)\b",
    re.IGNORECASE,
)
