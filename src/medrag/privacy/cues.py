"""Words around names: titles, labels, relations, and the verbs of persons."""

from __future__ import annotations

import re

from medrag.privacy.sieve import ending
from medrag.text.sieve import Ending


def _cue(pattern: str) -> Ending:
    """Return a pattern for what ends where a name starts."""
    return ending(rf"(?:{pattern})$", re.IGNORECASE)


def _follows(pattern: str) -> re.Pattern[str]:
    """Return a pattern for what starts where a name ends."""
    return re.compile(pattern, re.IGNORECASE)


_TITLES = (
    r"mr|mrs|ms|miss|mx|mister|missus|missis|dr|drs|doctor|prof|professor|sir|dame|lord|lady|rev|reverend|fr|pastor"
    r"|rabbi|imam|sr|sra|srta"
    r"|se[ñn]or|se[ñn]ora|se[ñn]orita|do[ñn]a|herr|frau|monsieur|madame|mme|mlle|signor|signora"
    r"|sig|dott|dra|capt|captain|sgt"
    r"|sergeant|lt|col|colonel|cpl|corporal|maj|cllr|shri|smt|sheikh|haji|hajja|mevrouw|meneer"
    r"|dhr|mevr|pani|senhor|senhora"
    r"|hr|fru|judge|justice|officer|detective|constable|attorney|esq|ambassador|senator"
    r"|councillor|cmdr|cdr|lcdr|cpt|ssgt|pfc|spc|gen|adm|ens|tsgt|mst|baby\sboy|baby\sgirl|baby"
    r"|smt|bapak|ibu|sri|kumari|deacon|canon|vicar|archdeacon|coach|sensei|headteacher|headmaster|headmistress|sheriff|trooper"
    r"|inspector|warden|auntie|aunty|granny|grandma|grandpa|nana|abuela|abuelo|nonna|nonno|yiayia|babushka|swami|mullah|maulana"
    r"|alderman|baroness|viscount|datuk|dato|puan|encik|cik|ustad|tante|tonton|tio|tia"
    r"|chief|elder|oba|otunba|alhaji|alhaja|hajia|mallam|igwe|nkosi|mzee|mwalimu|bwana|lama|rinpoche|ayatollah|pandit"
    r"|kaumatua|kuia|whaea|matua|kumu|teta|tita|kuya|rebbe|monsignor|msgr|archbishop|brigadier|commander|lieutenant|commodore"
    r"|superintendent|provost|mayor"
)
_ROLES = (
    r"nurse|sister|matron|midwife|pharmacist|physio(?:therapist)?|consultant|attending|resident"
    r"|fellow|surgeon|physician|intern"
    r"|registrar|sho|hospitalist|intensivist|anesthesiologist|anaesthetist|cardiologist"
    r"|nephrologist|neurologist|oncologist"
    r"|hematologist|haematologist|endocrinologist|psychiatrist|pediatrician|paediatrician|gp|pcp"
    r"|rn|np|pa|lpn|cna|dietitian"
    r"|dietician|social\sworker|case\smanager|paramedic|therapist|psychologist|dentist"
    r"|radiologist|urologist|dermatologist"
    r"|rheumatologist|gastroenterologist|pulmonologist|obstetrician|gyna?ecologist|geriatrician"
    r"|hepatologist|provider|clinician"
    r"|prescriber|trainee|colleague|caseworker|chaplain|interpreter|technician|tech|student|supervisor"
    r"|manager|teacher|lawyer"
)
_RELATIONS = (
    r"[swdc]/o|"
    r"wife|husband|son|daughter|mother|father|mum|mom|mam|dad|brother|aunt|uncle|niece|nephew"
    r"|cousin|grand(?:mother|father|son"
    r"|daughter|ma|pa|mum|dad|parent|child)|partner|fianc[eé]e?|girlfriend|boyfriend|spouse|carer"
    r"|caregiver|guardian|friend"
    r"|neighbou?r|roommate|flatmate|housemate|next\sof\skin|nok|twin|(?:step|half"
    r"|foster)[- ]?(?:mother|father|son|daughter|sister|brother|child)"
    r"|(?:mother|father|son|daughter|sister|brother)-in-law|in-laws?|sibling|sib|parent|employer"
    r"|boss|landlord|surrogate|poa|proxy"
    r"|parishioner|tenant|lodger|pupil|contact|donor|recipient|abuser|ex"
)
_IS = r"(?:\sof|,?\s(?:is|was|are|named|called|being|who\sis)|:|,|\s\(|\s-|\s\u2013)?"

