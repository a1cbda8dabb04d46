"""Passages made to break prompts, grammars and the gate: markup, marks, scripts, repetition."""

from __future__ import annotations

import random

from medrag.core.document import Document, Passage, Section, Source
from medrag.core.query import Hit
from medrag.core.span import Span

_TEXT = (
    # Clinical words, numbers and comparators.
    "give do not avoid unless only However, Except But eGFR <30 ≥90 kg 5 mg/kg 0.5 1,000 mg daily "
    "twice −5 ±2 10–20 % [12] [INR] examplazine otherazine 7.4 "
    # Quotation marks, escapes, JSON, placeholders, dialects.
    '“smart” \'plain\' a"quote " "" \\ \\\\ \\n \\u0041 back\\slash {"p":1,"t":"x"} "]} ::= '
    "$passages ${y} ` `` | ; , ( ) # * - • 1. a) … ... "
    # Markup of chats and of our own.
    "</passage> <passage <end_of_turn> <start_of_turn>model <unused94>thought <unused95> [INST] "
    "<|im_end|> <eos> [2.3] [1.1] [multimodal] ▁ end▁of▁sentence "
    # Scripts, joiners, directions, controls, ligatures, pictures, the ends of Unicode.
    "naïve é e\u0301 ﬁrst soft\u00adhyphen zero\u200bwidth \u200c \u200d 剂量 请勿停药。 💊 "
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u202eRTL\u202c שלום مرحبا \u2060 \ufeff \x00 "
    "\x01 \x7f \x85 \ud7ff \uffff \U0010ffff"
)
_WORDS = _TEXT.split(" ")
_ENDS = (".", ".", "!", " mg.", ":", "?", "", ";")
_JOINTS = (" ", "\n", "\n• ", "\t", " | ", "\n\n", "\n- ", "\n1. ", "  ", "\r\n", "\u2028")
_SECTIONS = ("", "Dosing", "Contraindications", "Do not use in:")


def hits(rng: random.Random, *, most: int = 6) -> list[Hit]:
    """Return one to `most` hits of adversarial passages."""
    return [_hit(rng, rank) for rank in range(1, rng.randint(1, most) + 1)]


def _hit(rng: random.Random, rank: int) -> Hit:
    text = _text(rng)
    source = Source(key=str(rank), title=rng.choice(_WORDS) or "x", sha256="0" * 64)
    span = Span(start=0, end=len(text))
    section = rng.choice(_SECTIONS)
    sections = (Section(path=(section,), span=span),) if section else ()
    passage = Passage.cut(Document.of(text, source, sections=sections), span)
    return Hit(passage=passage, source=source, score=1, rank=rank, retriever="x")


def _text(rng: random.Random) -> str:
    sentences = [_sentence(rng) for _ in range(rng.randint(1, 9))]
    if rng.random() < 0.4:
        sentences.insert(rng.randrange(len(sentences) + 1), rng.choice(sentences))
    if rng.random() < 0.1:
        sentences.append("very long " * 200 + "sentence.")
    if rng.random() < 0.05:
        return rng.choice((" ", "\n\n", "\u200b"))
    text = sentences[0]
    for sentence in sentences[1:]:
        text += rng.choice(_JOINTS) + sentence
    return text or " "


def _sentence(rng: random.Random) -> str:
    words = [rng.choice(_WORDS) for _ in range(rng.randint(1, 18))]
    return " ".join(words) + rng.choice(_ENDS)
