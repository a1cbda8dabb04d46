"""DOCX by the standard library and lxml: headings by style, lists, tables, notes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from medrag.core.document import Document, Source
from medrag.documents.composer import ITEM_MARK, Composer, clean, row_line
from medrag.documents.dates import day
from medrag.documents.docx_pictures import undescribed
from medrag.documents.encoding import MAX_TEXT_BYTES, read_bytes
from medrag.documents.formulas import formula
from medrag.documents.markup import MAX_SPAN, local, parse_xml
from medrag.documents.scripts import lowered, raised
from medrag.documents.symbol_fonts import UNKNOWN, is_symbol_font, sign, signs
from medrag.errors import CorpusError, PartlyReadError

MAX_DOCX_BYTES = 512 * 2**20

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_LEFT_OUT = frozenset({"del", "movefrom", "instrtext", "deltext", "object"})
_INVISIBLE = ("vanish", "strike", "dstrike")
_WRITTEN = {"tab": " ", "br": " ", "cr": " ", "nobreakhyphen": "-"}
_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"],
        strict=True,
    )
)
_OFF = frozenset({"0", "false", "off"})


class DocxLoader:
    """Reads `.docx`; text that was struck out or deleted in tracked changes is left out.

    Text boxes follow the paragraph that they are fixed to.
    """

    version = 4

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the one document in `path`.

        Raises:
            CorpusError: No DOCX, damaged, encrypted, too large when unpacked, or without text.
            PartlyReadError: After the document: pictures stand in its text without a word.
        """
        yield from self.parse(read_bytes(path, limit=MAX_DOCX_BYTES), path)

    def parse(self, data: bytes, path: Path) -> Iterator[Document]:
        """Yield the one document in `data`; `path` names it.

        Raises:
            CorpusError: As `load`.
        """
        parts = _parts(data, path)
        if _BODY not in parts:
            raise CorpusError(f"{path}: holds no {_BODY}, so it is no DOCX document.")
        body = parts[_BODY].find(f"{_W}body")
        writer = _Writer(_heading_levels(parts.get("word/styles.xml")), _notes(parts))
        if body is not None:
            writer.blocks(body)
        composition = writer.composer.compose()
        if not composition.text:
            raise CorpusError(f"{path}: the document holds no text.")
        source = _source(parts.get("docProps/core.xml"), path, hashlib.sha256(data).hexdigest())
        if source.title == path.name and writer.title:
            source = source.model_copy(update={"title": writer.title})
        yield Document.of(composition.text, source, sections=composition.sections)
        if body is not None and (pictures := undescribed(body)):
            raise PartlyReadError(path, [pictures])


