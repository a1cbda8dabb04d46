"""What belongs to the page and not to the text: running heads, page numbers, line numbers.

Found by looking at all pages together, because one page alone cannot tell a running head from a
heading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from medrag.documents.pdf_line_numbers import line_numbers, without_line_numbers
from medrag.documents.pdf_lines import Fragment, fragments_of
from medrag.documents.pdf_page import PageContent, Rule, Word
from medrag.documents.pdf_running import NUMBER_ALONE, edges_of, running_lines
from medrag.documents.pdf_torn import untorn

_RULE_AWAY = 9.0  # points: rules of tables stand nearer to their rows, those of heads further off
_SHARE_OF_PAGES = 0.3
_ROMAN = re.compile(r"[ivxlc]+|[IVXLC]+")


@dataclass(frozen=True, slots=True)
class CleanPage:
    """A page without furniture, its text as fragments."""

    content: PageContent
    label: str | None
    fragments: tuple[Fragment, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page with its text as fragments, furniture still there.

    Attributes:
        numbers: What may be line numbers.
    """

    content: PageContent
    fragments: tuple[Fragment, ...]
    numbers: tuple[Word, ...] = ()


def prepared(content: PageContent) -> RawPage:
    """Return what can be said about one page alone."""
    content = _on_the_page(content)
    return RawPage(content, _fragments(content), line_numbers(content))


def _fragments(content: PageContent) -> tuple[Fragment, ...]:
    return tuple(untorn(fragments_of(content.words)))


def _on_the_page(content: PageContent) -> PageContent:
    """Return a page without words outside what is shown of it: nobody could look them up there.

    Where most words stand outside, the file is wrong about its page, not about its words.
    """
    shown = tuple(
        word
        for word in content.words
        if 0 <= (word.left + word.right) / 2 <= content.width
        and 0 <= (word.top + word.bottom) / 2 <= content.height
    )
    few = 2 * len(shown) < len(content.words)
    return content if few or len(shown) == len(content.words) else replace(content, words=shown)


def _numbers_gone(pages: Sequence[RawPage]) -> list[RawPage]:
    """Return the pages without line numbers, where most pages have them.

    A table of years on one page counts up too; the lines of a manuscript do it on every page.
    """
    with_text = [page for page in pages if page.fragments]
    cleaned = without_line_numbers(
        [page.content for page in with_text], [page.numbers for page in with_text]
    )
    made = {
        page.content.number: RawPage(content, _fragments(content))
        for page, content in zip(with_text, cleaned, strict=True)
        if content is not None
    }
    return [made.get(page.content.number, page) for page in pages]


def clean_pages(raw: Sequence[RawPage]) -> list[CleanPage]:
    """Return the pages without running heads, feet, page numbers and line numbers.

    A line in the top or bottom eighth of the page is furniture where the same words stand at the
    same height on three pages or more, and on 30 % of all; in documents of two to four pages, on
    two. Its numbers must be the same too, or count the pages. A number alone there is furniture
    where it counts the pages. Captions of tables that go on overleaf stay, and so do rows that
    stand with another row of their table, whatever they say.
    A page's label is the file's own, else the number printed in a running head or foot where
    that keeps its distance to the physical number on most pages.
    """
    kept_pages = _numbers_gone(raw)
    numbered = [page.content for page in kept_pages]
    pages = [page.fragments for page in kept_pages]
    running = running_lines(numbered, pages, _least(len(numbered)))
    offset = _number_offset(numbered, pages)
    repeated_rules = _repeated_rules(numbered)
    cleaned: list[CleanPage] = []
    for content, fragments, gone in zip(numbered, pages, running, strict=True):
        kept = []
        printed = None
        edges = edges_of(fragments, content)
        for at, (fragment, edge) in enumerate(zip(fragments, edges, strict=True)):
            number = edge and _printed_number(fragment, content, offset)
            if number:
                printed = number
            elif at not in gone:
                kept.append(fragment)
        if printed is None and offset is not None:
            printed = str(content.number + offset) if content.number + offset > 0 else None
        cleaned.append(
            CleanPage(
                content=content,
                label=content.label or printed,
                fragments=tuple(kept),
                rules=_inner_rules(content.rules, kept, repeated_rules),
            )
        )
    return cleaned


def _least(pages: int) -> int:
    return 2 if pages <= 4 else max(3, round(_SHARE_OF_PAGES * pages / 2))


def _repeated_rules(contents: Sequence[PageContent]) -> set[tuple[int, ...]]:
    places = Counter(place for c in contents for place in {_rule_place(rule) for rule in c.rules})
    least = _least(len(contents))
    return {place for place, count in places.items() if count >= least}


def _rule_place(rule: Rule) -> tuple[int, ...]:
    return tuple(round(edge / 3) for edge in rule)


def _inner_rules(
    rules: Sequence[Rule], kept: Sequence[Fragment], repeated: set[tuple[int, ...]]
) -> tuple[Rule, ...]:
    """Leave out rules that stand on many pages above or below all text: those of running heads."""
    top = min((fragment.top for fragment in kept), default=0.0)
    bottom = max((fragment.bottom for fragment in kept), default=0.0)
    return tuple(
        rule
        for rule in rules
        if _rule_place(rule) not in repeated
        or (rule.top > top - _RULE_AWAY and rule.bottom < bottom + _RULE_AWAY)
    )


# --- Page numbers --------------------------------------------------------------------------


def _number_offset(
    contents: Sequence[PageContent], pages: Sequence[Sequence[Fragment]]
) -> int | None:
    """Return printed minus physical number, where most pages with a number agree."""
    offsets: Counter[int] = Counter()
    for content, fragments in zip(contents, pages, strict=True):
        found = {
            int(match[1]) - content.number
            for fragment, edge in zip(fragments, edges_of(fragments, content), strict=True)
            if edge and (match := NUMBER_ALONE.fullmatch(fragment.text)) and match[1].isdigit()
        }
        offsets.update(found)
    if not offsets:
        return None
    offset, count = max(offsets.items(), key=lambda pair: (pair[1], -abs(pair[0])))
    return offset if count >= max(2, 0.4 * len(contents)) else None


def _printed_number(fragment: Fragment, page: PageContent, offset: int | None) -> str | None:
    match = NUMBER_ALONE.fullmatch(fragment.text)
    if match is None:
        return None
    printed = match[1]
    if printed.isdigit():
        return printed if offset is not None and int(printed) - page.number == offset else None
    return printed if _ROMAN.fullmatch(printed) and _roman(printed) <= page.number else None


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[char] for char in text.lower()]
    following = [*values[1:], 0]
    return sum(-a if a < b else a for a, b in zip(values, following, strict=True))
