"""Words that may stand between the name of an analyte, its value and the same in other units."""

import re

LINK = re.compile(
    r"(?:[\s:=(,|-]|\([a-z0-9'. :-]{2,14}\)"
    r"|\((?:sent|taken|drawn|sampled|measured|collected|done)\s[^()]{2,40}\)"
    r"|,\s(?:both\s|each\s|all\s|one\s)?(?:drawn|taken|collected|sent|sampled|obtained|measured|repeated"
    r"|checked|done|run|tested|spun)\s(?:[a-z'-]+\s?){1,6},|\b(?:samples?|specimens?|tests?|assays?)\b"
    r"|\b(?:is|was|were|are|of|at|level|levels|value|values|counts?"
    r"|concentration|result|reading|measured|drawn|sampled|obtained|reported|recorded|found|now|today|only|has|have|been|remains?|rose|fell"
    r"|risen|fallen|increased|decreased|dropped|to|from|as|low|high|elevated|mildly"
    r"|come|gone|went|climbed|crept|settled|drifted|returned|recovered|jumped|dipped|slipped|reached"
    r"|markedly|severely|normal|currently|approximately|about|the|a|an|your|his|her"
    r"|their"
    r"|lies?|sits?|ranges?|runs?|spans?|falls?|reads?|considered|anything|everything|reaches|therapeutic"
    r"|desired|window|arterial|venous|capillary|random|normally|usual|generally|must|kept|stays?"
    r"|(?:for|without|in|on|off|at|by|with|using|before|after|during)\s(?:an?\s|the\s)?(?:[\w-]+\s){1,4}(?=is\b|are\b|was\b|were\b)"
    r"|range|reference|target|goal|between|and|in|serum|shows?|came|back|still|be"
    r"|should|greater|less|than|down|up|above|below|trough|peak|if|when|exceeds?|≥|≤|>"
    r"|<|\+|normal|ratio|score|for|this|most|healthy|adults?|wom[ae]n|men|males?|females?"
    r"|children|infants|patients?|pregnant|non-pregnant|people|fasting|typically|usually"
    r"|this\s(?:morning|afternoon|evening)|yesterday|overnight|on\s(?:admission|arrival)"
    r"|interval|which|that|it|they|showed|gave|(?:as|so)\slong\sas|whenever|within|anywhere|(?:considered|regarded|treated|seen|deemed|taken"
    r"|thought|held|judged|accepted|called|defined|counts?)(?:\sto\sbe|\sas)?|fall|lie|sit|range|run|stay|will\sbe|(?:judged|compared|measured|read|set|held)\s(?:against|with|by|beside))\b)*\Z"
)
FOR = re.compile(
    r"(?:\s(?:as|is)\s(?:the|an?)\s(?:normal|reference|usual|healthy)\s(?:range|interval|values?|limits?))?"
    r"\s(?:for|of)\s(?:serum\s|plasma\s|blood\s)?"
)
"""Words between a range and the name it is of."""
SHORT_LINK = re.compile(
    r"(?:\s(?:in|for)\s(?:healthy\s)?(?:adults|men|women))?[+\s:=(|-]*(?:\b(?:is|was|of|at|level|now|to)\b\s?){0,2}[\s=:(<>≤≥]*\Z"
)
LOOSE_LINK = re.compile(
    r"(?:(?!\s(?:and|or|but|nor|if|when|while|with|without|by|per|every|each|give[ns]?|add\w*|replac\w*|infus\w*"
    r"|dos\w+|takes?|bags?|supplements?|loads?|rises?|falls?|drops?|increas\w*|decreas\w*|chang\w*|differ\w*"
    r"|gradient|gap|target|start\w*|than|plus|minus|as|repeat\w*|recheck\w*|check\w*|follow\w*|until|so|then"
    r"|because|due|to(?!\sbe\b)|from|who|whose|whom)\b)\s[a-z][a-z'-]*){1,9}?\s(?:is|was|are|were|be|number|measures?"
    r"|lies?|runs?)(?:\s(?:about|around|roughly|approximately|only|just|still|now|somewhere|between|up\sto"
    r"|usually|normally|at|from))*\s\Z"
)
"""Any words but those of another thing, where the number has a unit of the analyte's own."""
OF_LINK = re.compile(r"[\s:=(]*(?:(?:of|at)\s)?(?:only\s|about\s)?\Z")
EQUALS = re.compile(
    r",?\s?(?:=|that\sis,?|meaning|≙|/|\((?:=\s?|i\.e\.,?\s?|that\sis,?\s?|about\s"
    r"|equivalent\sto\s|or\s|approximately\s)?|≈"
    r"|or|is|equals|i\.e\.,?|,?\swhich\sis|\bis\sequivalent\sto|is\sthe\ssame\sas"
    r"|(?:converts|translates)\s(?:in)?to|corresponds\sto|is\sequal\sto|in\s(?:si|us|conventional|metric)\sunits(?:\s(?:that\s)?is|:|,)?)\s?(?:about\s|approximately\s"
    r"|roughly\s|around\s)?\Z"
)
