"""How names of hospitals, practices, employers and schools are written."""

from __future__ import annotations

import re

from medrag.privacy.date_forms import MONTH_NAMES
from medrag.privacy.sieve import sifted

CAPITAL = r"A-Z\u00c0-\u00de\u0100-\u024f\u1e00-\u1eff"
CAP = rf"[{CAPITAL}][\w'\u2019\u0300-\u036f-]{{0,40}}"
"""A word in a capital, of any script with Latin letters."""
_SHORT = r"St\.|ST\.|Mt\.|Ft\.|Dr\.|[A-Z]\."
W = rf"(?:{_SHORT}|[A-Z\u00c0-\u00de][\w'\u2019&-]{{0,40}})"
_PART = (
    rf"(?:{_SHORT}|[A-Z\u00c0-\u00de][\w'\u2019&]{{0,40}}"
    r"(?:-(?![A-Z\u00c0-\u00de])[\w'\u2019&]{1,40}){0,3})"
)
"""A word of a name up to a hyphen before a capital, which joins: no name is cut in two ways."""
JOIN = r"(?:[ ](?:(?:of|the|and|&|for|de|del|la|du|di|in|at|on)[ ]){0,8}|[ ]?[-/][ ]?)"
SURE = (
    r"(?i:hospitals?|medical\scent(?:er|re)|clinics?|infirmary|hospice|nursing\shome|care\shome"
    r"|pharmacy"
    r"|health\scent(?:er|re)|urgent\scare|police\sstation|fire\sstation"
    r"|sheriff['\u2019]?s\s(?:office"
    r"|department)|naval\sbase|air\sforce\sbase|army\sbase|rectory|convent|monastery|villas"
    r"|apartments"
    r"|supercenter|supermarket|polyclinic|dispensary|maternity\shome|chc|phc)"
)
"""Kinds that are plain in any case."""
HOSPITAL = (
    r"(?:(?:Infusion|Imaging|Wound|Pain|Sleep|Surgical|Community|Outreach|Wellness|Diagnostic"
    r"|Fertility"
    r"|Women['\u2019]s|Recovery|Rehab|Kidney|Heart|Eye|Spine|Birth)\s(?:Cent(?:er|re)|Clinic"
    r"|Institute)|"
    r"Hospitals?|Hosp\.?|Medical\sCent(?:er|re)|Med\sCent(?:er|re)|Health\sCent(?:er|re)"
    r"|Health\s(?:System|Network|Services|Partners|Care)|Healthcare|Health\sBoard"
    r"|Infirmary|Hospice|Nursing\s(?:Home|Facility|Center)|Care\s(?:Home|Cent(?:er|re))"
    r"|Rest\sHome|Retirement\s(?:Home|Village|Community)|Assisted\sLiving|Senior\sLiving"
    r"|Skilled\sNursing(?:\sFacility)?|Rehab(?:ilitation)?(?:\s(?:Cent(?:er|re)|Hospital"
    r"|Facility))?|Sanatorium|Polyclinic|NHS(?:\sFoundation)?(?:\sTrust)?|Foundation\sTrust|Trust"
    r"|Cancer\sCent(?:er|re)|Heart\sInstitute|Eye\sInstitute|Surgical\sCent(?:er|re)"
    r"|Surgery\sCent(?:er|re)|Dialysis|Dialysis\sCent(?:er|re)|Birth\sCent(?:er|re)|Urgent\sCare"
    r"|Clinics?|Klinik|Klinikum"
    r"|Medical\s(?:Group|Practice|Associates|Partners|Clinic|Practice)|Family\s(?:Practice"
    r"|Medicine|Health|Physicians)|Group\sPractice|Practice|Physicians|Associates|Pharmacy"
    r"|Chemist|Drugstore|Apothecary"
    r"|Laborator(?:y|ies)|Labs?|Ambulance(?:\sService)?|EMS|Fire\s(?:Department|Rescue)"
    r"|Police(?:\sDepartment)?|Surgery|Manor|Lodge|Shelter|Treatment\sCent(?:er|re)"
    r"|Mental\sHealth|Behavioral\sHealth|Day\sCent(?:er|re)|Health|Memorial|Sanitarium|Spital"
    r"|Ziekenhuis|Sjukhus|Sykehus)"
)
SCHOOL = (
    r"(?:University|Univ\.?|College|(?:High|Elementary|Middle|Primary|Secondary|Grammar|Charter"
    r"|Prep(?:aratory)?)\sSchool|School|Academy|Elementary|Preschool|Kindergarten|Daycare|Nursery"
    r"|Polytechnic"
    r"|Prison|Correctional(?:\s(?:Facility|Institution|Center))?|Penitentiary|Jail"
    r"|Detention\sCent(?:er|re)|Church|Mosque|Temple|Synagogue|Cathedral|Parish|Ltd\.?|LLC|LLP"
    r"|PLC|plc|Inc\.?|Corp(?:oration)?\.?|GmbH|Company|Co\.|Holdings|Industries|Enterprises|Bank"
    r"|Hotel|Motel|Airlines|Airways|Motors|Logistics|Foods|Farms?|Brewery|Steel|Mills?)"
)
TAIL = sifted(
    rf"(?<![\w.])(?P<whole>{_PART}(?:{JOIN}{_PART}){{0,7}}?{JOIN}(?P<type>{SURE}|{HOSPITAL}"
    rf"|{SCHOOL}))(?:\s(?:of|at|for|in)\s(?:the\s)?{W}(?:\s{W}){{0,3}}|\s(?:{HOSPITAL}"
    rf"|System|Campus)\b)?(?![\w])"
)
HEAD = sifted(
    rf"\b(?P<whole>(?:Praxis|Klinik|Apotheke|Farmacia|Pharmacie|Cabinet|Poliklinik|Consultorio|Puskesmas"
    rf"|Rumah\sSakit|HMP|HMYOI|FCI|USP|VAMC|University|Univ\.|Hospital|H[oô]pital|Hosp\.|Ospedale"
    rf"|Policlinico|Klinikum"
    rf"|Krankenhaus|Universit[aä]tsklinikum|Clinique|Cl[ií]nica|CHU|Centre\s[Hh]ospitalier|Royal"
    rf"|Mount|Saint|Our\sLady|Good\sSamaritan|Sacred\sHeart|Holy\s\w{{1,40}}|Children['\u2019]s"
    rf"|Kinderspital|Prince(?:ss)?|Queen|King)"
    rf"(?:\s(?:of|the|de|del|la|le|di|du|da|do|dos|San|Santa|Sao|am|an|der|im|zu[mr]?|St\.?"
    rf"|Sainte?-?)){{0,3}}\s{W}(?:\s(?:(?:de|del|di|of|and|la|da)\s)?{W}){{0,3}})"
)
SAINT = sifted(
    r"(?<![\w.])(?P<whole>(?:St\.?|Saint|Sta\.?|Santa|San"
    r"|Ste\.?)\s(?P<saint>[A-Z][a-z]{1,40}|[A-Z](?=['\u2019]s))(?:['\u2019]s?)?(?:\s(?:and"
    r"|&)\sSt\.?\s[A-Z][a-z]{1,40}(?:['\u2019]s?)?)?(?:\s(?:Hospital|Medical|Health|Clinic|Cent(?:er"
    r"|re)|Infirmary|Hospice|Regional|Memorial|Mercy|University|School|College|Church"
    r"|RC|CE|CofE|Catholic|Primary|Junior|Infants?|Grammar|High|Academy|Parish|House|Lodge|Ward|Unit|Surgery|Nursing|Care|Home)){0,8})(?=\W|$)"
)
NO_SAINT = re.compile(
    r"['\u2019]?s?\s(?:wort|dance|fire|valve|pacemaker|icd|device|lead|aspirin|mechanical"
    r"|prosthe\w{1,40}|louis|bileaflet|crt|mitraclip|disease|encephalitis|thistle|solution|cardioplegia|cross|medical\s(?:valve"
    r"|device|pacemaker|icd|lead|mechanical))",
    re.IGNORECASE,
)
LOWER = sifted(
    r"\b(?:at|from|to|in|by|@)\s(?:the\s)?(?P<whole>(?P<name>[a-z'\u2019.]{1,40}(?:\s[a-z'\u2019.]{1,40})"
    r"{0,2})\s"
    r"(?:hospital|medical\scent(?:er|re)|med\scent(?:er|re)|clinic|health\scent(?:er|re)"
    r"|infirmary|hospice"
    r"|nursing\shome|care\shome|pharmacy|surgery|rehab|dialysis|imaging|labs?|health|high\sschool"
    r"|(?:riding|driving|language|boarding|special|infant|junior|primary|convent|village|medical|nursing)\sschool"
    r"|(?:leisure|sports|community|reception|equestrian|garden|detention|day|rehab|shopping|sport)\scent(?:er|re)|stables"
    r"|(?:golf|bowls|rugby|football|cricket|tennis|rowing|sailing|swimming|social)\sclub|hostel|church|mosque|prison|hotel|factory|school"
    r"|primary|academy|college|nursery|preschool|grammar|daycare|medical|elementary(?:\sschool)?"
    r"|university))\b"
)
BARE_LOWER = sifted(
    r"\b(?:at|from|goes\sto|went\sto|over\sto|back\sto|attends|transferred\sto|admitted\sto)\s(?P<whole>(?P<own>[a-z]{5,30})\s"
    r"(?:high|general|comp|juniors|infants|vale|regional|memorial|grange|lodge|manor|prep|sixth\sform|va))(?![\w-])(?=\s?(?:[,.;:?!)\n]|$)"
    r"|\s(?:flagged|says?|said|sent|on|with|and|but|for|last|today|tonight|yesterday|who|where|called|rang|wants|has|noticed|told)\b)"
)
"""A school or a hospital by an unlisted word and its end alone: "at brackenhurst high"."""
FAMOUS = (
    r"Salvation\sArmy|YMCA|YWCA|Barnardo['\u2019]?s|Kingdom\sHall|Women['\u2019]s\sAid|Mayo(?:\sClinic)?|Cleveland\sClinic|Johns\sHopkins|Mass(?:achusetts)?\sGeneral|Mass\sGen"
    r"|MGH|Brigham(?:\sand\sWomen['\u2019]s)?|BWH|BIDMC|Beth\sIsrael(?:\sDeaconess)?|MD\sAnderson"
    r"|Memorial\sSloan[- ]Kettering|MSKCC|Mount\sSinai|Mt\.?\sSinai|Cedars[- ]Sinai"
    r"|Kaiser(?:\sPermanente)?|NYU\sLangone"
    r"|Addenbrooke['\u2019]s|Barts|St\sBarts|Guy['\u2019]s(?:\sand\sSt\.?\sThomas['\u2019]?)?"
    r"|King['\u2019]s\sCollege(?:\sHospital)?|Charit[eé]|Great\sOrmond\sStreet|GOSH|UCLH?A?|UCSF"
    r"|UPMC|UCSD|Stanford|Vanderbilt|Emory|Duke|Yale[- ]New\sHaven|Northwestern|Intermountain"
    r"|Geisinger|Sutter|Dignity|Ascension|Providence|Banner|Bellevue|Parkland|Grady|Cook\sCounty"
    r"|Papworth|Royal\sFree|Royal\sMarsden|Royal\sBrompton|Karolinska|SickKids|Sick\sKids"
    r"|Toronto\sGeneral|Sunnybrook|Walmart|Walgreens(?:\s#\d+)?|CVS(?:\s#\d+)?|Target|Tyson"
    r"|Kroger|Safeway|Sainsbury['\u2019]s|Asda|Lidl|Aldi|Boots|Rite\sAid|Costco|Tesco|Amazon"
    r"|FedEx|UPS|Starbucks|McDonald['\u2019]s|Boeing|Ford|Google|Facebook|Microsoft|Apple|Tesla"
    r"|(?:Royal|Infirmary|Rotunda|Mater)(?=[\s,;:]{0,2}(?:[.?!)]|$|(?:tonight|today|tomorrow|now|yesterday|and|for|on|faxed|rang|called|phoned|said|says|wants?|sent|wrote|told|discharged|referred|booked|team)\b))|Labcorp|Quest(?:\sDiagnostics)?|DaVita|Fresenius|Mercy|Christus|Baptist|Methodist"
)
FAMOUS_AT = sifted(
    rf"\b(?:at|from|to|in|by|of|with|via|for|the|outside|our|near|joined|left|leaving"
    rf"|through)\s(?:the\s)?(?P<whole>(?:{FAMOUS})(?:\s(?:ED|ER|ICU|[Pp]harmacy))?)(?![\w-])"
    r"(?!\s(?:formula|scores?|criteria|rules?|signs?|scale|class(?:ification)?|protocol|staging|model"
    r"|risk|type|trial|study|guidelines?)\b)"
)
FAMOUS_SMALL = sifted(
    r"\b(?:in|at|from|to|by)\sthe\s(?P<whole>mater|rotunda|coombe|royal|brigham|marsden|brompton|beatson|christie|freeman|crumlin|crick)"
    r"(?=\s?[,.;:)?!]|$|\s(?:had|has|with|and|for|last|on|yesterday|today|tonight|said|says|wants|where|who|since|after)\b)"
)
"""The same as people type them: "in the mater had a scan"."""
FAMOUS_STAFF = sifted(
    rf"\b(?P<whole>{FAMOUS})(?=\s(?:drivers?|workers?|warehouse|managers?|employees?|cashiers?|depot|deliver\w{{1,6}}|couriers?|staff|porters?"
    r"|shifts?|picker|supervisor|security|pharmac(?:y|ist))\b)"
)
"""An employer by what somebody is there: "a Tesco driver"."""
BASE = sifted(
    r"\b(?P<whole>(?:Fort|Ft\.|Camp|RAF|HMS|USS|MV|RMS|HMAS|HMCS|USNS|MSC|RNAS|Joint\sBase|Naval\sStation|Marine\sCorps\sBase)\s"
    r"(?!Worth|Collins|Lauderdale|Wayne)[A-Z][a-z]{1,40}(?:\s[A-Z][a-z]{1,40})?)(?![\w-])"
)
"""Military bases and ships."""
ACTS = (
    r"(?:fax|phoned|rang|called|email|accepted|declined|wrote|prescribe|booked|transferred|admitted|scanned|operated|inserted|implanted|fitted|told|suggest|sa(?:ys|id)\b|start|stopp|recommend|sent\b|refer|ask|want|gave\b|letter|discharge[sd]?\b"
    r"|records?\b|dispensed|(?:re)?fill(?:s|ed)\b|supplied|issued|report(?:s|ed)|summary|notes\b|clinic\b|advise|put\shim|put\sher|did\b)"
)
"""What an institution does to a patient, or has written."""
FAMOUS_ACTS = sifted(
    rf"(?:^|[.?!,;]\s|\b[Tt]he\s)(?P<whole>(?:{FAMOUS})(?:\s(?:on|in|at)\s{W}(?:\s{W})?)?)(?=\s{ACTS})"
)
_DAY = r"(?:(?:on\s)?\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?\s)?"
SENT = sifted(
    rf"\b(?i:(?:re)?admitted\s{_DAY}(?:to|at)|transfer(?:red|ring)?\s(?:\w{{1,40}}\s)?{_DAY}(?:to|from)"
    rf"|transfer\s(?:to|from)|discharged\s{_DAY}(?:from|to|home\sfrom)|seen\s(?:\w{{1,40}}\s)?at"
    rf"|treated\s(?:\w{{1,40}}\s)?at|hospitali[sz]ed\s(?:at|in)|presented\sto|surgery\sat|done\sat"
    rf"|performed\sat|inpatient\sat|followed\s(?:up\s)?at|attends|attending|delivered\sat"
    rf"|outpatient\sat|resident\s(?:at|of)|patient\s(?:at|of)|ed\sat|icu\sat|labs?\s(?:at|from)"
    rf"|(?:scan|mri|ct|echo|x-?ray|bloods|app(?:t|ointment)|op(?:eration)?|transplant|rehab|placement|chemo|dialysis|rotation|follow-?up)\sat"
    rf"|records?\sfrom|referred\s(?:from|to|by)|pharmacist\sat|nurse\sat|doctor\sat|works?\sat"
    rf"|fellow\sat|resident\sat|fills?\s\w*\s?at|filled\sat|picked\sup\sat|born\sat|lives\sat"
    rf"|arrived\sfrom|came\sfrom|sent\s(?:to|from|by)|calling\sfrom|here\sat|clinic\sat)"
    rf"\s(?:the\s)?(?P<whole>{W}(?:\s(?:of|and|the)\s{W}|\s{W}){{0,3}})"
)
EMPLOYER = sifted(
    rf"\b(?i:works?\s(?:\w{{1,40}}\s){{0,4}}?(?:at|for|with)|working\s(?:\w{{1,40}}\s){{0,4}}?(?:at|for|with)"
    rf"|worked\s(?:\w{{1,40}}\s){{0,4}}?(?:at|for|with)|employed\s(?:\w{{1,40}}\s){{0,4}}?(?:at|by|with)"
    rf"|employer(?:\sis)?:?|employee\s(?:at|of)|retired\s(?:\w{{1,40}}\s)?from|job\s(?:at|with)|(?:drives?|driving|drove|deliver(?:s|ing)|flies|cleans)\sfor"
    rf"|volunteer(?:s|ing)?\s(?:at|for|with|w/)|shifts?\s(?:at|for|with)|apprentice\s(?:at|with)|contract(?:or|ing|s)\s(?:at|for|with)"
    rf"|(?:engineer|teacher|driver|manager|cook|clerk|cashier|welder|nurse|guard|student|pupil"
    rf"|professor|accountant|lawyer|executive|director|foreman|mechanic|pilot|librarian|principal"
    rf"|janitor|programmer|analyst|operator|coach|pastor|ceo|owner)\s(?:at|for|of|with)|attends"
    rf"|school:|enrolled\s(?:at|in)|studies\sat|student\sat|goes\sto|graduat\w{{1,40}}\sfrom"
    rf"|serves?\s(?:at|with))"
    rf"\s(?:the\s)?(?P<whole>{W}(?:(?:\s(?:of|and|the|&)\s|\s|\s?&\s?){W}){{0,4}})"
)
GENERAL = sifted(
    rf"(?<![\w-])(?P<whole>(?P<own>{CAP}(?:\s{CAP})?)\s(?:General|Memorial|Regional|Infirmary|District|County))(?=\s(?:ED|ER|A&E|ICU|ITU|MAU|AMU|OR|L&D|[Ww]ard"
    r"|[Ll]abour|[Tt]heatre|[Ss]troke|[Rr]enal|[Cc]ardio\w*|[Oo]ncology|[Pp]harmacy|[Pp]aeds|[Pp]ediatric\w*|[Mm]aternity|[Ss]witchboard)\b)"
)
"""A hospital by its unit behind it: "Mercy General ED"."""
PUBLIC = re.compile(
    r"(?:American|European|British|Canadian|National|World|International|Royal\sCollege|Federal"
    r"|Global|Society|Association|Agency|Department\sof\sHealth|Public\sHealth|US\b|U\.S\."
    r"|Food\sand\sDrug|Surviving|Infectious|Centers?\sfor|Centre\sfor|Joint\sCommission"
    r"|Institute\sfor|United\sStates|Australian|Scottish|Irish|Nordic|Asian|Endocrine|Cochrane"
    r"|Oxford\sUniversity\sPress|Harrison)"
)
RULED = re.compile(
    r"['\u2019]?s?\s(?:(?:19|20)\d\d\s)?(?:guid(?:eline|ance)s?|protocols?|criteria|study|trial|score"
    r"|formulary\sguid\w{1,40}|antibiotic\sguide|guide|handbook|manual|calculator|statement"
    r"|recommend\w*|classification|website|paper|group\sstudy|nomogram|equation|course|consensus"
    r"|definition|index|scale)",
    re.IGNORECASE,
)
SMALL_KINDS = (
    r"(?:shelter|hostel|refuge|residences?|orphanage|dormitory|dorm|mission|academy|campus|branch"
    r"|squad|barracks|camp)"
)
"""Kinds in small letters after a name in capitals: "Harbor Light shelter"."""
UNITS = frozenset(
    [
        "icu",
        "ed",
        "er",
        "emergency",
        "ward",
        "picu",
        "nicu",
        "micu",
        "sicu",
        "ccu",
        "pacu",
        "hdu",
        "theatre",
        "recovery",
        "floor",
        "telemetry",
        "med/surg",
        "l&d",
        *(
            "mau",
            "amu",
            "sau",
            "ecu",
            "opd",
            "ipd",
            "phc",
            "chc",
            "ltc",
            "alf",
            "ems",
            "osh",
            "ent",
        ),
        "snf",
        "ltac",
        "ltach",
        "nursing",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        *MONTH_NAMES,
        "week",
        "stage",
        "grade",
    ]
)

