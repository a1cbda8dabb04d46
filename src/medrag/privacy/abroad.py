"""Hospitals, homes, schools and employers by the words of other languages than English.

"Lycée Vauquelin", "Fjellbekk barneskole", "Marienkrankenhaus": the kind stands before the name,
after it or within it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.evidence import SOFT, STRONG, Found, Note
from medrag.privacy.sieve import sifted
from medrag.privacy.vocabulary import folded, is_ordinary, listed

_C = r"A-Z\u00c0-\u00de\u0100-\u024f\u1e00-\u1eff"
_CAP = rf"[{_C}][\w'\u2019.-]{{0,40}}[\w]"
_OF = (
    r"(?:(?:de|del|de\sla|de\slas|de\slos|della|dello|delle|dei|degli|di|du|des|do|da|dos|das|la|le|les|las|los|el|il|lo"
    r"|van|van\sde|van\sder|der|den|het|am|an\sder|im|in\sder|zum|zur|und|i|y|e|et|w|we|pw\.|im\.|nr|no\.?|n[°º])\s)"
)
_CARE = (
    r"Hospital(?:\s(?:Universit[a\u00e1]ri[oa]|General|Comarcal|Cl[i\u00ed]nico|Regional|Central|Infantil|Materno)){0,8}"
    r"|Hospitais|H[o\u00f4]pital|Centre\s[Hh]ospitalier|CHU|CHR|Clinique|Cabinet(?:\s[Mm][e\u00e9]dical)?|EHPAD"
    r"|[Mm]aison\sde\s[Rr]etraite|R[e\u00e9]sidence|Pharmacie|Officine|Polyclinique|Maternit[e\u00e9]"
    r"|Ospedale|Policlinico|Azienda\s[Oo]spedaliera|ASL|Casa\sdi\s[Cc]ura|Casa\sdi\s[Rr]iposo|RSA|Residenza|Farmacia"
    r"|Poliambulatorio|Ambulatorio|Istituto"
    r"|Cl[i\u00ed]nica|Centro\sde\s[Ss]alud|Centro\s[Mm][e\u00e9]dico|Consultorio|Sanatorio|Residencia|Hogar|Policl[i\u00ed]nica"
    r"|Posto\sde\s[Ss]a[u\u00fa]de|Santa\sCasa|UBS|Maternidade|Lar|Farm[a\u00e1]cia|Centro\sde\s[Ss]a[u\u00fa]de"
    r"|Krankenhaus|Klinikum|Klinik|Kinderklinik|Fachklinik|Rehaklinik|Praxis|Hausarztpraxis|Gemeinschaftspraxis|MVZ"
    r"|Apotheke|Seniorenheim|Altenheim|Altersheim|Pflegeheim|Seniorenresidenz|Wohnheim|Spital|Kantonsspital|Uniklinik"
    r"|Universit[a\u00e4]tsklinikum|Universit[a\u00e4]tsspital|Sozialstation|Tagesklinik"
    r"|Ziekenhuis|Huisartsenpraktijk|Huisartsenpost|Huisarts|Apotheek|Verpleeghuis|Zorgcentrum|Woonzorgcentrum|Verzorgingshuis"
    r"|Sykehuset|Sykehus|Sjukhuset|V[a\u00e5]rdcentralen|V[a\u00e5]rdcentral|Legesenter|Legekontoret|Legevakten|Sygehuset"
    r"|L[\u00e6]gehuset|Plejehjemmet|Plejecentret|Apotek|Apteekki|Terveyskeskus"
    r"|Szpital|Szpitala|Przychodnia|Apteka|Dom\s[Oo]pieki|Klinika|Nemocnice|Fakultn\u00ed\s[Nn]emocnice|Poliklinika"
    r"|L\u00e9k\u00e1rna|Nemocnica|K\u00f3rh\u00e1z|Spitalul|Policlinica|Bolnica|Dom\s[Zz]dravlja|Klini\u010dki\s[Cc]entar"
    r"|Rumah\s[Ss]akit|RSUD|Puskesmas|Klinik|B\u1ec7nh\s[Vv]i\u1ec7n|Ph\u00f2ng\s[Kk]h\u00e1m|Hastanesi"
)
_SCHOOL = (
    r"Lyc[e\u00e9]e|Coll[e\u00e8]ge|[E\u00c9]cole(?:\s(?:[Mm]aternelle|[Pp]rimaire|[E\u00e9]l[e\u00e9]mentaire))?|Cr[e\u00e8]che|Universit[e\u00e9]"
    r"|Escuela(?:\s(?:[Pp]rimaria|[Ss]ecundaria|[Ii]nfantil))?|Colegio|Liceo|Jard[i\u00ed]n\sde\s[Ii]nfancia|Guarder[i\u00ed]a"
    r"|Universidad|Scuola(?:\s(?:[Mm]aterna|[Ee]lementare|[Mm]edia|[Pp]rimaria))?|Asilo(?:\s[Nn]ido)?|Universit[a\u00e0]|Istituto\s[Tt]ecnico"
    r"|Escola(?:\s(?:[Mm]unicipal|[Ee]stadual|[Pp]rim[a\u00e1]ria))?|Col[e\u00e9]gio|Faculdade|Universidade|Creche"
    r"|Grundschule|Realschule|Hauptschule|Gesamtschule|Volksschule|Mittelschule|Gymnasium|Kindergarten|Kita|Hochschule"
    r"|Universit[a\u00e4]t|Berufsschule|Basisschool|Lyceum|Peuterspeelzaal|Kinderdagverblijf"
    r"|Szko\u0142a(?:\s[Pp]odstawowa)?|Przedszkole|Liceum|Z\u0160|Z\u00e1kladn\u00ed\s\u0161kola|Gymn\u00e1zium|\u015acoala|[S\u0218]coala|Gr\u0103dini\u021ba"
    r"|Osnovna\s\u0161kola|Sekolah|SMA|SD\sNegeri|Tr\u01b0\u1eddng"
)
_SHOP = (
    r"B[a\u00e4]ckerei|Metzgerei|Fleischerei|Autohaus|Gasthof|Gasthaus|Schreinerei|Tischlerei|Spedition|Boulangerie|Boucherie"
    r"|Garage|[E\u00c9]tablissements|Ets\.?|Soci[e\u00e9]t[e\u00e9]|Panader[i\u00ed]a|Taller(?:es)?|F[a\u00e1]brica|Construcciones|Transportes|Padaria"
    r"|Panificio|Trattoria|Officina|Ristorante|Bakkerij|Slagerij|Garagebedrijf|Piekarnia|Zak\u0142ad"
)
_BEFORE = sifted(
    rf"(?<![\w-])(?P<kind>{_CARE}|{_SCHOOL}|{_SHOP})\s{_OF}{{0,3}}[\"\u201e\u201c\u00ab]?(?P<own>{_CAP}|\d{{1,4}}(?=\s{_OF}{{0,2}}[{_C}]))"
    rf"(?:\s{_OF}{{0,2}}{_CAP}){{0,4}}"
)
_AFTER = sifted(
    rf"(?<![\w-])(?P<own>{_CAP})(?:[ ]{_CAP}){{0,2}}[ -]"
    r"(?P<kind>(?i:(?:barne|ungdoms|folke|videreg[a\u00e5]ende\s|grunn?d?)?skol[ea]n?"
    r"|barnehage|b\u00f8rnehave|f\u00f6rskola|gymnas(?:ium|iet)?|sykehus|sykehjem|sjukhus|sygehus|plejehjem|legesenter"
    r"|v\u00e5rdcentral|sairaala|terveysasema|koulu|p\u00e4iv\u00e4koti|lukio"
    r"|kinderdagverblijf|basisschool|ziekenhuis|verpleeghuis|apotheek|apotek|apotheke|grundschule|realschule|schule|kita"
    r"|kindergarten|seniorenheim|altenheim|altersheim|pflegeheim|seniorenresidenz|krankenhaus|klinik(?:um)?|spital|hospital"
    r"|k\u00f3rh\u00e1z|iskola|\u00f3voda|gimn\u00e1zium|hastanesi|eczanesi|okulu|lisesi|bolnica|nemocnice)\b)"
)
_WITHIN = sifted(
    rf"(?<![\w-])(?P<own>[{_C}][\w\u00df-]{{3,}}?)(?:krankenhaus|hospital|klinikum|spital|ziekenhuis|sjukhuset|sykehuset|sjukhus"
    r"|hospitalet|grundschule|gymnasium|realschule|skolen|skolan|schule|barnehage|apotheke|pflegeheim|seniorenheim|stift)"
    r"(?![\w-])"
)
_GENERAL = re.compile(
    r"(?:Kinder|Frauen|Universit\u00e4ts|Kreis|Stadt|Bezirks|Kantons|Lehr|Unfall|Akut|Fach|Haupt|Berufs|Hoch|Grund|Volks|Real|Ober"
    r"|Musik|Fahr|Hunde|Milit\u00e4r|Regional|Lands|L\u00e4ns|Akademisk|Barne|Ungdoms|Non-?|Pre-?|In-?|Out-?|Post-?|Inter-?)s?$"
)
_COMPANY = sifted(
    rf"(?<![\w-])(?P<own>{_CAP})(?:\s(?:&\s|und\s|et\s|y\s|e\s)?{_CAP}){{0,3}},?\s"
    r"(?:GmbH(?:\s&\sCo\.?\sKG)?|&\sCo\.?\sKG|S\.A\.S?\.?|S\.L\.(?:U\.)?|S\.p\.A\.|S\.r\.l\.|SARL|Ltda\.?|Oyj?|B\.V\.|N\.V\.|A/S|ApS|Kft\.?"
    r"|s\.r\.o\.|Sp\.\sz\so\.o\.|Pty(?:\sLtd)?|e\.V\.|A\.\u015e\.|Sdn\sBhd|PT\b)(?!\w)"
)


def find_abroad(note: Note) -> Iterator[Found]:
    """Yield institutions whose kind is a word of another language."""
    for pattern in (_BEFORE, _AFTER, _WITHIN, _COMPANY):
        for match in pattern.finditer(note.text):
            if pattern is _WITHIN and _GENERAL.match(match["own"]):
                continue
            if _is_own(match["own"]) and not note.clinical(*match.span()):
                sure = STRONG if pattern in (_BEFORE, _COMPANY) else SOFT
                yield Found(*match.span(), "organization", sure)


def _is_own(word: str) -> bool:
    """Return whether the word beside the kind is a name and no English or clinical word."""
    key = folded(word.strip(".,'\u2019"))
    names = ("departments", "clinical_words", "wards", "not_names", "makers")
    plain = is_ordinary(key) and key not in listed("surnames") and key not in listed("given_names")
    return key.isdigit() or not (plain or any(key in listed(name) for name in names))