TITLE = ending(
    rf"(?<![\w.-])(?P<title>{_TITLES})(?:\.\s?|\s)(?:med\.\s|h\.c\.\s)?(?:(?:{_TITLES})\.?\s)?$",
    re.IGNORECASE,
)
"""A title alone makes the next word a name."""
ROLE_WORDS = (
    rf"{_ROLES}|{_RELATIONS}|nanny|teacher|patient|caller|client|child|lad|lass|kid|sgt|vet|porter|receptionist|secretary"
    r"|officer|constable|driver|priest|papa|mama|mummy|daddy|baba|oma|opa|grandad|granddad|gran|nan|hubby|mate|boss|bro|sis"
    r"|little|old|big|young|poor|wee|dear|lil|the|our|my"
)
"""Words for a person right before a name: they are no identifier and go and come with it."""
TITLED = re.compile(
    rf"(?:(?:{_TITLES}|{ROLE_WORDS})(?:\.\s?|\s)(?:med\.\s|(?:and|&)\s(?={_TITLES}))?){{1,8}}(?=\w)",
    re.IGNORECASE,
)
"""The title with which a found name begins."""
BRAND = re.compile(
    r"(?:dr\.?\s(?:scholl|pepper|seuss|google|bronner)|mr\.?\s(?:clean|muscle)|mrs\.?\s(?:dash"
    r"|meyer))",
    re.IGNORECASE,
)
"""Products that bear a title."""
LABEL = _cue(
    r"(?:^|[\n;,.(|/\[{\"]\s{0,8}|\s)(?:(?:patient|pt|client|resident|baby|mother|father|full|legal"
    r"|preferred|maiden|first|last|middle|family|given|sur|birth"
    r"|child|nok|guardian|contact|emergency\scontact|subscriber|insured|spouse|next\sof\skin"
    r"|provider|doctor|physician|user|former|married|alias)?['\u2019]?s?\s?"
    r"names?|patient|pt|client|clinician|seen\sby|attn|attention|re|nok|next\sof\skin"
    r"|emergency\scontact"
    r"|contact\sperson|signed|signature|sig(?:ned)?\sby|dictated\sby"
    r"|electronically\ssigned\sby|e-signed|author|provider|attending|referring(?:\s(?:physician"
    r"|provider|doctor))?|pcp|gp|ordering\s(?:physician|provider)"
    r"|prescriber|consultant|surgeon|requested\sby|requester|cc|from|to|sender|subject"
    r"|interpreter|guarantor|subscriber|insured|mother|father|spouse"
    r"|carer|caregiver|witness(?:ed\sby)?|reviewed\sby|assessed\sby|nurse|rn|pharmacist"
    r"|case\smanager|poa|hcp|dpoa|maiden\sname|née|nee|alias|aka|a\.k\.a\.)"
    r"\s?(?:[:=]|\.{2,})\s{0,8}"
    r"|(?:^|[\n|])\s{0,8}(?-i:NAME|PATIENT|PT NAME)\s"
)
"""A label with a colon: what follows is the value."""
SALUTATION = _cue(
    r"(?:^|[\n.!?]\s{0,8})(?:hi|hello|hey|dear|good\s(?:morning|afternoon|evening|day)|greetings|hiya"
    r"|morning|afternoon)(?:\sagain|\sthere)?,?\s"
    r"|(?:^|\n)(?:hi|hello|hey|dear)\s(?:dr|mr|mrs|ms)\.?\s"
)
SIGNED = _cue(
    r"(?:^|[\n.?!)]\s{0,8}|\s)(?:[-\u2013\u2014~]{1,2}\s?|/s/\s{0,8}"
    r"|(?:(?:many\s|with\s)?thanks(?:\sso\smuch|\sin\sadvance|\sa\slot|\sagain)?"
    r"|thank\syou(?:\sso\smuch)?|thx|tia|ty|ta|tks|tnx|rgds|brgds|merci|danke|gracias|grazie|ciao|cheers|(?:kind(?:est)?|best|warm(?:est)?"
    r"|with)?\s?regards"
    r"|best(?:\swishes)?|sincerely|yours(?:\s(?:sincerely|truly|faithfully))?|respectfully"
    r"|cordially|signed|signing\soff)[,.!]?\s{0,8}[-\u2013\u2014]?\s{0,8})"
)
"""What precedes a signature; it counts only near the end of a line."""
NAMING = _cue(
    r"\b(?:named|call(?:s|ed)?\s(?:me|him|her|them)|name\sis|name['\u2019]s|names\sare|names"
    r"|goes\sby|known\sas"
    r"|aka|a\.k\.a\.?|née"
    r"|nee|i\sam|i['\u2019]?m|this\sis|it['\u2019]s|nicknamed"
    r"|prefers\s(?:to\sbe\scalled|the\sname)|maiden\sname|surname|first\sname|last\sname|alias"
    r"|formerly|identif(?:y|ies)\sas|married\sto|divorced\sfrom"
    r"|nickname)[:,]?\s[\"'\u201c\u2018(]?"
)
ROLE = _cue(rf"\b(?:{_ROLES}){_IS}\s?(?:[\"'\u201c(]\s?)?\s?")
RELATION = _cue(rf"\b(?:{_RELATIONS}|sister){_IS}\s?[\"'\u201c(]?\s?")
PERSON = _cue(
    r"\b(?:patients?|pts?\.?|client|resident|lady|gentleman|man|woman|boy|girl|baby|infant|newborn"
    r"|neonate|child|toddler|teen(?:ager)?|adolescent|male|female"
    r"|inpatient|outpatient|veteran|colleague|boys|girls|twins?|triplets|siblings|children|kids"
    r"|owner|caller|mr|mrs|member)(?:\s(?:is|was|named|called"
    r"|of\smine))?[,:]?\s[\"'\u201c(]?"
    r"|\b(?:bed|room|bay|cubicle)\s\d{1,3}[A-Z]?[,:]?\s\(?"
    r"|\b(?:team|crew|cover|on[-\s]call|shift)\s\("
    r"|\b(?:source|index\scase|poor|little|young|old|dear|our|my)\s"
    r"|\b\d{1,3}\s?(?:yo|y/o)?\s?[MF],\s"
)
TALKED = _cue(
    r"\b(?:spoke(?:n)?\s(?:to|with)|speak(?:ing)?\s(?:to|with)|talk(?:ed|ing)?\s(?:to|with)"
    r"|discuss(?:ed)?\swith|d/w|see(?:n|ing)?\sby|review(?:ed)?(?:\s(?:by|with))?|chase|discharge|bleep|per|tell|told|asked"
    r"|inform(?:ed)?|notif(?:y|ied)|paged?|contact(?:ed)?|emailed|email|texted|call(?:ed"
    r"|ing)?(?:\sby)?"
    r"|phoned|(?:ordered|prescribed|written|signed|entered|given|dictated|verified|witnessed"
    r"|performed"
    r"|done|managed|started|reviewed|requested|recommended|advised)\sby|accompanied\sby"
    r"|brought\s(?:in\s)?by|covering\sfor|on\sbehalf\sof|referr(?:ed|al)\s(?:by|from|to)|care\sof"
    r"|c/o"
    r"|(?:message|note|letter|email|call|request|order|text|txt|sms|msg|whatsapp|voicemail|fax|bleep|page|query|question|handover|referral)\sfrom|how\sis|saw|met|visited)\s"
)
"""Somebody was spoken with, or did something."""
NEAR = _cue(
    r"\b(?:under|for|about|regarding|re|and|by|with|from|visit|meet|can|should|could|would|does"
    r"|did|has|is"
    r"|was|when|if|while|because|that|where|let|give|giving|gave|started|keep|put|help|switch"
    r"|bring|send"
    r"|to|unless|until|after|before|since|will|must|may|might|do|ask|asks|saw|see|seen|of)\s"
)
"""A person may be meant: enough with a listed family name, little with an unlisted word."""
TOPIC = _cue(
    r"\b(?:thoughts|updates?|news|opinions?|word|progress|handover|eyes|heads[\s-]up|follow[\s-]up)\s(?:on|for|about)\s"
)
"""A person or a treatment is what is talked of: "thoughts on Shepherd?"."""
GIVEN = _cue(r"\bg(?:iven?|iving|ave)\s")
"""Before a treatment, or before a name that is known as one."""
DRUG_BEFORE = _cue(
    r"\b(?:on|taking|takes|took|start|starting|stop|stopped|stopping|using|used|receiving"
    r"|received|dose|dosing|mg|mcg|ml|plus|versus|vs\.?|or|than|dosage|generic|brand|drug|called"
    r"|agents?|inhaler|device|the|a|an|this|that|each|modified|positive|negative|acute|chronic"
    r"|severe|mild|grade|stage|class|type|score|using\sthe|per\sthe|by\sthe|via|factor)\s"
)
"""What stands before a drug, a device or a thing."""

