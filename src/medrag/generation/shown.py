"""How a passage is shown to a model, and the way back to the passage's own words.

Prompt, grammar and parser share this one view. White space inside a sentence becomes single
spaces, invisible characters go, and what could be taken for a control token or for the
prompt's own markup is broken up by an invisible word joiner: a document that holds
`<end_of_turn>` stays text. The parser turns shown words back into the passage's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.core.answer import Quote
from medrag.core.document import Passage
from medrag.core.span import Span
from medrag.text import citable, is_inside_token, sentences

JOINER = "\u2060"
"""Word joiner: no width, no break, no token of any control sequence."""
ELISION = " … "
"""Between the pieces of a quotation, whether or not something stands between them."""

# `<x`, `</x>`, `<|x` and their full-width twins begin every chat markup known (Gemma, ChatML,
# Llama 3, DeepSeek) and our own passage tags; `[INST]` and kin are Mistral's, `[2.3]` is the id
# of a sentence. `<30`, `< 5` and `[INR]` are clinical and stay.
_MARKUP = re.compile(
    r"<(?=[A-Za-z_/|｜!?<])"
    r"|\[(?=/?(?:INST|IMG|ARGS|AUDIO|THINK|[A-Z]+_[A-Z_]+|gMASK|sop|multimodal)\]|\d+\.\d+\])"
)
_SAYS = re.compile(r"[^\W_]")
_GAP = re.compile(r"\s+")
_KEPT_FORMAT = frozenset("\u200c\u200d")  # joiners that spell words in Persian and Indic scripts


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, table row or list item.

    Attributes:
        text: As shown to the model: one line, not blank.
        span: Where it stands in the passage's text.
        breaks: Whether a line ends between the unit before and this one.
    """

    text: str
    span: Span
    breaks: bool


@dataclass(frozen=True, slots=True)
class Quotable:
    """What can be quoted at once: a sentence, an item with its lead-in, a row with its header.

    Attributes:
        lead: What must stand before the statement, as shown, with the marks that part them;
            mostly empty.
        statement: The sentence, item or row itself, as shown.
        parts: Where both stand in the passage's text, in order.
    """

    lead: str
    statement: str
    parts: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The whole quotation on one line, as a model writes it."""
        return self.lead + self.statement


def inert(text: str) -> str:
    """Return `text` on one line, with nothing in it that a tokenizer or reader takes as markup."""
    return _MARKUP.sub(lambda match: match.group() + JOINER, visible(text))


def visible(text: str) -> str:
    """Return `text` as a reader sees it, on one line.

    Controls and white space become single spaces; marks of direction and characters without
    width go, and so do halves of characters: none of them can hide or turn a word.
    """
    seen = text
    if not (text.isascii() and text.isprintable()):
        seen = "".join(_visible(char) for char in text)
    return " ".join(seen.split())


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs" or (category == "Cf" and char not in _KEPT_FORMAT):
        return ""  # half a character cannot be written as UTF-8
    # The mark by which sentencepiece vocabularies spell a blank cannot be written otherwise.
    return " " if category == "Cc" or char.isspace() or char == "\u2581" else char


def units(passage: Passage) -> tuple[Unit, ...]:
    """Return the units of a passage, in text order; empty where it holds no words."""
    return _units(passage.text)


@lru_cache(maxsize=256)
def _units(passage_text: str) -> tuple[Unit, ...]:
    found: list[Unit] = []
    end = 0
    for span in sentences(passage_text):
        text = inert(span.of(passage_text))
        if text:
            found.append(Unit(text, span, "\n" in passage_text[end : span.start]))
            end = span.end
    return tuple(found)


def quotables(passage: Passage) -> tuple[Quotable, ...]:
    """Return what can be quoted of a passage, in text order; number n is `quotables[n - 1]`.

    Each is what the gate verifies as it stands, and no two are shown in the same words: where
    a sentence is repeated under the same heading its first place is meant.
    """
    return _quotables(passage.text, passage.section[-1] if passage.section else "")


@lru_cache(maxsize=256)
def _quotables(passage_text: str, heading: str) -> tuple[Quotable, ...]:
    found: dict[str, Quotable] = {}
    for unit in citable(passage_text, heading):
        parts = (*_joined(unit.over, passage_text), unit.span)
        *over, statement = (inert(span.of(passage_text)) for span in parts)
        if statement:
            made = Quotable("".join(text + ELISION for text in over), statement, parts)
            found.setdefault(made.text, made)
    return tuple(found.values())


def _joined(spans: Sequence[Span], passage_text: str) -> list[Span]:
    """Return the spans, those as one that nothing visible parts."""
    joined: list[Span] = []
    for span in spans:
        side_by_side = joined and not inert(passage_text[joined[-1].end : span.start])
        start = joined.pop().start if side_by_side else span.start
        joined.append(Span(start=start, end=span.end))
    return joined


def shown(passage: Passage, *, number: int | None = None) -> str:
    """Return the passage as a prompt shows it: its units, with the passage's line breaks.

    With `number`, that of the passage in the prompt, the id of each quotable statement stands
    before it: `[2.3]` is the third of passage 2.
    """
    ids: dict[int, str] = {}
    if number is not None:
        for place, quotable in enumerate(quotables(passage), start=1):
            ids.setdefault(quotable.parts[-1].start, f"[{number}.{place}] ")
    parts: list[str] = []
    for place, unit in enumerate(units(passage)):
        parts.append(("\n" if unit.breaks else " ") * (place > 0))
        parts.append(ids.get(unit.span.start, "") + unit.text)
    return "".join(parts)


def quoted_parts(quotable: Quotable, passage: Passage) -> tuple[Quote, ...]:
    """Return the quotations that a quotable consists of, in the passage's own words."""
    return tuple(
        Quote(passage_id=passage.id, text=span.of(passage.text), span=span)
        for span in quotable.parts
    )


