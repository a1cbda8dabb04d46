"""The elements of HTML content as blocks: headings, paragraphs, lists, tables."""

from __future__ import annotations

from lxml import etree

from medrag.documents.composer import ITEM_MARK, Composer, clean, row_line
from medrag.documents.html_content import is_left_out
from medrag.documents.html_opened import is_panel, tab_titles
from medrag.documents.markup import append_inline, inline, local, table_rows
from medrag.documents.torn import goes_on

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BOLD_LEVEL = 7  # below every h1 to h6
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_CONTAINERS_NAMES = (
    "address article aside blockquote body caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form header hgroup hr html legend li main ol p pre section summary "
    "table tbody td tfoot th thead tr ul menu"
)
_CONTAINERS = frozenset(_CONTAINERS_NAMES.split()) | frozenset(_HEADINGS)
_TABLE_ROLES = frozenset({"table", "grid", "treegrid"})
_CELL_ROLES = frozenset({"cell", "gridcell", "columnheader", "rowheader"})
_LINK_SIGNS = frozenset("#§¶∞⚓🔗")
_IN_CELLS = frozenset({"table", "ul", "ol", *_HEADINGS})
_NOT_RUNNING = _CONTAINERS | {"br", "button"}
_DEFINING = frozenset({"dl", "dt", "dd"})
_IN_DEFINITIONS = _IN_CELLS | _DEFINING


def write_blocks(element: etree._Element, composer: Composer) -> None:
    """Add the content of an HTML element to `composer` in reading order."""
    writer = _Writer(composer)
    writer.children(element)
    writer.flush()


class _Writer:
    """Walks a tree; holds the inline text of the paragraph that is open."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._inline: list[str] = []
        self._tabs: dict[str, str] | None = None

    def flush(self) -> None:
        """Close the open paragraph."""
        if self._inline:
            self._composer.paragraph("".join(self._inline))
            self._inline.clear()

    def children(self, element: etree._Element) -> None:
        self._inline.append(element.text or "")
        torn = _torn(element)
        for child in element:
            if child in torn:
                self.flush()
                self._composer.paragraph(inline(child, leave=is_left_out), continues=True)
            elif not is_left_out(child):
                self._element(child)
            self._inline.append(child.tail or "")

    def _element(self, element: etree._Element) -> None:
        name = local(element)
        if name == "br" and self._ends_with_break():
            self.flush()
        elif name not in _CONTAINERS and name != "button" and not _holds_block(element):
            append_inline(element, self._inline, leave=is_left_out)
            if name == "br":
                self._inline.append("\n")
        else:
            self.flush()
            self._block(element, name)
            self.flush()

    def _ends_with_break(self) -> bool:
        """Two `br` in a row are how old pages end a paragraph."""
        for part in reversed(self._inline):
            if part.strip():
                return False
            if part == "\n":
                return True
        return False

    def _block(self, element: etree._Element, name: str) -> None:
        if name == "p" and _is_bold_title(element):
            self._composer.heading(inline(element, leave=is_left_out), _BOLD_LEVEL)
        elif name in _HEADINGS:
            self._composer.heading(_heading(element), _HEADINGS[name])
        elif name == "button":
            self._composer.heading(inline(element, leave=is_left_out), _BOLD_LEVEL)
        elif name == "table":
            self._table(element)
        elif name in _LISTS:
            self._lines(list(_items(element)))
        elif name == "dl":
            self._definitions(element)
        elif (element.get("role") or "").lower() in _TABLE_ROLES and (rows := _role_rows(element)):
            self._composer.rows(rows)
        elif name == "pre":
            self._preformatted(element)
        elif is_panel(element) and (title := self._tab_of(element)):
            self._composer.heading(title, _BOLD_LEVEL)
            self.children(element)
            self.flush()
            self._composer.close(_BOLD_LEVEL)
        else:
            self.children(element)

    def _tab_of(self, panel: etree._Element) -> str:
        """Return what the tab of a panel says, which stands in a list of tabs above them all."""
        if self._tabs is None:
            self._tabs = tab_titles(panel.getroottree().getroot())
        names = [panel.get("id") or "", *(panel.get("aria-labelledby") or "").split()]
        return next((self._tabs[name] for name in names if name in self._tabs), "")

    def _lines(self, items: list[etree._Element | str]) -> None:
        """Write lines of text as one block, broken where an element needs a block of its own."""
        lines: list[str] = []
        for item in items:
            if isinstance(item, str):
                lines.append(item)
            else:
                self._composer.lines(lines)
                lines = []
                self._block(item, local(item))
                self.flush()
        self._composer.lines(lines)

    def _definitions(self, element: etree._Element) -> None:
        """Write each term with its definitions on one line: `term: definition`."""
        lines: list[etree._Element | str] = []
        last = _define(element, "", lines)
        self._lines([*lines, last])

    def _preformatted(self, element: etree._Element) -> None:
        parts: list[str] = []
        append_inline(element, parts, leave=is_left_out)
        for block in "".join(parts).split("\n\n"):
            self._composer.lines(block.split("\n"))

    def _table(self, element: etree._Element) -> None:
        if _is_layout(element):
            for cell in element.iter("caption", "td", "th"):
                if _table_of(cell) is element:
                    self.children(cell)
                    self.flush()
            return
        caption = next((c for c in element if local(c) == "caption"), None)
        title = inline(caption, leave=is_left_out) if caption is not None else ""
        rows = table_rows(element, lambda cell: inline(cell, leave=is_left_out))
        self._composer.lines([title, *(row_line(row) for row in rows)])


def _torn(parent: etree._Element) -> set[etree._Element]:
    """Return the paragraphs directly inside an element that go on with the one before them."""
    found: set[etree._Element] = set()
    run: list[etree._Element] = []
    for child in (*parent, None):
        if child is not None and not local(child):
            continue  # a comment
        if child is not None and _is_plain(child):
            run.append(child)
            if not (child.tail or "").strip():
                continue
        if len(run) > 1:
            torn = goes_on([inline(each, leave=is_left_out) for each in run])
            found.update(each for each, is_torn in zip(run, torn, strict=True) if is_torn)
        run = []
    return found


def _is_plain(element: etree._Element) -> bool:
    """Return whether an element is one paragraph of running text and nothing else."""
    return (
        local(element) == "p"
        and not is_left_out(element)
        and not _holds_any(element, _NOT_RUNNING)
        and not _is_bold_title(element)
    )


def _heading(element: etree._Element) -> str:
    """Return a heading's words, without the sign that only links to it (`Dosing ¶`)."""

    def leave(inside: etree._Element) -> bool:
        is_link = local(inside) == "a" and "".join(inside.itertext()).strip() in _LINK_SIGNS
        return is_link or is_left_out(inside)

    return inline(element, leave=leave)