def _parts(data: bytes, path: Path) -> dict[str, etree._Element]:
    """Return the XML files of the package that are needed, parsed; paths are only compared."""
    wanted = (_BODY, "word/styles.xml", "word/footnotes.xml", "word/endnotes.xml")
    found: dict[str, etree._Element] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            for name in (*wanted, "docProps/core.xml"):
                if name in names:
                    with archive.open(name) as stream:
                        part = stream.read(MAX_TEXT_BYTES + 1)
                    if len(part) > MAX_TEXT_BYTES:
                        raise CorpusError(f"{path}: {name} is larger than 64 MiB unpacked.")
                    found[name] = parse_xml(part, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        reason = str(error) or type(error).__name__
        raise CorpusError(
            f"{path}: not a DOCX file, damaged, or encrypted ({reason}). Save it again as .docx."
        ) from error
    return found


def _value(element: etree._Element | None, name: str = "val") -> str | None:
    return None if element is None else element.get(f"{_W}{name}")


def _heading_levels(styles: etree._Element | None) -> dict[str, int]:
    """Return style id -> heading level from 1, by outline level, name, or the style it rests on."""
    levels: dict[str, int] = {}
    rests_on: dict[str, str] = {}
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        identity = _value(style, "styleId") or ""
        name = (_value(style.find(f"{_W}name")) or "").lower()
        outline = _value(style.find(f"{_W}pPr/{_W}outlineLvl")) or ""
        if name == "title":
            levels[identity] = 1
        elif name.startswith("heading ") and name[8:].isdigit():
            levels[identity] = int(name[8:])
        elif outline.isdigit():  # 9 is Word's word for body text
            levels[identity] = int(outline) + 1
        else:
            rests_on[identity] = _value(style.find(f"{_W}basedOn")) or ""
    return levels | {style: levels.get(_root(style, rests_on), 0) for style in rests_on}


def _root(style: str, rests_on: dict[str, str]) -> str:
    """Return the style that a style rests on in the end; styles may rest on each other."""
    seen: set[str] = set()
    while style in rests_on and style not in seen:
        seen.add(style)
        style = rests_on[style]
    return style


def _notes(parts: dict[str, etree._Element]) -> dict[tuple[str, str], str]:
    """Return (kind, id) -> text of foot- and endnotes."""
    notes: dict[tuple[str, str], str] = {}
    for kind in ("footnote", "endnote"):
        root = parts.get(f"word/{kind}s.xml")
        for note in root.iter(f"{_W}{kind}") if root is not None else ():
            if note.get(f"{_W}type") is None:
                texts = [_Writer({}, {}).text(p) for p in note.iter(f"{_W}p")]
                notes[kind, _value(note, "id") or ""] = clean(" ".join(texts))
    return notes


@dataclass(slots=True)
class _Writer:
    """Walks a body; notes follow the paragraph or table that refers to them."""

    levels: dict[str, int]
    notes: dict[tuple[str, str], str]
    composer: Composer = field(default_factory=Composer)
    title: str = ""
    _boxes: list[etree._Element] = field(default_factory=list)
    _due: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _in_list: bool = False

    def blocks(self, parent: etree._Element) -> None:
        """Write the paragraphs and tables of a body, content control or text box."""
        for child in parent:
            name = local(child)
            if name == "p":
                self._paragraph(child)
            elif name == "tbl":
                self._table(child)
            elif name == "sdt":
                for content in child.findall(f"{_W}sdtContent"):
                    self.blocks(content)
            elif name in {"ins", "moveto", "customxml", "smarttag"}:
                self.blocks(child)

    def _paragraph(self, paragraph: etree._Element) -> None:
        style = _value(paragraph.find(f"{_W}pPr/{_W}pStyle")) or ""
        outline = _value(paragraph.find(f"{_W}pPr/{_W}outlineLvl")) or ""
        level = self.levels.get(style) or (int(outline) + 1 if outline.isdigit() else 0)
        text = self.text(paragraph)
        is_item = paragraph.find(f"{_W}pPr/{_W}numPr") is not None or "list" in style.lower()
        if 0 < level < 10 and text:
            self.composer.heading(text, level)
            self.title = self.title or (text if level == 1 else "")
        elif is_item and text:
            self.composer.lines([ITEM_MARK + text], continues=self._in_list)
        else:
            self.composer.paragraph(text)
        self._in_list = bool(is_item and text and not 0 < level < 10)
        self._flush()

    def _flush(self) -> None:
        if self._due:
            self.composer.lines(self._due)
            self._due = []
            self._in_list = False
        while self._boxes:
            self.blocks(self._boxes.pop(0))
            self._in_list = False

    def text(self, element: etree._Element) -> str:
        """Return an element's text on one line, raised and lowered characters kept apart."""
        parts: list[str] = []
        self._collect(element, parts)
        return clean("".join(parts))

    def _collect(self, element: etree._Element, parts: list[str]) -> None:
        for child in element:
            name = local(child)
            if name == "r":
                self._run(child, parts)
            elif name in {"footnotereference", "endnotereference"}:
                self._note(child, parts)
            elif name == "t":
                parts.append(child.text or "")
            elif name in _WRITTEN:
                parts.append(_WRITTEN[name])
            elif name == "txbxcontent":
                self._boxes.append(child)
            elif name == "sym":
                parts.append(_sign(child))
            elif (written := formula(child, self.text, parts)) is not None:
                parts.append(written)
            elif name not in _LEFT_OUT and name not in {"ppr", "rpr", "fallback"}:
                self._collect(child, parts)

    def _run(self, run: etree._Element, parts: list[str]) -> None:
        place = _value(run.find(f"{_W}rPr/{_W}vertAlign"))
        marks = (run.find(f"{_W}rPr/{_W}{name}") for name in _INVISIBLE)
        if any(mark is not None and _value(mark) not in _OFF for mark in marks):
            return
        inside: list[str] = []
        self._collect(run, inside)
        text = "".join(inside)
        font = _value(run.find(f"{_W}rPr/{_W}rFonts"), "ascii") or ""
        if is_symbol_font(font):
            text = signs(text, font)
        before = next((part for part in reversed(parts) if part), "")
        if place == "superscript":
            text = raised(text, before)
        elif place == "subscript":
            text = lowered(text, before)
        parts.append(text)

    def _note(self, reference: etree._Element, parts: list[str]) -> None:
        """Write the mark of a note where it is referred to, and the note after the paragraph.

        Word numbers notes as they come, whatever their ids are; a mark of its author's own stands
        in the text.
        """
        kind = local(reference).removesuffix("reference")
        note = self.notes.get((kind, _value(reference, "id") or ""))
        if not note:
            return
        if (_value(reference, "customMarkFollows") or "0") not in _OFF:
            self._due.append(note)
            return
        self._numbers[kind] = number = self._numbers.get(kind, 0) + 1
        mark = raised(str(number) if kind == "footnote" else _roman(number), "a")
        parts.append(mark)
        self._due.append(f"{mark} {note}")

    def _table(self, table: etree._Element) -> None:
        above: dict[int, str] = {}
        rows = [
            row
            for row in table.iter(f"{_W}tr")
            if _around(row, "tbl") is table and row.find(f"{_W}trPr/{_W}del") is None
        ]
        cells = [[c for c in row.iter(f"{_W}tc") if _around(c, "tr") is row] for row in rows]
        inner = next(table.iterdescendants(f"{_W}tbl"), None)
        if inner is not None or all(len(row) <= 1 for row in cells):  # places things on the page
            self._in_list = False
            for cell in (cell for row in cells for cell in row):
                self.blocks(cell)
                self._in_list = False
            return
        self.composer.lines([row_line(self._cells(row, above)) for row in rows])
        self._in_list = False
        self._flush()

    def _cells(self, row: etree._Element, above: dict[int, str]) -> list[str]:
        """Return a row's cells; one merged with the cell above repeats it.

        A row may begin further in than the table does.
        """
        cells = [""] * _columns(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
        for cell in row.iter(f"{_W}tc"):
            if _around(cell, "tr") is not row:
                continue
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            own = (p for p in cell.iter(f"{_W}p") if _around(p, "txbxcontent") is None)
            text = " ".join(map(self.text, own))
            column = len(cells)
            if merge is not None and _value(merge) in {None, "continue"}:
                text = above.get(column, text)
            above[column] = text
            cells += [text, *[""] * (_columns(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1) - 1)]
        return cells


def _columns(element: etree._Element | None, least: int) -> int:
    """Return how many columns an element says, at most `MAX_SPAN`; `least` without it."""
    said = _value(element) or ""
    return min(int(said), MAX_SPAN) if said.isdecimal() and said.isascii() else least


def _roman(number: int) -> str:
    """Return a number as Word writes those of endnotes."""
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written


def _sign(symbol: etree._Element) -> str:
    """Return an inserted sign, which Word keeps as a font and a place in it."""
    try:
        code = int(_value(symbol, "char") or "", 16)
    except ValueError:
        return UNKNOWN
    return sign(code, _value(symbol, "font") or "")


def _around(element: etree._Element, name: str) -> etree._Element | None:
    return next((a for a in element.iterancestors() if local(a) == name), None)


def _source(core: etree._Element | None, path: Path, sha256: str) -> Source:
    def said(name: str) -> str:
        found = next(core.iter(f"{{*}}{name}"), None) if core is not None else None
        return clean(found.text or "") if found is not None else ""

    return Source(
        key=path.name,
        title=said("title") or path.name,
        path=path.name,
        publisher=said("publisher") or None,
        edition=said("version") or None,
        published=day(said("modified")) or day(said("created")),
        sha256=sha256,
    )
