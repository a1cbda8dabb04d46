"""Fuzz run of the quotation gate and of the text under it: no input may break a promise.

    python benchmarks/fuzz_quotes.py [-max_total_time=600] [CORPUS_DIR]

Coverage-guided (atheris, which is not a dependency of medrag: `pip install atheris`). Looks for
an exception, a span that is not the passage's own slice, an origin map that lies, a second
normalization that changes something, and a verified quotation whose digits are not the source's.
Exits with the failing input where it finds one.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["medrag.quotes", "medrag.text"]):
    from medrag.quotes import verify_quote
    from medrag.text import citable, normalize, segment, sentences

ALPHABET = (
    "abcdeEGLMmgnotif 0123456789.,;:!?()[]{}<>=+-–—−/%|\t\n\r\f•*_#'\"«»“”’…°µμ²³⁹⁻½₂ﬁﬀ"
    "\u00a0\u00ad\u0301\u0338\u200b\u200f\u2009\u202e\u202c\u2060\ufeff×±≥≤~^©®†‡§¶ÅёО٥Ⅳℓ"
)
WORDS = (
    " not ", " mg ", " unless ", "Contraindications:\n", "\n- ", "\n| a | 5 |", "Table 1. Dose\n",
    " … ", " ... ", "However, this does not apply. ", " 10 mg ", "\n\n", "  |  ", "\n1. ", " 5.1 ",
)  # fmt: skip


def text_of(provider: atheris.FuzzedDataProvider, longest: int) -> str:
    """Return text in which what the gate looks for is likelier than chance."""
    pieces = []
    for _ in range(provider.ConsumeIntInRange(0, longest)):
        kind = provider.ConsumeIntInRange(0, 9)
        if kind == 0:
            pieces.append(WORDS[provider.ConsumeIntInRange(0, len(WORDS) - 1)])
        elif kind == 1:
            pieces.append(provider.ConsumeUnicodeNoSurrogates(2))
        else:
            pieces.append(ALPHABET[provider.ConsumeIntInRange(0, len(ALPHABET) - 1)])
    return "".join(pieces)


def digits(text: str) -> str:
    return "".join(char for char in normalize(text).text if char.isdigit())


def check(data: bytes) -> None:
    """Raise where a promise is broken for the text that `data` stands for."""
    provider = atheris.FuzzedDataProvider(data)
    passage = text_of(provider, 120)
    if provider.ConsumeBool() and passage:
        start = provider.ConsumeIntInRange(0, len(passage) - 1)
        quote = passage[start : provider.ConsumeIntInRange(start, len(passage))]
    else:
        quote = text_of(provider, 40)
    match = verify_quote(quote, passage)
    if match.span is not None and match.text != match.span.of(passage):
        raise AssertionError("the shown text is not the source's")
    plain = not any(mark in quote for mark in ("…", "...", ". .", "* *"))
    if match.verified and plain and digits(quote) not in digits(match.text or ""):
        raise AssertionError(f"digits: {quote!r} in {passage!r}")
    folded = normalize(passage)
    if len(folded.text) != len(folded.origin) or list(folded.origin) != sorted(folded.origin):
        raise AssertionError("the origin map lies")
    if normalize(folded.text).text != folded.text:
        raise AssertionError(f"not idempotent: {passage!r}")
    for one in citable(passage):
        one.quotation(passage)
    if len(segment(passage)) < len(sentences(passage)):
        raise AssertionError("a sentence without a unit")


def main() -> None:
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