def _is_bold_title(element: etree._Element) -> bool:
    """Return whether a paragraph is one short bold phrase: a heading in all but name."""
    text = inline(element, leave=is_left_out)
    bold = "".join("".join(e.itertext()) for e in element.iter("b", "strong"))
    short = 2 < len(text) <= 100 and text[0].isupper() and text[-1] not in ".,;:"
    in_cell = any(local(a) in {"td", "th", "li"} for a in element.iterancestors())
    return short and not in_cell and clean(bold) == clean("".join(element.itertext()))


def _holds_block(element: etree._Element) -> bool:
    return any(local(inside) in _CONTAINERS for inside in element.iterdescendants())


def _role_rows(table: etree._Element) -> list[list[str]]:
    """Return the rows of a table that is drawn by other elements and says so by their roles."""
    rows = (row for row in table.iterdescendants() if row.get("role") == "row")
    found = (
        [
            inline(cell, leave=is_left_out)
            for cell in row.iterdescendants()
            if cell.get("role") in _CELL_ROLES
        ]
        for row in rows
    )
    return [cells for cells in found if cells]


def _table_of(cell: etree._Element) -> etree._Element | None:
    return next((a for a in cell.iterancestors() if local(a) == "table"), None)


def _is_layout(table: etree._Element) -> bool:
    """Return whether a table only places things on the page.

    It says so, it has a single cell a row throughout and no caption, or a cell holds a heading
    or another table.
    """
    if (table.get("role") or "").lower() in {"presentation", "none"}:
        return True
    if next(table.iter("caption", "th"), None) is not None and not _nested(table):
        return False
    widths = {sum(local(c) in {"td", "th"} for c in row) for row in table.iter("tr")}
    return _nested(table) or widths <= {0, 1}


def _nested(table: etree._Element) -> bool:
    inside = (e for e in table.iterdescendants() if local(e) == "table" or local(e) in _HEADINGS)
    return next(inside, None) is not None


def _items(element: etree._Element) -> list[etree._Element | str]:
    """Return a list's items as lines, and what cannot be a line as the element itself.

    Lists inside items follow their item, one line each.
    """
    found: list[etree._Element | str] = []
    for child in element:
        if is_left_out(child):
            continue
        if local(child) in _LISTS:
            found += _items(child)
        else:
            found += _item(child)
    return found


def _item(item: etree._Element) -> list[etree._Element | str]:
    parts: list[str] = [item.text or ""]
    after: list[etree._Element | str] = []
    for child in item:
        if is_left_out(child):
            pass
        elif local(child) in _LISTS:
            after += _items(child)
        elif local(child) in _IN_CELLS or _holds_any(child, _IN_CELLS):
            after.append(child)
        else:
            append_inline(child, parts, leave=is_left_out)
        parts.append(child.tail or "")
    line = clean("".join(parts))
    return [ITEM_MARK + line, *after] if line else after


def _define(element: etree._Element, term: str, lines: list[etree._Element | str]) -> str:
    """Append what a list of definitions, a term or a definition says; return the term still open.

    Definitions inside definitions, which old pages make by closing nothing, follow on their own
    lines; so do lists and tables.
    """
    parts, inner = [element.text or ""], []
    for child in element:
        if local(child) in _IN_DEFINITIONS or _holds_any(child, _IN_DEFINITIONS):
            inner.append(child)
        elif not is_left_out(child):
            append_inline(child, parts, leave=is_left_out)
        parts.append(child.tail or "")
    text, name = clean("".join(parts)), local(element)
    if name == "dt":
        lines += [term] if term else []
        term = text
    elif text or (name == "dd" and term and inner):
        mark = ITEM_MARK if name == "dd" else ""
        lines.append(mark + ": ".join(part for part in (term, text) if part))
        term = ""
    for child in inner:
        if is_left_out(child):
            continue
        if local(child) in _LISTS:
            lines += _items(child)
        elif local(child) in _DEFINING or _holds_any(child, _DEFINING):
            term = _define(child, term, lines)
        else:
            lines.append(child)
    return term


def _holds_any(element: etree._Element, names: frozenset[str]) -> bool:
    return any(local(inside) in names for inside in element.iterdescendants())
