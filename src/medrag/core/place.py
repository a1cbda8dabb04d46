"""Where words stand, in words a reader can follow."""

from __future__ import annotations

from collections.abc import Sequence

from medrag.core.document import Page, Source


def page_label(pages: Sequence[Page]) -> str:
    """Return `page 3`, `pages 3-4`, or `page 3 (printed 617)`; empty for no pages."""
    if not pages:
        return ""
    first, last = pages[0], pages[-1]
    if first.number == last.number:
        printed = (
            f" (printed {first.label})" if first.label not in {None, str(first.number)} else ""
        )
        return f"page {first.number}{printed}"
    labels = [page.label or str(page.number) for page in (first, last)]
    printed = f" (printed {labels[0]}-{labels[1]})"
    if labels == [str(first.number), str(last.number)]:
        printed = ""
    return f"pages {first.number}-{last.number}{printed}"


def place_of(source: Source, section: Sequence[str], pages: Sequence[Page]) -> str:
    """Return title, edition, pages and section of a place, as far as they are known.

    A date stands in for an edition that is not stated; headings that only repeat the title
    are left out.
    """
    edition = source.edition or str(source.published or source.effective or "")
    if edition.isdigit() and len(edition) < 4:
        edition = f"edition {edition}"
    title = " ".join(source.title.split())
    parts = [title, edition, page_label(pages), headings_of(source, section)]
    return ", ".join(part for part in parts if part)


def headings_of(source: Source, section: Sequence[str]) -> str:
    """Return `Treatment > Dosing`, without a first heading that only repeats the title."""
    title = " ".join(source.title.split())
    headings = [" ".join(heading.split()) for heading in section]
    if headings and headings[0].casefold() == title.casefold():
        headings = headings[1:]
    return " > ".join(headings)
