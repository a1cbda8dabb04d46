"""What the markup formats share: safe parsing, inline text and tables of an element tree."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path

from lxml import etree

from medrag.documents.composer import clean
from medrag.documents.formulas import formula
from medrag.documents.scripts import lowered, raised
from medrag.documents.symbol_fonts import is_symbol_font, signs
from medrag.errors import CorpusError

MAX_DEPTH = 300
"""Deepest nesting that is read; what walks the tree calls itself once a level."""

MAX_SPAN = 200
"""Most columns or rows that one cell may cover; browsers stop at 1,000 columns."""

MOST_REPEATED = 200_000
"""Characters and cells that a table may add to itself by cells which cover several."""

_MARK_CHARS = 2  # letters: `6 mga` is no amount of anything

_BREAKS_NAMES = (
    "address article aside blockquote br caption dd div dl dt figcaption figure footnote h1 h2 h3 "
    "h4 h5 h6 hr item li list list-item ol p paragraph pre section table td th title tr ul"
)
_BREAKS = frozenset(_BREAKS_NAMES.split())


def parse_xml(data: bytes, path: Path) -> etree._Element:
    """Return the root element of an XML file; no entity is expanded and nothing is fetched.

    Raises:
        CorpusError: Not well-formed, nested too deep, or the text uses an entity that the file
            itself declares (which is how small files grow without bound).
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise CorpusError(f"{path}: not well-formed XML ({error}). Fetch it again.") from error
    for entity in list(root.iter(etree.Entity)):
        _write_out(entity, path)
    check_depth(root, path)
    return root


def check_depth(root: etree._Element, path: Path) -> None:
    """Raise unless elements nest at most `MAX_DEPTH` deep.

    Raises:
        CorpusError: They nest deeper.
    """
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise CorpusError(
                f"{path}: elements nest deeper than {MAX_DEPTH} levels. Documents nest under 50; "
                "the file is damaged or hostile."
            )


def _write_out(entity: etree._Element, path: Path) -> None:
    """Replace a reference such as `&nbsp;` by its character."""
    reference = str(entity.text)
    character = unescape(reference)
    if character == reference:
        raise CorpusError(
            f"{path}: line {entity.sourceline} uses the entity {reference}, which only the file "
            "itself declares. Entities are not expanded; write the text out."
        )
    parent, before = entity.getparent(), entity.getprevious()
    if parent is None:
        return
    text = character + (entity.tail or "")
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
    parent.remove(entity)


