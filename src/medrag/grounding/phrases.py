"""Phrases that are one word of another kind, as grounding reads them; the first that fits is taken.

A phrase that stands for "" says nothing that is compared.
"""

from __future__ import annotations

_UNKNOWN = "not known|unknown|not clear|unclear|uncertain|not certain|undetermined"
_REMAINS_UNKNOWN = rf"(?:is|are|remains?|was) (?:still )?(?:{_UNKNOWN})(?=[.,;]|\Z)"
PHRASES = {
    r"(?:regardless|irrespective|independent(?:ly)?) of (?:food|meals?)|with or without (?:food"
    r"|meals?)": "",
    r"first[- ]line|(?:initial|first)(?: [a-z]+)?[- ](?:treatment|therapy|choice|agent|drug"
    r"|option|management)"
    r"|(?:treatment|drug) of (?:first )?choice|(?:comes?|goes|tried|used|given"
    r"|chosen|treated|to try|to use) first\b(?! (?:line|dose|week|month|day))"
    r"|first (?:[a-z]+ )?(?:tried|used|given)(?=[ .,;]|\Z)|(?:treatment|therapy) (?:starts"
    r"|begins)|up-?front|best treated with|mainstay": "firstline",
    r"(?:second|third|fourth|later|last|subsequent)[- ]line|last resort|salvage|(?:comes?|tried"
    r"|used|given|chosen|and) second(?=[.,;]|\Z)"
    r"|(?:an |the )?alternatives?|(?:be )?used instead|instead(?=[.,;]|\Z)"
    r"|(?:reserved|kept|held back|saved) (?:back )?for|second[- ]choice|refractory"
    r"|(?:when|if|once|after|where) (?:the )?(?:other|previous|first|earlier)(?: \w+){0,2}"
    r" (?:has |have |had )?(?:failed|fail|fails|not worked|are not enough)"
    r"|(?:when|if|once|after|where) (?:[\w-]+ ){1,3}(?:has|have|had|did|do|does)(?: not|n't)"
    r" (?:help|work|respond)\w*|resistant to (?:at least )?(?:one|two|three|2|3)"
    r"|(?:at least one|one or more|two or more|≥ ?\d) (?:prior|previous|earlier)(?: \w+){0,2}?"
    r" (?:therap(?:y|ies)|regimens?|treatments?|lines?)"
    r"|after (?:[\w-]+ ){1,3}(?:(?:has|have|had) failed|fails?|failed|failure)": "laterline",
    r"double[- ](?:strength|blind(?:ed)?|dummy|dose)": "",
    r"leaving aside|setting aside|with the exception of|barring|other than (?=those|in those)"
    r"|outside(?: of)?(?= pregnan| clinical trials)": "except",
    r"non-?\s?inferior(?!ity)|no worse|not (?:(?:to be|found|shown|proved) ){0,2}inferior"
    r"|(?:at least|just) as (?:good|effective)(?= as)": "noninferior",
    r"in preference to": "rather",
    r"(?:has|have|had) to(?= be [a-z]+(?:ed|n|wn|t)\b)": "needs",
    r"non-?\s?inferiority": "notworse",
    r"will do(?=[.,;]|\Z)": "",
    r"prior to": "before",
    r"(?:not|never|rather than) (?:(?:each|every|once|twice) (?:an? )?(?:hour|day|week|month)"
    r"|daily|weekly|monthly)": "",
    r"(?<=of )falls|falls(?= (?:were|are|occur\w*|among|with))": "tumble",
    r"or (?:could|can|may|might) (?:become|get|be)(?: pregnant)?(?! [a-z]+(?:ed|en)\b)": "fertile",
    r"(?:first|1st) trimesters?|first(?=(?:,| and| or)(?: the)? (?:second|third)[a-z, ]*"
    r" trimesters?)": "trimesterfirst",
    r"(?:second|2nd|middle) trimesters?|second(?= (?:and|or|to)(?: the)? third"
    r" trimesters?)": "trimestersecond",
    r"(?:third|3rd|last|final) trimesters?": "trimesterthird",
    r"(?:ke(?:pt|ep)s?|keeping|shut|barred) (?:an? |the |any |all )?(?:patients?|people|anyone"
    r"|anybody|them|participants?|someone|persons?|those|nobody)"
    r" (?:out|away)(?: of| from)?": "exclude",
    r"(?:opens|starts|begins) with(?= [a-z-]+(?: or [a-z-]+)?[,.;])": "firstline",
    r"nasal (?:sprays?|drops|administration)|nose (?:sprays?|drops)|through the nose"
    r"|(?:into|up) (?:the|each|one|both) (?:nose|nostrils?)"
    r"|(?<=put )in the nose|(?<=placed )in the nose|(?<=given )in the nose": "intranasal",
    r"by mouth|per os": "oral",
    r"(?:in)?to (?:an?|the) vein"
    r"|(?:through|via|by) (?:an? |the )?(?:vein|drip)": "intravenous",
    r"(?:in)?to (?:an?|the) muscle": "intramuscular",
    r"(?:under|beneath|below) the skin": "subcutaneous",
    r"(?:under|beneath|below) the tongue": "sublingual",
    r"(?:in|inside|into) the cheek": "buccal",
    r"into the (?:rectum|back passage)": "rectal",
    r"(?:in|into) the (?:spinal canal|spine|cerebrospinal fluid)": "intrathecal",
    r"(?:on|onto|to) the skin": "topical",
    r"on an empty stomach|without food|without meals|in the fasted state|while fasting": "fasting",
    r"with food|with meals?|with a meal|in the fed state": "fed",
    r"breast-?\s?feed(?:ing)?|breast-?\s?fed": "lactation",
    r"in the absence of|free (?:of|from)|devoid of|in no case": "without",
    r"outside the scope of": "not",
    rf"(?:it (?:is|remains) (?:still )?)?(?:{_UNKNOWN}) (?:whether|if)"
    r"|(?:nobody knows|(?:we|they) (?:do not|don't) know) (?:whether|if)"
    rf"|whether(?=[^.,;]{{3,120}} {_REMAINS_UNKNOWN})|{_REMAINS_UNKNOWN}": "unknown",
    r"no longer than|no later than|no more than|not more than|no less than|not less than"
    r"|no fewer than|(?:not|never)(?: to)? exceed(?:ing)?|without exceeding|no greater than"
    r"|no earlier than|no sooner than|no (?:larger|bigger) than|no more often than|(?:no|not"
    r"|never) (?:less|later|longer|greater|earlier|fewer|faster|slower|quicker) than"
    r"|not be given more than|no higher than|not be (?:more|longer|greater|less) than": "",
    r"not only|but also|not limited to|with(?:out| or without) regard (?:to|for)"
    r"|with or without(?: food)?": "",
    r"regardless of|irrespective of|independent(?:ly)? of|whether or not|no matter": "regardless",
    r"(?:more |further )?(?:studies|research|trials|data) (?:are|is) (?:still )?needed": "unproven",
    r"(?:peak|maximum|maximal)(?: [a-z]+)? (?:concentrations?|levels?)": "cmax",
    r"cannot be avoided|can ?not be avoided|can't be avoided|unavoidable|is necessary": "needed",
    r"as many as|as high as|as much as|as long as|as little as|as low as|as early as": "",
    r"at least|at most|up to": "",
    r"(?:the )?(?:elderly|older (?:adults?|people|persons?|patients?)"
    r"|geriatric patients?)": "elderly",
    r"of (?:child-?bearing|reproductive) (?:potential|age|capacity)"
    r"|(?:who|that|whose \w+ partners?) (?:could|can|may|might) (?:become|get|be) pregnant"
    r"|able to become pregnant|capable of becoming pregnant"
    r"|who (?:could|can|might|may) conceive": "fertile",
    r"(?<!, )once(?= (?:[\w-]+ ){1,4}(?:is|are|has|have|had|was|were)\b)": "after",
    r"once|twice": "",
    r"more (?=common|likely|frequent|often)|more often": "higher ",
    r"less (?=common|likely|frequent|often)|less often": "lower ",
    r"go(?:es)? up|went up|put(?:s|ting)? up(?! with)": "increase",
    r"go(?:es)? down|went down|c[ua]t back|com(?:e|es|ing) down|came down": "decrease",
    r"by (?:itself|themselves)|on (?:its|their) own"
    r"|used? alone|given alone|as monotherapy|as a single agent": "alone",
    r"in combination|in addition to|together with|alongside|concomitant\w*|co-?administ\w+"
    r"|concurrent\w*|simultaneous\w*": "together",
    r"whichever (?:comes|is|occurs) (?:first|sooner|earlier|soonest)": "whicheverfirst",
    r"whichever (?:comes|is|occurs) (?:last|later|longer|latest)": "whicheverlast",
    r"same (?:dose|dosage)": "samedose",
    r"room temperature": "roomtemperature",
    r"(?:recommend\w*|advis\w*|caution\w*|warn\w*|suggest\w*|argue\w*) against": "avoid",
    r"(?:an? )?overnight fast|after (?:a |an )?fast": "fasting",
    r"low(?:er)? back(?= (?:pain|ache))": "lumbar",
    r"after which|whereupon": "thereafter",
    r"(?:second|latter|last|final|later) half": "halfsecond",
    r"(?:first|earlier|former) half": "halffirst",
    r"put(?:s|ting)? off(?! until)": "postponed",
    r"(?:take|takes|taking|took)(?= (?:[a-z-]+ ){1,4}off(?=[ .,;]|\Z))": "remove",
    r"lower half": "lowerhalf",
    r"upper half": "upperhalf",
    r"at once|right away|cold turkey|all at once|from one day to the next"
    r"|(?:at|in) (?:a|one) (?:stroke|go|single step)": "abruptly",
    r"well[- ]tolerated": "welltolerated",
    r"poorly[- ]tolerated|(?:(?:do(?:es)?|did|can|could) )?(?:not|cannot|can't|don't|doesn't"
    r"|didn't) (?:well )?tolerate[ds]?|unable to (?:tolerate|take)|can(?:no|')t take"
    r"|intolerant (?:of|to)": "poorlytolerated",
    r"in-?patients?|hospitali[sz]ed|in hospital|admitted": "inpatient",
    r"out-?patients?|non-?hospitali[sz]ed|not hospitali[sz]ed|ambulatory": "outpatient",
    r"(?:not|never|n't)(?: be)?(?: go| go up| rise| be given| be taken| take| use| receive| get)?"
    r"(?: over| above| beyond| past| more than| higher than)"
    r"(?= (?:(?:a |an )?\d|(?:a|one) (?:half|third|quarter|fifth|tenth|fraction)\b|half\b))": "",
    r"(?:nobody|no one|no (?:patient|person|adult|child))(?: [a-z]+){0,2}?"
    r"(?: should| may| must| can| is to)?(?: be given| takes?| uses?| receives?| gets?| has)?"
    r" (?:more than|over|above)(?= (?:a |an )?\d)": "",
    r"or not(?=[.,;]|\Z)": "",
    r"(?:something|anything|drugs?|agents?) other than": "not",
    r"sudden death": "suddendeath",
    r"calls? for": "needs",
    r"cognitive decline|functional decline": "dementing",
    r"br(?:ings?|ought) down": "decrease",
    r"br(?:ings?|ought) up(?= by)": "increase",
    r"(?<!as )follows(?= [a-z])|behind(?= (?:the|an?|it)\b)": "after",
    r"(?<=[a-z] )first(?=[,;])": "firstline",
    r"(?<=[a-z] )next(?=[.;]|\Z)": "laterline",
    r"(?:(?<=over )|(?<=than )|(?<=versus ))no (?:treatment|therapy|intervention)": "untreated",
    r"(?:(?:can|may|should|must|to) )?(?<!not )(?<!n't )waits? until"
    r"|(?:is|are) (?:put off|postponed|deferred) until": "after",
    r"made (?:rarer|less (?:frequent|common|likely))": "reduced",
    r"made (?:more (?:frequent|common|likely)|commoner|likelier)": "increased",
    r"subsequent to|in the wake of|upon completion of": "after",
    r"in advance of|leading up to|in the run-up to": "before",
    r"treatment[- ]na[iï]ve": "naive",
    r"adverse (?:drug )?(?:reactions?|events?|effects?)|side[- ]effects?|adrs?": "reaction",
    r"heart failure|cardiac failure": "heartfailure",
    r"blood pressure": "bloodpressure",
    r"in (?:\w+ )?remission": "inactive",
    r"for good": "permanently",
    r"at any time": "regardless",
    r"in no case (?=(?:over|above|more|beyond|exceed))": "",
    r"ahead of (?:schedule|time)": "early",
    r"ahead of": "before",
    r"(?:high|highly)[- ](?:sensitivity|sensitive|density)": "",
    r"high[- ](?:certainty|quality|confidence)": "certaintyhigh",
    r"moderate[- ](?:certainty|quality|confidence)": "certaintymoderate",
    r"(?:very )?low[- ](?:certainty|quality|confidence)": "certaintylow",
    r"strong(?:ly)? recommend(?:ation|ed|s)?": "forcestrong",
    r"(?:weak|conditional)(?:ly)? recommend(?:ation|ed|s)?": "forceweak",
    r"(?:at |on )?(?:the |its )?(?:next|usual|regular|normal)(?:ly)?(?: scheduled)?"
    r" (?:time|schedule)|as scheduled|on schedule": "onschedule",
    r"thr(?:ow|ows|own|owing)(?: [a-z]+){0,5} (?:away|out)": "thrownaway",
    r"long(?:er)?[- ]term": "longterm",
    r"short(?:er)?[- ]term": "shorttermed",
    r"as soon as possible|straight away": "immediately",
    r"(?:leave|leaves|leaving|(?<=is )left|(?<=are )left) "
    r"(?:(?:it|them|(?:the|that|a) [a-z]+(?: dose)?) )?out|miss(?:es)? it out": "skip",
    r"c ?max": "cmax",
    r"t ?max": "tmax",
    r"(?:preserved|normal) (?:left ventricular |LV )?ejection fraction": "preservedfraction",
    r"reduced (?:left ventricular |LV )?ejection fraction": "reducedfraction",
    r"non-?\s?ST[- ](?:segment[- ])?elevation": "nonstelevation",
    r"ST[- ](?:segment[- ])?elevation": "stelevation",
    r"type (?:1|I|one)(?= diabet)": "diabetesone",
    r"type (?:2|II|two)(?= diabet)": "diabetestwo",
    r"gram[- ]positive": "grampositive",
    r"gram[- ]negative": "gramnegative",
    r"low[- ]molecular[- ]weight": "lowmolecularweight",
    r"(?:never|non)-?\s?smokers?": "nonsmokers",
    r"(?:ex-?|former |past |previous )smokers?": "exsmokers",
    r"(?:immediate|instant|standard)[- ]release": "immediaterelease",
    r"(?:extended|modified|prolonged|sustained|slow|controlled)[- ]release": "extendedrelease",
    r"(?<=is )(?:out|off limits|ruled out|off the table|taboo)(?=[.,;]|\Z)": "avoid",
    r"(?:step|scale)(?:s|d|ped|ping)?[- ]up": "increase",
    r"(?:speed(?:s|ed)?|sped) up": "speeds",
    r"(?:step|scale)(?:s|d|ped|ping)?[- ](?:down|back)": "decrease",
    r"slow(?:s|ed)? down": "delay",
    r"(?:switch(?:es|ed)?|turn(?:s|ed)?) on": "start",
    r"(?:switch(?:es|ed)?|turn(?:s|ed)?|tak(?:e|es|en)) (?:off|away)|is dropped": "stop",
    r"candidates? for|meant for": "indicated",
    r"kept apart|keep (?:them |the two |both )?apart|(?:is|are) not meant for(?= )"
    r"|(?:do|does) not (?:go together|belong together|mix)": "avoid",
    r"(?:steer(?:s|ed|ing)?|st(?:ay|ays|ayed|aying)|keep(?:s|ing)?|kept) (?:well )?(?:clear of"
    r"|away from)|shun(?:s|ned|ning)?|(?:gives?|given) a wide berth|ha(?:s|ve) no place"
    r"|best (?:spared|left)|(?:left|leave) alone": "avoid",
    r"(?<!been )(?<!be )rul(?:e|es|ed) out(?! (?:an? |any |the )?(?:\w+ )?(?:bleed|ha?emorrh|infect"
    r"|malign|cancer|obstruct|perforat|fractur|thromb|embol|tubercul|cause|reflux|active|latent))"
    r"|exclud(?:e|es|ed) the use of": "avoid",
    r"be (?:excluded|barred|exempt(?:ed)?|kept away) from"
    r"|(?:(?<=should )|(?<=must )|(?<=to ))go without": "avoid",
    r"no (?:an )?indications? (?:for|of)|not an indication for": "contraindicated",
    r"(?:come|comes|came|coming|taken?|get|wean(?:ed)?|broken?|breaks?|broke) off": "stop",
    r"(?:stay|stays|remain|remains|keep|kept|carry|carries|go|goes) on(?= (?:it|the|a|an|this|their"
    r"|with|treatment|therapy|through|taking)\b)": "continue",
    r"before (?:the )?menopause|pre-menopausal": "premenopausal",
    r"after (?:the )?menopause|post-menopausal": "postmenopausal",
    r"(?:not|(?:is|are|was|were)n['’]t) (?:currently |yet )?pregnant|non-pregnant": "nonpregnant",
    r"(?<=[a-z] )second(?=[.,;]|\Z)": "laterline",
    r"without (?:any )?symptoms|symptom-free|free of symptoms": "asymptomatic",
    r"(?:(?<=those )|(?<=patients )|(?<=people ))with symptoms": "symptomatic",
    r"(?:speak|tell|militate|count)s? against": "avoid",
    r"(?:speak|tell|count)s? (?:for|in favou?r of)(?= [a-z])": "supports",
    r"a great deal": "extensively",
    r"next to (?:nothing|none)|hardly (?:any|anything)": "minimal",
    r"uric acid": "urate",
    r"beforehand": "before",
    r"(?:once|when|after)(?= (?:[\w-]+ ){1,3}(?:is|has|have|are)(?: been)? (?:finished|completed?"
    r"|over|done|ended)\b)": "after",
    r"(?:(?<=is )|(?<=are ))suggested": "recommended",
    r"as well(?: as)?|may well|well[- ]being": "",
    r"(?:exceed|outweigh)(?:s|ed|ing)?(?= (?:[a-z]+ ){0,2}(?:risks?|harms?)\b)": "outweigh",
    r"enough": "sufficient",
    r"for example|such as|e\.g\.|i\.e\.|including": "",
}  # fmt: skip
