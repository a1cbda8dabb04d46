"""Ways of writing one name: those that can sign, and those that could show as another."""

from __future__ import annotations

import unicodedata

PERSON = "Dr José Person"

SAME_AND_SIGNABLE = {
    "case": "DR JOSÉ PERSON",
    "spaces": "Dr  José   Person ",
    "a no-break space": "Dr\u00a0José Person",
    "an ideographic space": "Dr\u3000José Person",
    "decomposed accents": unicodedata.normalize("NFD", PERSON),
    "a full width letter": "Ｄr José Person",
    "a long s": "Dr José Perſon",
    "mathematical letters": "Dr José 𝐏𝐞𝐫𝐬𝐨𝐧",
    "a stop after the title": "Dr. José Person",
    "no title": "José Person",
    "titles in a row": "Prof. Dr. José Person",
    "a degree": "José Person, MD PhD",
    "a symbol like a letter": "Dr José P℮rson",
    "no accent": "Dr Jose Person",
    "a stroke": "Dr Jøsé Person",
    "small capitals": "Dr José Pᴇʀꜱᴏɴ",
    "a hyphen": "Dr José Per-son",
    "the family name first": "Person, Dr José",
    "an overlay": "Dr José P\u0336erson",
    "a symbol": "Dr José Person ☤",
    "phonetic letters": "Dr ȷosé Persoɴ",
    "a word of look-alikes": "Dr Јоѕе Person",
}
SAME_BUT_REFUSED = {
    "a zero width space": PERSON + "\u200b",
    "a joiner": "Dr José\u200d Person",
    "a byte order mark": "\ufeff" + PERSON,
    "a soft hyphen": "Dr Jo\u00adsé Person",
    "a Cyrillic e": "Dr José Pеrson",
    "a Greek omicron": "Dr José Persοn",
    "a direction override": "\u202d" + PERSON + "\u202c",
    "a Hangul filler": PERSON + "\u3164",
    "a null": PERSON + "\0",
    "a variation selector": PERSON + "\ufe0f",
    "a tag": PERSON + "\U000e0041",
    "a word joiner": "Dr Jo\u2060sé Person",
    "a grapheme joiner": "Dr Jo\u034fsé Person",
    "half a character": PERSON + "\ud800",
    "an escape sequence": PERSON + "\x1b",
    "a line separator": "Dr José\u2028Person",
}