CREDENTIAL = _follows(
    r",?\s\(?(?:m\.?d\.?|d\.?o\.?|r\.?n\.?|n\.?p\.?|p\.?a\.?(?:-c)?|pharm\.?\s?d|rph|bsn|msn|dnp"
    r"|crna|lpn|cna|frc\w{1,40}|mrc\w{1,40}|mbbs|mbchb|ph\.?d|dds|dmd|dpm|bcps|facc|facp"
    r"|cnm|lcsw|msw|fnp(?:-c)?|aprn|esq|pt|ot|slp|rd|rrt|emt|cde|spr|str|[cs]t\d|fy?[12]|sho|cns|anp|acp|gpst\d?"
    r"|rmo|hmo|pgy-?\d|attending|registrar|locum|consultant)\b(?!\s?\d)(?!-)"
)
_YEARS = (
    r"\d{1,3}\s?-?\s?(?:y/?\s?o\b|yrs?\b|years?\b|year-old|month|mo\b|week|wks?\b|day|d\so\b"
    r"|[mf]\b|y\b)"
)
AGE_AFTER = _follows(
    r"\s[-\u2013\u2014]\s\d{1,3}\b|\s?:\s?[A-Za-z]{1,5}\s?\d|\sin\sfor\s|\sc/o\s|\ss/p\s|\sp/w\s|\sh/o\s|\sstates\s"
    r"|\sfrom\s[A-Z]|\sthe\s(?:porter|nurse|doctor|driver|carer|manager|pharmacist|chef"
    r"|cleaner)\b"
    r"|\s(?:in|from)\s(?:bed|room|rm|bay|cubicle|(?!(?:19|20)\d\d\b)\d{2,4}[A-Z]?\b)|"
    r"\s(?:twins|triplets|family|siblings|brothers|sisters|kids|boys|girls)\b|"
    rf"\s?,?\s\(?(?:is\s|was\s|who\sis\s)?(?:now\s)?(?:an?\s)?{_YEARS}|,?\s\(\d{{1,3}}\)|,\s\d{{1,3}},"
    r"|\s\((?:s?he|they|him|her)\b|,?\s\(?(?:dob|d\.o\.b|mrn|nhs|hosp(?:ital)?\s?no|born|aged?|ssn|bed\s\d|room\s\d|rm\s\d"
    r"|[mf],?\s\d{2}|pt\sid|id\s?[#:]|medical\srecord|date\sof\sbirth|cell\b|tel\b|phone|ext\b)"
    r"|\s?\(?(?:his|her)\s(?:wife|husband|son|daughter|mother|father)"
    r"|(?:,\s|\s\()(?:my|her|his|their|the|our|a|an)\s(?:\w{1,40}[\s-]){0,3}"
    rf"(?:{_RELATIONS}|sister|patient|nurse|doctor|child|baby|client|resident)\b"
)
PERSONAL_AFTER = _follows(
    r",?\s(?:says|said|lives?|lived|wants?|asked|asks|phoned|rang|rings|messaged|whatsapped|texted|emailed|shouted|fainted|insists?|wonders|reports"
    r"|denies|weighs"
    r"|complain\w*|feels|felt|thinks|thought|told|mentioned|agreed|refus\w*|works|drinks|smokes"
    r"|prefers"
    r"|presented|vomited|fell\b|died|signed|prescribed|suggested|advised)"
)
"""Verbs whose subject is a person."""
VERB_AFTER = _follows(
    r",?\s(?:has|had|is|was|takes?|took|started|stopped|reports?|reported|called|says|said|wants?"
    r"|asked|asks|came|comes|needs?|needed|weighs?|weighed|denies|denied|complain\w*|who|lives?"
    r"|lived"
    r"|works?|worked|presents?|presented|went|gets|got|feels?|felt|develop\w*|missed|tolerat\w*"
    r"|refus\w*|did|does|doesn['\u2019]t|can|can['\u2019]t|should|could|would|will|may|might|must"
    r"|isn['\u2019]t|wasn['\u2019]t"
    r"|thinks?|thought|told|mentioned|noted|noticed|remains?|seems?|still|also|just|now|currently"
    r"|already|keeps?|lost|gained|fell|vomited|tested|wrote|ordered|prescribed|agreed|suggested"
    r"|recommend\w*"
    r"|advised|confirmed|signed|phoned|texted|emailed|paged|saw|drinks?|smokes?|sees|prefers"
    r"|likes|hates|tried|used|stays?|sleeps?|on\s|returned|arrived|died|passed|gave\sbirth"
    r"|delivered|underwent"
    r"|safely|be\b|take\b|have\b|stop\b|start\b|continue\b|restart\b|use\b|get\b|tolerate\b"
    r"|switch\b|skip\b|here\b)|\s?[:,-]\s(?:is|was|does|did|can|should|will|would|has|may)\s(?:s?he"
    r"|they|her|his)\b"
)
STATE_AFTER = _follows(
    r"\s(?:looks?|looking|appears?|seems|sounds?|due\s(?:for|to|on)|please\b|pls\b|same\sas|not\s\w+ing|vomiting|bleeding|coughing"
    r"|struggling|complaining|screaming|crying|sleeping|eating|drinking|walking|waiting|asking|refusing|scoring|spiking"
    r"|asymptomatic|unwell|stable|septic|drowsy|confused|agitated|febrile|afebrile|breathless|hypotensive|tachycardic"
    r"|hypoxic|obtunded|unresponsive|pain[\s-]?free|well\s(?:in|and|today)|much\s(?:better|worse)|and\sI\b|ready\sfor|fit\sfor"
    r"|nbm\b|npo\b|post[\s-]?op\b|day\s\d|pod\s?\d|back\s(?:in|on|with|from)|home\s(?:on|today))"
)
"""What only a person does or is: "zelvira vomiting", "Hope looks septic"."""
PERSON_ONLY_AFTER = _follows(
    r"\s(?:(?:is|was|remains|still|now|just|only|currently|already|has\sbeen|had\sbeen)\s){0,3}(?:allergic|intolerant\sto|nbm|npo|nil\sby\smouth"
    r"|pregnant|breast-?feeding|discharged|admitted|transferred|readmitted|brought\sin|vomiting|confused|drowsy|agitated|unconscious|unresponsive"
    r"|hypotensive|hypoglyc\w+|septic|apyrexial|afebrile|asking|refusing|waiting|crying|sitting|lying|eating|drinking|sleeping|walking"
    r"|booked|nauseous|dizzy|constipated|dehydrated|anuric|oliguric|seizing|complaining|feeling|struggling|convinced|worried|keen|unwell|delirious)\b"
    r"|\s(?:had|has\shad|gets|got|having|having\shad)\s(?:an?\s|another\s|his\s|her\s|their\s|two\s|no\s)(?:\w+\s)?(?:fall|seizure|fit|tia|stroke|mi|reaction"
    r"|cough|cold|fever|headache|miscarriage|baby|hypo|drink|meal|breakfast|lunch|dinner|scan|cannula|operation|vomit|nosebleed|blackout|collapse|faint)\b"
    r"|\s(?:has|had|have|needs?|takes?|took|missed|wants|forgot)\s(?:his|her|their)\s|\s(?:has|had)\s(?:an?\s)?[A-Za-z][A-Za-z0-9]{0,11}\s(?:of\s|at\s|level\s)?[<>]?\d"
    r"|\s(?:and|&|with)\s(?:his|her|their)\s(?:twin|wife|husband|son|daughter|mother|father|mum|mom|dad|sister|brother|partner|carer)\b"
    r"|(?:\s?\(|,\s)(?:(?:his|her|their|the|my|our|a|an)\s)?(?:(?:night|day|bank|agency|ward|new|on-?call|duty|weekend|locum|junior|senior|charge|student|icu|ed|renal|surgical"
    r"|medical)\s){0,2}(?:sho|reg|registrar|consultant|pharmacist|midwife|physio|hca|rn|staff\snurse|nurse|sister|matron|f[12]|fy[12]|intern|resident|fellow|porter|dietitian|ot"
    r"|paramedic|anaesthetist|surgeon)(?:\)|,\s(?:says|said|asks?|asked|wants?|thinks|has|is|was|found|gave|wrote|charted|called|rang|told|needs)\b)"
    r"|\s?\((?:his|her|their|the|my|pt['\u2019]s)?\s?(?:wife|husband|son|daughter|mother|father|mum|mom|dad|sister|brother|partner|carer|niece|nephew"
    r"|aunt|uncle|cousin|friend|neighbou?r|grand\w+|nok|patient|pt|nurse|doctor|reg|registrar|consultant|pharmacist|midwife|sho|physio)\)"
    r"|\sto\s(?:chase|prescribe|cannulate|re-?chart|re-?site|bleep|rewrite|hand\sover|update\sfamily|take\sbloods|repeat\sbloods|sign\soff|do\sthe)\b"
)
"""What is said of nobody but a person, whatever else the word means: "Bishop is allergic to"."""
OWNED_AFTER = _follows(
    r"\s(?:wound|leg|arm|foot|feet|hand|knee|hip|back|chest|heart|kidneys?|liver|skin|eyes?|breathing|pain|blood|bloods|results?|drug\schart|chart|notes|weight"
    r"|bp|pulse|sats|temp\w*|inr|k|na|potassium|sodium|creatinine|egfr|hb|hba1c|level|levels|dose|doses|tablets?|meds|medicines?|prescription|repeat|bed|drip|line"
    r"|cannula|catheter|drain|pump|insulin|warfarin|scan|ecg|x-?ray|appetite|sleep|mood|family|house|home|gp|discharge|operation|surgery|appointment|wife|husband"
    r"|son|daughter|mother|father|mum|mom|dad|sister|brother|partner|carer|consultant|nurse)\b"
)
"""What somebody has after a name in the genitive: "Price's wound"."""
KIN_AFTER = _follows(
    r"['\u2019]?s?\s(?:mum|mom|dad|mother|father|wife|husband|son|daughter|sister|brother|aunt|uncle|friend|neighbou?r"
    r"|bystander|attendant|carer|partner|flatmate|roommate)\s(?:says?|said|reports?|thinks|called|rang|wants|asks?|brought"
    r"|found|told|insists|worried)\b"
)
"""Who speaks for somebody: "shanthi bystander says"."""
ARTICLE = _cue(r"(?<!-)\ban?\s")
"""Before one word in a capital: an operation or a device, "a Glenn"; persons have no article."""
AGED_AFTER = _follows(rf",?\s\(?(?:is\s|was\s)?(?:an?\s|aged\s)?{_YEARS}")
CASE_AFTER = _follows(
    r"['\u2019]?s?[\s-](?:patients?|cases?|child|baby|physiology|circulation|completion|circuit|flow"
    r"|score[ds]?|or\s[A-Z]|and\s[A-Z][\w-]{1,40}\s(?:signs?|triad)|vs?\.?\s|versus\s|in\s(?:19|20)\d\d"
    r"|years?\sago|today|done|planned|failed|confirmed|ruled|excluded|suspected)"
)
"""Who has it, or what became of it, after an eponym: "my Takayasu patient", "Kasai in 2019"."""
GRADE_AFTER = _follows(
    r"\s(?:[abc]\b|[ivx]+[abc]?\b|[a-e]?\d+\+?|[a-z]\d(?:[a-z]\d)?\b|(?-i:[BLT][LTB])\b|grade|class|type|stage)"
)
"""A grade, a stage or a score after an eponym: "Killip III"."""
DEVICE_AFTER = _follows(
    r"['\u2019]?s?[\s-](?:(?:19|20)\d\d\s)?(?:disease|assay|troponin|analy[sz]ers?|aspirin|flu|influenza|fractur\w{1,40}|syndrome|sign|signs|score"
    r"|scores|scoring|scale|criteria"
    r"|criterion|catheter|test|testing|index|classification|class\b|staging|stage|grade|grading"
    r"|reflex|phenomenon"
    r"|palsy|lymphoma|sarcoma|tumou?r|disorder|anemia|anaemia|contracture|fracture|hernia|node"
    r"|nodes|body|bodies|cell|cells|tube|drain|bag|needle|forceps|clamp|line|lines|port|device"
    r"|valve|stent"
    r"|graft|mesh|procedure|operation|repair|manoeuv?re|maneuver|position|exercises?|method"
    r"|equation|formula|nomogram|rule|rules|risk|calculator|model|curve|plot|trials?|study|studies|triad"
    r"|tetrad|law|effect"
    r"|reaction|stain|agar|medium|solution|lactate|chorea|ataxia|dystrophy|atrophy|encephalopathy"
    r"|encephalitis|psychosis|aphasia|gait|facies|pulse|murmur|rub|breathing|respirations?"
    r"|breaths|duct|gland"
    r"|glands|canal|pouch|loop|ring|rings|esophagus|oesophagus|ulcer|ulcers|disease-like"
    r"|thyroiditis|arteritis|vasculitis|virus|fever|rash|spots?|lines|nails?|contractures?"
    r"|blocks?|block|monitor|tourniquet"
    r"|bandage|boot|boots|wrap|dressing|collar|splint|brace|cast|frame|wire|screw|nail|plate"
    r"|prosthesis|replacement|implant|pump|inhaler|mask|cannula|airway|tube|laryngoscope|blade"
    r"|retractor|scissors"
    r"|protocol|guidelines?|regimen|inventory|questionnaire|screen|screening|tool|assessment"
    r"|survey|checklist|coma|lesion|paralysis|purpura|nephropathy|nephritis|sclerosis|leukemia"
    r"|melanoma|carcinoma"
    r"|granulomatosis|hyperplasia|anomaly|malformation|deformity|tetralogy|shunt|fistula|conduit"
    r"|anastomosis|resection|amputation|incision|approach|technique|stitch|suture|point|sinus"
    r"|space|membrane"
    r"|positive|negative|strain|type|factor|antigen|antibod\w{1,40}"
    r"|units?|hospital|ratio|number|time|interval|correction|corrected|qtc|stimulation|counter"
    r"|dementia|parkinsonism|rating|thyroid\w*|plan|diet|wort|pneumonia|agitation|airways?|cyst"
    r"|cysts|tear|sprain|strain|nodule|nodules|infection|bacillus|diplegia|hemangioma|syncope"
    r"|headache|bundle|fibers|fibres|layer|tubercle|triangle|muscle|ligament|tendon|artery|vein"
    r"|nerve|ganglion|cord|angle|plane|osteotomy|tip|reservoir|fenestration|circulation|waves?|patch"
    r"|flap|cerclage|notch|hip\sscore|knee\sscore|pupils?|facelift|fundoplication|teeth|gene"
    r"|serolog\w{1,40}|tit(?:re|er)s?|pcr|ig[gm]|western|crystals?|granules?|inclusions?|bands?|cuff|hook|speculum|dilator|elevator|chisel|rongeur"
    r"|trocar|introducer|guidewire|wires|filter|oxygenator|ventilator|drainage|closure|fixation"
    r"|arthroplasty|hemiarthroplasty|hook|knot|swab|transport|broth|change|changes|zone|zones"
    r"|line|groove|crease|fossa|foramen|valves?|septum|process|plexus|trunk|capsule|fascia"
    r"|pressures?|constant|number|coefficient|unit|units|lamp|chart|charts|card|figure|diagram"
    r"|classification|consensus|statement|definition|nomenclature|hypothesis|theory|model"
    r"|interpretation|algorithm|pathway|bundle|ladder|pyramid|staging|stages)\b"
)

PARTICLES = frozenset(
    [
        "de",
        "zu",
        "zum",
        "zur",
        "binte",
        "binti",
        "t",
        "da",
        "del",
        "della",
        "di",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "al",
        "el",
        "bin",
        "bint",
        "ibn",
        "abu",
        "mac",
        "ap",
        "ab",
        "ferch",
        "verch",
        "mhic",
        "uí",
        "giolla",
        "ni",
        "ó",
        "ní",
        "nic",
        "ua",
        "ter",
        "ten",
        "dos",
        "das",
        "do",
        "du",
        "des",
        "y",
        "af",
        "av",
        "e",
        "st",
        "ul",
        "ud",
        "abd",
        "op",
        "het",
    ]
)
SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv", "esq"])
