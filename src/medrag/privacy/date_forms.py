"""How dates are written, and what around them says that a number is or is no date."""

from __future__ import annotations

import re

from medrag.privacy.sieve import ending, sifted

MONTH = (
    r"(?P<month>jan(?:uary|uar|vier|eiro)?|feb(?:ruary|ruar)?|mar(?:ch|s|zo|[cç]o)?|märz|maart"
    r"|apr(?:il|ile)?|may|mai"
    r"|mayo|maggio|maio|mei|june?|juni|juin|junio|giugno|junho|july?|juli|juillet|julio|luglio"
    r"|julho|aug(?:ust)?"
    r"|ao[uû]t|agosto|sept?(?:ember|embre|iembre)?|setembro|settembre|oct(?:ob(?:er|re)?|ubre)?"
    r"|okt(?:ober)?|ottobre|outubro"
    r"|nov(?:ember|embre|iembre|embro)?|dec(?:ember|embre)?|dez(?:ember|embro)?|dic(?:iembre"
    r"|embre)?|d[eé]cembre|diciembre"
    r"|enero|gennaio|febrero|febbraio|fevereiro|f[eé]vrier|abril|avril)\b\.?"
)
MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
YEAR = r"(?P<year>(?:19|20)\d\d|['\u2019]\d\d)"
GERMAN = sifted(
    r"(?<![\d.])(?P<whole>(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.)(?=\s?[-\u2013]\s?\d"
    r"|\s\d{1,2}:|:\s)"
    r"|\b(?:am|vom|bis|den|seit|ab|dated?|surgery|on|since|from|until|lmp|edd|dob|born|visit|seen"
    r"|(?:re)?admitted|adm|discharged|operated|transferred|vaccinated|date|(?:signed|started|stopped|wrote|sent|came|left|died|fell|given|done|booked|due|moved|rang|called|posted|typed|took)(?:\s(?:it|this|him|her|them|me|us|up|off|in|out|sick|home|work)){0,2}|aufnahme|entlassung|aufgenommen|entlassen|op)\b[^\n\d]{0,3}"
    r"(?P<cued>(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.)(?![\d\n])"
    r"|\b(?:(?:re)?admitted|discharged|born|dob|seen|operated|date)\W{1,2}(?:on\s)?(?P<bare>(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2]))(?![\d.%]|\s?(?:kg|g|mg|h|y)\b)",
    re.IGNORECASE,
)
"""A day and a month with a full stop after each: "12.01.\u201319.01.2025"."""
DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?P<ordinal>\s?(?:st|nd|rd|th)\b)?"
_DAY_NAME = r"(?:mon|tues?|wed(?:nes|s)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?"
WEEKDAY = rf"(?:{_DAY_NAME},?\s(?:the\s)?)?"
THE = r"(?:\bthe\s)?"
CLOCK = r"(?:T\d{2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?|\s\d{2}:\d{2}:\d{2})?"
FULL = (
    rf"(?<![\d.])(?P<year>(?:19|20)\d\d)(?P<sep>[-/.])(?P<month>1[0-2]"
    rf"|0?[1-9])(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9])(?!\d){CLOCK}",
    r"(?:\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s)?(?<![\d./-])(?P<first>\d{1,2})(?P<sep>"
    r"[-/.])(?P<second>\d{1,2})(?P=sep)(?P<year>(?:19"
    r"|20)\d\d|['\u2019]?\d\d)(?![\d/-]|\.\d)",
    rf"{WEEKDAY}{THE}(?<![\d.]){DAY}(?:\s?(?:(?:of|de|d['\u2019])\s?)?|-|/"
    rf"|\.\s?){MONTH}(?:,?\s(?:(?:of|de|del)\s)?|-"
    rf"|/)?{YEAR}(?![\d])",
    rf"{WEEKDAY}\b{MONTH}[\s-]{{0,2}}(?:the\s)?{DAY}(?:,\s?|\s|-){YEAR}(?!\d)",
    r"(?<![\d.])(?P<day>0?[1-9]|[12]\d|3[01])[-./\s](?P<month>(?:viii|iii|vii|xii|ii|iv|vi|ix|xi"
    r"|i|v|x))[-./\s]"
    r"(?P<year>(?:19|20)\d\d)(?!\d)",
    r"(?<![\d./-])(?P<first>\d{1,2})(?P<sep>\s[-/.]\s)(?P<second>\d{1,2})(?P=sep)(?P<year>(?:19|20)\d\d)(?!\d)",
    r"(?<![\d.])(?P<day>0?[1-9]|[12]\d|3[01])(?P<sep>[./-])(?P<month>(?:viii|iii|vii|xii|ii|iv|vi|ix|xi|i|v|x))"
    r"(?P=sep)(?P<year>\d\d)(?![\w%]|[.,]\d)",
    r"\b(?:showa|heisei|reiwa|taisho)\s(?P<year>\d{1,2})\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})(?!"
    r"\d)",
    rf"(?<![\d.-]){DAY}(?P<dash>[-/ ])(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)"
    r"(?P=dash)(?P<year>\d\d)(?![\w%]|[.,:]\d|\s?(?:mg|mcg|ml|units?|g|kg|days?|tablets?|h)\b)",
    rf"(?<!\d){DAY}(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?P<year>(?:19|20)?\d\d)(?!\d)",
    rf"(?<!\d)(?P<year>(?:19|20)\d\d)[-\s/]{MONTH}[-\s/]{DAY}(?!\d)",
    r"(?<![\d.-])(?P<year>19\d\d|20[0-4]\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d"
    r"|3[01])(?:T?\d{4,6})?(?![\d.-])",
)
PARTIAL = (
    r"(?<![\d./-])(?P<day>0?[1-9]|[12]\d|3[01])\.\s?(?P<month>(?:viii|iii|vii|xii|ii|iv|vi|ix|xi|x))\.(?!\w)",
    rf"{WEEKDAY}{THE}(?<![\d./])(?<!\d-){DAY}(?:\s(?:(?:of|de)\s)?|[-/]|\.\s?){MONTH}(?!\s?\d(?!\d?:\d|\d{3}\b))",
    r"\b(?P<month>(?-i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec))[-/](?P<year>\d\d)(?![\d/.-])",
    rf"{WEEKDAY}\b{MONTH}\s(?:the\s)?{DAY}(?!(?<=\d)\s?:\d|\s?(?:[%/]|mg|mcg|ml|kg|g\b|tab|cap|puff|units"
    rf"|-?(?:19|20)\d\d)|\d"
    rf"|\.\d)\b",
    rf"\b(?:early\s|late\s|mid[\s-])?{MONTH}(?:,?\s(?:of\s)?|[-/])?{YEAR}(?!\d)",
    r"(?<![\d./-])(?P<month>0?[1-9]|1[0-2])(?P<sep>[/-])(?P<year>(?:19|20)\d\d)(?![\d/-])",
    r"(?<![\d./-])(?P<year>(?:19|20)\d\d)(?P<sep>[-/])(?P<month>0[1-9]|1[0-2])(?![\d/-])",
)
SPACED = sifted(
    r"\b(?:date(?:\sof\sbirth)?|dob|d\.o\.b\.?|born)\W{1,3}"
    r"(?P<whole>[0-3]?\d(?P<gap>[ ]|\s?\|\s?)[01]?\d(?P=gap)(?:19|20)?\d\d)(?![\w.])",
    re.IGNORECASE,
)
"""A day in groups after its label: "DOB 1 4 61"."""
SERIES = sifted(
    r"(?<![\d./])(?P<whole>\d{1,2}/\d{1,2})(?=:?\s\d{1,4}(?:\.\d+)?%?(?:[,;]\s|\s-\s)\d{1,2}/\d{1,2}:?\s\d)"
    r"|(?:[,;]\s|\s-\s)(?P<next>\d{1,2}/\d{1,2})(?=:?\s\d{1,4}(?:\.\d+)?%?(?:[,;.]|$|\s-))"
)
"""Days before values in a row: "2/1 2.2, 9/1 2.9"."""
SMALL_MONTH = sifted(
    r"\b(?:in|since|last|next|early|late|mid)[\s-](?P<whole>march|may)\b(?!\s(?:be|have|help|need))"
)
NEXT_DAY = sifted(r"[;,\n]\s?(?P<whole>(?:3[01]|[12]?\d)(?:st|nd|rd|th))(?=:\s)")
"""A further day of a list: "3rd March: Cr 140; 5th: Cr 180"."""
DAYS = sifted(
    rf"(?<![\d./-])(?P<days>(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?:,\s?|\s?(?:&|and|or|to|\+|/|[-\u2013])\s?))"
    rf"{{1,5}})(?:the\s)?{DAY}\s(?:of\s)?{MONTH}",
    re.IGNORECASE,
)
"""Days of one month that is named once: "12 & 26 Sept"."""
WHOLE = tuple(sifted(pattern, re.IGNORECASE) for pattern in FULL)
PARTS = tuple(sifted(pattern, re.IGNORECASE) for pattern in PARTIAL)
SHORT = sifted(
    r"(?:\b(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s)?(?<![\d./-])(?P<first>\d{1,2})(?P<sep>[/-])"
    r"(?P<second>\d{1,2})(?![\d/-]|\.\d|\s?[%])"
)
LONE_MONTH = sifted(
    r"\b(?:in|since|last|this|next|until|till|by|from|during|early|late|mid|before|after|around"
    r"|of|through|to"
    r"|between|beginning|end\sof|every)[\s-]"
    r"(?P<whole>(?:early\s|late\s|mid[\s-])?(?P<month>(?-i:January|February|March|April|May|June"
    r"|July|August|September"
    r"|October|November"
    r"|December|january|february|april|june|july|august|september|october|november|december|Jan"
    r"|Feb|Apr|Jun|Jul"
    r"|Aug|Sept?|Oct|Nov|Dec)))\b(?!\s?(?:\d|be\b|have\b|need|help|cause|require|take|also|not\b)"
    r"|-)",
    re.IGNORECASE,
)
WEEKDAY_DAY = sifted(
    r"\b(?P<whole>(?:(?:next|last|this|coming|past)\s)?(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s\(?(?:the\s)?"
    r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
ORDINAL_DAY = sifted(
    r"\b(?:on|since|until|by|from|the|before|after|today|tonight|tomorrow|yesterday|fl(?:ying|ies)|leav(?:es|ing)|arriv(?:ed|ing)|booked|admitted"
    r"|discharged|seen|home|clinic|due|scan|appt|started|stopped)\s(?P<whole>(?:the\s)?(?P<day>[12]?\d"
    r"|3[01])(?:st|nd|rd|th)(?:\sof\s(?:the|this|last|next)\smonth\b"
    r"|(?=[\s]*(?:[.,;?!)]|$|\d+\.\d|(?:and|at|for|but|to|by|with|on|in|as|when|he|she|then|neg(?:ative)?|pos(?:itive)?|is|was|were|showed"
    r"|still|now|due|please|pls|so|if|has|had|re|about|regarding|i|we|they|it|my|her|his|there|mum|mom|dad|pt|patient)\b))))",
    re.IGNORECASE,
)
_TEENTH = (
    r"(?:four|fif|six|seven|eigh|nin|ten|eleven|twelf"
    r"|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twentie|thirtie)th"
)
SPELLED_DAY = sifted(
    rf"\b(?:on|since|until|till|by|from|before|after)\s(?P<whole>the\s(?:{_TEENTH}|(?:twenty|thirty)[\s-](?:first|second|third|{_TEENTH})))"
    r"(?=\s?(?:[.,;?!)]|$)|\s(?:and|at|but|with|when|he|she|then|is|was|showed|still|so|if|of\s(?:this|last|next)\smonth)\b)",
    re.IGNORECASE,
)
"""A day of the month in words, from the fourth on: "since the twenty-second"."""
BORN_MONTH = sifted(
    r"\b(?:dob|d\.o\.b\.?|born|birth\s?date)[\s:=]{1,3}(?:in\s)?(?P<whole>(?:0?[1-9]|1[0-2])[/.-]\d\d)(?![\d/.-])",
    re.IGNORECASE,
)
"""A month and a year of two digits after the word for a birth: "born 4/58"."""
OF_MONTH = sifted(
    rf"\b(?:the\s)?(?:1st|2nd|3rd|4th|5th|first|second|third|fourth|last)\s(?:wk|week|weekend|half|{_DAY_NAME})"
    r"\s(?:of|in)\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b\.?(?:,?\s(?:19|20)\d\d)?"
    rf"(?:,\s{_DAY_NAME}\b)?|\b(?:early|late|mid)[\s-](?-i:[Jj]an|[Ff]eb|Mar|[Aa]pr|May|[Jj]un|[Jj]ul|[Aa]ug|[Ss]ep|[Oo]ct|[Nn]ov"
    r"|[Dd]ec)[a-z]*\b|\b[0-3]?\d(?:st|nd|rd|th)\s(?:inst|ult|prox)\b\.?",
    re.IGNORECASE,
)
"""A part of a month, and a day of this or the last one: "3rd wk of Sept, Tues", "17th inst."."""
OTHER_CALENDARS = sifted(
    r"\b\d{1,2}\s(?:muharram|safar|rabi['\u2019]?\s(?:al|ul|i|ii)[\w-]{0,40}|jumada\s\w{1,40}|rajab|sha['\u2019]?ban|ramadan|shawwal|dhu\s[\w-]{1,40}"
    r"|nisan|iyar|sivan|tammuz|elul|tishrei|cheshvan|kislev|tevet|shevat|adar)\s\d{4}\b|\b(?:19|20)\d\d-?W[0-5]\d(?:-?[1-7])?\b"
    r"|(?:\u662d\u548c|\u5e73\u6210|\u4ee4\u548c|\u5927\u6b63|\d{2})?\d{1,2}\u5e74\d{1,2}\u6708\d{1,2}\u65e5|\bides\sof\s(?-i:March)\b",
    re.IGNORECASE,
)
"""Days of the Islamic, Jewish and Japanese calendars, weeks by number (ISO 8601)."""
HOLIDAY = sifted(
    r"\b(?:(?:orthodox|coptic|greek|armenian|ethiopian|western|eastern|russian)\s)?(?:christmas(?:\s(?:day|eve))?(?:\s(?:19|20)\d\d)?|xmas(?:\s(?:day|eve))?|boxing\sday|thanksgiving(?:\sday)?"
    r"|new\syear['\u2019]?s(?:\s(?:day|eve))?"
    r"|ash\swednesday|shrove\stuesday|palm\ssunday|whit\s(?:sunday|monday)|yom\skippur|rosh\shashanah|nowruz"
    r"|april\sfool['\u2019]?s?['\u2019]?(?:\sday)?"
    r"|easter(?:\s(?:sunday|monday))?|good\sfriday|halloween|(?:labou?r|memorial|independence"
    r"|veterans|presidents|mothers?|fathers?"
    r"|mother['\u2019]s|father['\u2019]s|valentine['\u2019]?s|st\.?\spatrick['\u2019]?s|canada"
    r"|australia|mlk|anzac|remembrance|armistice|may|st\.?\s(?:david|george|andrew|stephen)['\u2019]?s|columbus|juneteenth"
    r"|bastille|groundhog|waitangi|republic|all\s(?:saints|souls)['\u2019]?)\s(?:day|sunday)|diwali|hanukkah|guy\sfawkes|bonfire\snight"
    r"|hogmanay|burns\snight|twelfth\snight|mardi\sgras|maundy\sthursday|whitsun|pentecost|corpus\schristi"
    r"|purim|sukkot|shavuot|holi|vesak|(?:lunar|chinese)\snew\syear|midsummer(?:['\u2019]?s)?\s(?:day|eve|night)"
    r"|cinco\sde\smayo|juneteenth|all\shallows|ashura|mawlid|songkran|obon|sinterklaas|st\.?\snicholas['\u2019]?\sday"
    r"|passover|eid(?:\sal-\w{1,40})?|(?:spring|summer|autumn|fall|winter)\s(?:of\s)?(?:19|20)\d\d"
    r"|q[1-4]\s(?:19|20)\d\d)\b"
    r"(?:\s(?:19|20)\d\d|\sweekend)?(?!\stree|\sdisease|\sfactor|\sseals?\b|\segg|\slily|\sisland|\srose|\scactus|\spudding)",
    re.IGNORECASE,
)
FASTS = sifted(
    r"(?:\b(?:since|last|past|end\sof|start\sof|beginning\sof|(?:first|last|second|third|\d{1,2}(?:st|nd|rd|th))\s(?:day|week|night)\sof)\s)"
    r"(?P<whole>(?:ramadan|ramazan|lent|advent)(?:\s(?:19|20)\d\d)?)(?![\w-])"
    r"|\b(?P<dated>(?:ramadan|ramazan|lent|advent)\s(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
"""Seasons of fasting: a date where something happened, else what a patient keeps every year."""
GLUED = sifted(
    r"(?<![\w./-])(?P<whole>(?:0?[1-9]|[12]\d|3[01])(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC"
    r"|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec))(?![\w-])"
)
"""A day and a month without a space, and no year: "03MAR"."""
ORDINALS = sifted(
    r"(?<![\w./-])(?P<whole>(?:3[01]|[12]?\d)(?:st|nd|rd|th)\s?[/-]\s?(?:3[01]|[12]?\d)(?:st|nd|rd|th))(?![\w-])"
    r"(?!\s(?:per)?(?:centile|ribs?|nerves?|weeks?|lines?|cycles?|doses?|meta\w{1,10}|fingers?|toes?|intercostal|degree|generation))"
    r"|\b(?:on|the|since|until|from|by)\s(?P<part>(?:the\s)?(?:3[01]|[12]?\d)(?:st|nd|rd|th))(?=\s(?:morning|evening|night|afternoon|am|pm)\b)",
    re.IGNORECASE,
)
"""Two days of a month, and the day before a part of it: "overnight 14th/15th", "on 4th morning"."""
MORE_DAYS = sifted(
    rf"\b{MONTH}\s(?:the\s)?(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:\s?[-\u2013/&]\s?|\s(?:to|through|thru|until)\s|\sand\s(?=\S+\s?(?:[,.;:)]|$)))"
    r"(?:the\s)?(?P<whole>(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?)(?![\w%/]|[.,:]\d|\s?(?:mg|mcg|ml|units?|g|kg|h|hours?|days?)\b)",
    re.IGNORECASE,
)
"""A further day of a month that is named before: "Jan 5-9"."""
_MONTHS_ABROAD = (
    "ocak|\u015fubat|mart|nisan|may\u0131s|haziran|temmuz|a\u011fustos|eyl\u00fcl|ekim"
    "|kas\u0131m|aral\u0131k|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia"
    "|wrze\u015bnia|pa\u017adziernika|listopada|grudnia|januar|januari|februar|februari|mars"
    "|maret|maj|augusti|agustus|oktober|desember|mac|julai|ogos|disember|tammikuuta|helmikuuta"
    "|maaliskuuta|huhtikuuta|toukokuuta|kes\u00e4kuuta|hein\u00e4kuuta|elokuuta|syyskuuta"
    "|lokakuuta|marraskuuta|joulukuuta|ledna|\u00fanora|b\u0159ezna|dubna|kv\u011btna"
    "|\u010dervna|\u010dervence|srpna|z\u00e1\u0159\u00ed|\u0159\u00edjna|listopadu|prosince"
    "|janu\u00e1r|febru\u00e1r|m\u00e1rcius|\u00e1prilis|m\u00e1jus|j\u00fanius|j\u00falius"
    "|augusztus|szeptember|okt\u00f3ber|ianuarie|februarie|martie|aprilie|iunie|iulie"
    "|septembrie|octombrie|noiembrie|decembrie|sije\u010dnja|velja\u010de|o\u017eujka|travnja"
    "|svibnja|lipnja|srpnja|kolovoza|rujna|studenoga|prosinca|pebrero|marso|hunyo|hulyo"
    "|setyembre|oktubre|nobyembre|disyembre|ionawr|chwefror|mawrth|ebrill|mehefin|gorffennaf"
    "|awst|medi|hydref|tachwedd|rhagfyr"
)
MONTHS_ABROAD = frozenset(_MONTHS_ABROAD.split("|"))
ABROAD = sifted(
    r"(?<![\w./-])(?P<whole>(?:3[01]|[12]\d|0?[1-9])(?:\.\s?|\s|-)(?P<month>[^\W\d_]{3,15})"
    r"(?:[\s,-]{1,2}(?:19|20)\d\d)?)(?!\w)",
    re.IGNORECASE,
)
"""A day with a month in a further language: "12 A\u011fustos 1960"."""
DURATION_NEXT = re.compile(
    r"\s?(?:antibiotics|abx|course|review|f/u|follow|fu\b|hx|history)", re.IGNORECASE
)
"""What lasts or comes again after so many sevenths, twelfths or fifty-seconds: "5/7 course"."""
OCCASION_NEXT = re.compile(
    r"\s(?:\w{2,14}\s)?(?:clinic|ward\sround|visit|review|app(?:t|ointment)|f/u|follow-?up|bloods?|labs|seen|admi\w{2,8}|phone|call|mri|ct|cxr"
    r"|echo|scan|uss|ecg|ekg|eeg|x-?ray|note|entry|chemo|session|handover|consult\w{0,6}|theatre|referral|letter|swab|culture)\b",
    re.IGNORECASE,
)
"""An occasion by its day: "11/2 clinic: TSH 8.2"."""
DONE_NEXT = re.compile(
    r"\s(?:\d{1,2}(?:am|pm|:\d\d)\s)?(?:s/p\s|had\s|post\s|urgent\s|emergency\s|elective\s|lap(?:aroscopic)?\s|open\s|left\s|right\s"
    r"|[LR]\s){0,2}(?:cabg|avr|mvr|tavr|tavi|pci|stent\w{0,3}|cath\b|angio\w{0,8}|ablation|ercp|egd|ogd|turp|turbt|tkr|thr|tka|tha|orif|lscs"
    r"|c-?section|nsvd|svd\b|d&c|chole\b|appy\b|appendi\w{1,12}|\w{2,14}(?:ectomy|otomy|ostomy|oscopy|plasty|desis|rrhaphy|centesis)"
    r"|bypass|fusion|amputation|transplant\w{0,6}|biops\w{1,4}|bx\b|transfus\w{1,5}|dialysis|thoracentesis|surgery|(?:re)?admi\w{2,8}|discharge\w?|d/c)(?![\w-])",
    re.IGNORECASE,
)
"""What was done on a day that stands before it, at the head of a clause: "3/17 lap chole"."""
DATED = re.compile(
    r"(?:\b(?:inr|hgb|hb|cr|k|na|a1c|hba1c|egfr|wbc|plt|tsh|trough|level|creatinine"
    r"|potassium)\s(?:of\s)?"
    r"\d+(?:\.\d+)?\s?%?\s|\b(?:on|since|from|dated?|seen|last|visit\w*|admi\w{1,40}|discharg\w{1,40}"
    r"|d/?c['\u2019]?d?"
    r"|started|starting|start|until|till|by"
    r"|through|thru|before|after|as\sof|of|dos|doa|dod|drawn|collected|taken|dx|surgery|appt"
    r"|appointment|f/u|follow-?up"
    r"|scheduled|due|dob|d\.o\.b|born|lmp|edd|edc|adm|op|s/p|pod|labs?|cultures?|echo|ct|mri|cxr"
    r"|xray|scan|biopsy"
    r"|procedure|refill\w*|prescribed|given|ix|inv(?:x|estigations)|results?|imaging|histology|serology|ecg|ekg|eeg|uss|spirometry|held|stopped|increased|decreased|changed|today"
    r"|yesterday|note|call\w*|week\sof"
    r"|tmrw|tmr|tmw|tomorrow|tonight|tdy|yest|yday|date|event|booked|between|effective|clinic|vaccine|dose|signed|dictated|typed|transcribed"
    r"|written|reported|resulted|sent|faxed|received|ordered"
    r"|released|removed|placed|dialysis|chemo\w*|infusion|injection|cycle\s\d|c\d{1,2}d\d{1,2}|session|transfusion|next"
    r"|previous|seizure|fall|fell|bleed|relapse|flare|symptoms|onset|rash|fever|tci|round|handover|readmi\w{1,40}|lkw|exp\w*|transplant\w*|delivery"
    r"|stroke|biopsied|scanned|reviewed|checked|swab|test\w*|vaccinated|jab|booster|fitted|inserted|implanted|replaced|exchanged|applied|sited|changed|returned|arrived|repaired"
    r"|confirmed|diagnosed|(?:ex|in)tubated|weaned|switched|loaded|commenced|completed|finished|ended|expir\w{1,40}|issued"
    r"|tele(?:health|visit|med\w{0,6}|consult)|video\s(?:visit|call|consult)|virtual|closed|opened|cut|done|taken|ordered|cancelled|moved|rebooked"
    r"|(?:booked|scheduled|set|fixed|pushed|put|moved|brought|planned|listed|arranged)\s(?:\w{1,12}\s){0,2}?(?:for|to))"
    r"[\s:=(,]*(?:the\s|on\s|was\s|is\s){0,8}|[(\[]|\d[/-]\d{1,2}\s?(?:[-\u2013]|to|and|&|,|through"
    r"|until)\s?)$",
    re.IGNORECASE,
)
_HAPPENED = (
    r"(?:re)?admitted|discharged|transferred|seen|reviewed|spoke|talked|rang|called|phoned|texted|emailed|visited|attended|presented"
    r"|fainted|collapsed|fell|died|passed\saway|married|moved\sin|came|went|returned|arrived|operated|delivered"
    r"|born|diagnosed|scanned|reported|noticed|complained|bloods?|met|voicemail"
)
_SOMEBODY = (
    r"(?:(?:his|her|their|the|my|our|pts?|patient['\u2019]?s?|a)\s|(?-i:[A-Z])[\w'\u2019-]{1,24}\s){0,3}"
    r"(?:wife|husband|son|daughter|mother|father|mum|mom|dad|sister|brother|partner|carer|family|niece|nephew|aunt|uncle|neighbou?r"
    r"|gp|pcp|nurse|pharmacist|doctor|team|registrar|consultant|midwife|specialist|him|her|them|me|us|patient|pt|(?-i:[A-Z])[\w'\u2019-]{1,24})"
)
HAPPENED = ending(
    rf"\b(?:{_HAPPENED})(?:\s(?:back|in|again|over|off|home|here|out))?"
    rf"(?:\s(?:(?:to|with|by|from|for)\s)?{_SOMEBODY})?,?\s$",
    re.IGNORECASE,
)
"""What happened, and to or with whom: a pair of numbers after it says when."""
NOT_DATED = re.compile(
    r"\s?(?:ago\b|hourly|post\b|limbs|tabs?|tablets?|pills?|strength|power|pain"
    r"|mmhg|points?|score|murmur|systolic"
    r"|diastolic|mg|mcg|ml|kg|cm|mm|g\b"
    r"|weeks?|days?|hours?|hrs?|months?|years?|of\s(?:a|the|an)\b|times|cup|in(?:ch)?\b|units?|dose"
    r"|normal|positive|criteria"
    r"|sirs|edema|reflex\w*|severity|ns\b|saline|dextrose|strengths?|ths?\b|:\d|x\b|ratio|visual"
    r"|vision|per\b)",
    re.IGNORECASE,
)
NO_DATE_BEFORE = re.compile(
    r"(?:\b(?:va|acuity|vision|snellen)\b[^.;\n]{0,24}|\b(?:(?:missed|late|delayed|overdue|early|short|prolonged|extended|cut|shortened)\b[^.;\n]{0,20}\sby"
    r"|bp|pressure|pain|score|strength|power|grade|stage|ratio|vision|va|acuity|gcs|day|course"
    r"|allred|er|pr|apgars?|murmur|mrc|reflex\w*|edema"
    r"|phq-?\d*|gad-?\d*|moca|mmse|asa|nyha|ecog|rated?|scored?|flacc|nrs|vas|wells|curb-?65"
    r"|abcd2|hunt|psa|class|type|dtr\w*|nihss"
    r"|(?<!booked\s)(?<!booked\sit\s)(?<!is\sset\s)(?<!scheduled\s)for|x|over|every|within|review\sin|back\sin|in|took|takes?|taking|give|half|about|gleason"
    r"|bishop|level|peep|fev1/fvc"
    r"|percocet|norco|vicodin|bactrim|humalog|novolin|humulin|novolog|mix|augmentin|symbicort"
    r"|advair|seretide|sinemet|exforge|hyzaar"
    r"|tribenzor|caduet|zestoretic|lotrel|twynsta|azor|dyazide|hydrocodone|oxycodone"
    r"|insulin)\b[\s:=]*(?:is\s|was\s|of\s|at\s){0,8}"
    r"|\d)$",
    re.IGNORECASE,
)
PUBLIC = re.compile(
    r"\b(?:guid(?:eline|ance)s?|fda|ema|mhra|nice|who|cdc|esc|acc|aha|kdigo|ada|gold|nejm|lancet"
    r"|jama|bmj|cochrane"
    r"|approv\w{1,40}|publish\w*|publication|edition|version|updat\w{1,40}|revis\w{1,40}|recall\w*|trial"
    r"|meta-?analysis|statement|recommendations?"
    r"|box(?:ed)?\swarning|label(?:l?ing)?|safety\s(?:alert|communication)|consensus|release\w*"
    r"|withdrawn\sfrom|pandemic|protocol"
    r"|formulary|bnfc?|policy|bulletin|advisory|standards?\sof\scare|paper|article|study|issue|journal"
    r"|prescribing\sinformation|package\sinsert"
    r"|smpc|spc|package\sleaflet|season)\b",
    re.IGNORECASE,
)
PERSONAL = re.compile(
    r"\b(?:pt|patient|he|she|his|her|him|my|i|we|mr|mrs|ms|admitted|seen|dob|born|lmp|surgery"
    r"|started|discharged|underwent"
    r"|diagnosed|year-old|yo|y/o|visit|appointment|labs?|dose|injection|enrolled|last)\b",
    re.IGNORECASE,
)
DAY_FIRST_PLACES = sifted(
    r"\b(?:NHS|GP|A&E|paracetamol|Ltd|haemoglobin|oedema|anaemia|\+44|\+61|\+353)\b"
)
ISSUED = re.compile(
    r"\b(?:guid(?:eline|ance)s?|fda|ema|mhra|nice|approv\w{1,40}|publish\w*|updat\w{1,40}|revis\w{1,40}"
    r"|recall\w*|edition"
    r"|version|label|warning|alert|withdrawn|recommendations?)\b",
    re.IGNORECASE,
)