def local(element: etree._Element) -> str:
    """Return an element's name without namespace, lower case; empty for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


Leave = Callable[[etree._Element], bool]


def inline(element: etree._Element, *, leave: Leave) -> str:
    """Return the text inside an element on one line, with sup and sub kept apart.

    Args:
        element: Its own tail is not included.
        leave: Whether an element inside is left out with all it holds (its tail stays).
    """
    parts: list[str] = []
    _collect(element, parts, leave)
    return clean("".join(parts))


def append_inline(element: etree._Element, parts: list[str], *, leave: Leave) -> None:
    """Append what `inline` returns, uncleaned, to `parts`: for text that runs on around it."""
    name = local(element)
    if not name or leave(element):
        return
    if name in {"sup", "sub"}:
        inside: list[str] = []
        _collect(element, inside, leave)
        before = next((part for part in reversed(parts) if part), "")
        write = raised if name == "sup" else lowered
        text = "".join(inside)
        parts.append(write(clean(text), before))
        if name == "sup" and text[-1:].isspace():  # `m<sup>2 </sup>basis`
            parts.append(" ")
    elif name in {"msup", "msub"}:
        _collect_script(element, parts, leave)
    elif name[0] == "m" and (written := _formula(element, parts, leave)) is not None:
        parts.append(written)
    elif name == "xref" and _is_bare_mark(element, parts):
        parts.append(raised(clean("".join(element.itertext())), parts[-1]))
    elif name == "font" and is_symbol_font(element.get("face") or ""):
        signed: list[str] = []
        _collect(element, signed, leave)
        parts.append(signs("".join(signed), str(element.get("face"))))
    elif name in _BREAKS:
        parts.append("\n")
        _collect(element, parts, leave)
        parts.append("\n")
    else:
        _collect(element, parts, leave)


def _collect(element: etree._Element, parts: list[str], leave: Leave) -> None:
    parts.append(element.text or "")
    for child in element:
        append_inline(child, parts, leave=leave)
        parts.append(child.tail or "")


def _formula(element: etree._Element, parts: list[str], leave: Leave) -> str | None:
    def write(inside: etree._Element) -> str:
        own: list[str] = []
        append_inline(inside, own, leave=leave)
        return "".join(own)

    return formula(element, write, parts)


def _collect_script(element: etree._Element, parts: list[str], leave: Leave) -> None:
    """Append a base with its MathML exponent or index."""
    write = raised if local(element) == "msup" else lowered
    base, *scripts = list(element) or [element]
    if base is element:
        return
    append_inline(base, parts, leave=leave)
    before = next((part for part in reversed(parts) if part.strip()), "").rstrip()
    parts += [write(clean("".join(script.itertext())), before) for script in scripts]


def _is_bare_mark(element: etree._Element, parts: list[str]) -> bool:
    """Return whether a cross-reference is a mark that would be glued to the word before it."""
    text = clean("".join(element.itertext()))
    before = next((part for part in reversed(parts) if part), "")
    kind = element.get("ref-type")
    is_letter = kind in {"fn", "table-fn"} and len(text) <= _MARK_CHARS and text.isalnum()
    is_number = kind in {"bibr", "fn", "table-fn"} and text[:1].isdigit()
    return (is_number or is_letter) and before[-1:].isalnum() and before is parts[-1]


# --- Tables --------------------------------------------------------------------------------

Cell = Callable[[etree._Element], str]


def table_rows(table: etree._Element, cell: Cell) -> list[list[str]]:
    """Return a table's rows of cell texts, header rows first, as they stand from top to bottom.

    A cell that covers several rows is written in each of them, because a row is read (and
    quoted) by itself; one that covers several columns is written once, and its other columns
    stay empty. A table inside a cell is the cell's text. Once `MOST_REPEATED` characters and cells
    have been added so, cells that cover more count once: some bytes could name a billion cells.
    """
    rows: list[list[str]] = []
    left = MOST_REPEATED
    pending: dict[int, tuple[int, str]] = {}
    part = None
    for row in _in_order(table):
        if row.getparent() is not part:  # no cell reaches out of its head, body or foot
            part = row.getparent()
            pending.clear()
        texts: list[str] = []
        for td in row:
            if local(td) in {"td", "th"}:
                _fill_down(texts, pending)
                text, (columns, height) = cell(td), _extent(td)
                added = columns * height - 1 + len(text) * (height - 1)
                if added > left:
                    columns, height, added = 1, 1, 0
                left -= added
                _place(texts, pending, (columns, height), text)
        _fill_down(texts, pending)
        rows.append(texts)
    return rows


def _in_order(table: etree._Element) -> list[etree._Element]:
    """Return the rows of this table (not of tables inside it): head, bodies, foot."""
    parts: dict[str, list[etree._Element]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in table:
        name = local(child)
        if name == "tr":
            parts["tbody"].append(child)
        elif name in parts:
            parts[name] += [row for row in child if local(row) == "tr"]
        elif name == "tgroup":  # the CALS model of older JATS and SGML
            parts["tbody"] += _in_order(child)
    return parts["thead"] + parts["tbody"] + parts["tfoot"]


def _fill_down(texts: list[str], pending: dict[int, tuple[int, str]]) -> None:
    while len(texts) in pending:
        column = len(texts)
        left, text = pending[column]
        if left > 1:
            pending[column] = (left - 1, text)
        else:
            del pending[column]
        texts.append(text)


def _place(
    texts: list[str], pending: dict[int, tuple[int, str]], extent: tuple[int, int], text: str
) -> None:
    columns, rows = extent
    for extra in range(columns):
        if rows > 1:
            pending[len(texts)] = (rows - 1, "" if extra else text)
        texts.append("" if extra else text)


def _extent(td: etree._Element) -> tuple[int, int]:
    """Return how many columns and rows a cell covers."""
    columns, rows = max(_span(td, "colspan"), 1), _span(td, "rowspan")
    if rows == 0:  # to the end of its head, body or foot
        rows = 1 + sum(local(row) == "tr" for row in td.getparent().itersiblings())
    return columns, rows


def _span(td: etree._Element, name: str) -> int:
    value = str(td.get(name, "1")).strip()
    return min(int(value), MAX_SPAN) if value.isascii() and value.isdigit() else 1