BESIDE = sifted(
    rf"(?<![\w-])(?:surgery|practice|hospital|clinic|nursing\shome|care\shome|hospice|[Ww]ard|unit"
    rf"|pharmacy|school)\s(?P<whole>(?:The\s)?{CAP}(?:\s{CAP}){{0,2}}(?:\s\d{{1,2}}[A-Z]?(?![\w.%])(?!\s?[a-z%]))?)(?![\w-])"
)
"""A name directly after its kind: "ward Maple", "GP surgery The Elms"."""
TEAM = sifted(
    rf"(?:^|[\n.!?]\s{{0,8}})(?P<whole>{CAP}(?:\s{CAP})?)\s(?:GP|ED|A&E|ER|ICU|[Cc]linic|[Nn]urse|[Mm]idwife|[Pp]harmacist"
    rf"|[Pp]aramedic|[Rr]egistrar|[Tt]eam|[Aa]mbulance|[Hh]ospital)\s(?:here|calling|again|on\sthe\sline|rang|called|phoned|says?|wants?|asks?|sent)\b"
)
"""Who writes, by where: "Hackney GP here"."""
WARD = sifted(rf"\b(?P<whole>{CAP}(?:\s{CAP})?)\s(?:[Ww]ard|[Ww]ing|Suite)\b")
UNIT = sifted(
    rf"\b(?:on|in|to|from|at|for)\s(?:the\s|our\s)?(?P<whole>{CAP}(?:\s{CAP})?)\s(?:[Uu]nit|[Ff]loor|[Hh]ouse|[Cc]orridor|[Pp]avilion"
    rf"|[Bb]lock|[Tt]ower|[Ll]odge)(?![\w-])(?!\s\d)"
)
"""A part of a hospital by its name: "on the Hawthorn unit"."""
STAFFED = sifted(
    rf"\b(?i:nurse|sister|matron|staff|reg|registrar|sho|hca|physio|pharmacist|doctor|ward\sclerk|team|rn|f[12]|intern)"
    rf"(?:\s{CAP})?\son\s(?:the\s)?(?P<whole>{CAP}(?:\s{CAP})?)(?=\s(?:wants?|says?|asks?|called|rang|bleeped|needs?|reports?|is|has)\b)"
)
"""A ward by who speaks from it: "Sister Rowe on Nightingale wants"."""
EMERGENCY = sifted(
    rf"\b(?i:by|from|at|via|to)\s(?P<whole>{CAP}(?:\s{CAP})?)\s(?:A&E|ED|ER|OOH|MIU|UTC)\b"
)
"""A hospital by its emergency department: "referred by Southmere A&E"."""