def statement_words(quotable: Quotable, passage: Passage) -> tuple[Unit, ...]:
    """Return the words of a statement, each as a unit; numbers keep their units and signs.

    Any run of them can be quoted where single words may be: none of them cuts a token, and
    none is a mark alone.
    """
    span = quotable.parts[-1]
    return _words_within(passage.text, span.start, span.end)


@lru_cache(maxsize=64)
def _words(passage_text: str) -> tuple[Unit, ...]:
    found: list[Unit] = []
    for unit in _units(passage_text):
        found += _words_within(passage_text, unit.span.start, unit.span.end)
    return tuple(found)


@lru_cache(maxsize=1024)
def _words_within(passage_text: str, start: int, end: int) -> tuple[Unit, ...]:
    found: list[Unit] = []
    for match in _GAP.finditer(passage_text, start, end):
        before = _SAYS.search(passage_text, start, match.start())
        after = _SAYS.search(passage_text, match.end(), end)
        if before and after and not is_inside_token(passage_text, match.end()):
            found += _word(passage_text, start, match.start())
            start = match.end()
    return (*found, *_word(passage_text, start, end))


def _word(passage_text: str, start: int, end: int) -> list[Unit]:
    text = inert(passage_text[start:end])
    return [Unit(text, Span(start=start, end=end), breaks=False)] if text else []


def source_quotes(quoted: str, passage: Passage) -> tuple[Quote, ...]:
    """Return what `quoted` quotes, in the passage's own words where it is a run of its words.

    The exact inverse of showing: a quotable gives its parts with their places; another run of
    words gives its slice, with its place where that is the only one. Anything else comes back
    as it is, without the joiners that showing put in, for the gate to judge.
    """
    wanted = " ".join(quoted.split())
    for quotable in quotables(passage):
        if quotable.text == wanted:
            return quoted_parts(quotable, passage)
    places = _runs(wanted, _words(passage.text))
    if not places:
        return (Quote(passage_id=passage.id, text=quoted.replace(JOINER, "")),)
    source = places[0].of(passage.text)
    place = places[0] if len(places) == 1 else None
    return (Quote(passage_id=passage.id, text=source, span=place),)


def words_quotes(quoted: str, quotable: Quotable, passage: Passage) -> tuple[Quote, ...]:
    """Return what `quoted` quotes of one statement, with its place where it is a run of words.

    All of its words are the statement itself, with what leads into it.
    """
    wanted = " ".join(quoted.split())
    if wanted == quotable.statement:
        return quoted_parts(quotable, passage)
    places = _runs(wanted, statement_words(quotable, passage))
    if not places:
        return (Quote(passage_id=passage.id, text=quoted.replace(JOINER, "")),)
    return (Quote(passage_id=passage.id, text=places[0].of(passage.text), span=places[0]),)


def places_of(quoted: str, passage: Passage) -> list[Span]:
    """Return where in a passage a run of its words stands that reads as `quoted`, in order."""
    return _runs(inert(quoted), _words(passage.text))


def _runs(wanted: str, found: Sequence[Unit]) -> list[Span]:
    """Return the places where a run of these words reads `wanted`."""
    flat = " ".join(word.text for word in found)
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    at = 0
    for word in found:
        starts[at] = word.span.start
        at += len(word.text)
        ends[at] = word.span.end
        at += 1
    places = []
    at = flat.find(wanted)
    while at >= 0 and wanted:
        if at in starts and at + len(wanted) in ends:
            places.append(Span(start=starts[at], end=ends[at + len(wanted)]))
        at = flat.find(wanted, at + 1)
    return places
