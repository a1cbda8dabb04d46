"""SPL drug labels (HL7 v3 XML, as DailyMed publishes them): sections by LOINC code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from medrag.core.document import Document, Source
from medrag.documents.composer import ITEM_MARK, Composer, clean, row_line
from medrag.documents.dates import day
from medrag.documents.encoding import read_bytes
from medrag.documents.label_names import product_title, readable
from medrag.documents.markup import append_inline, inline, local, parse_xml, table_rows
from medrag.errors import CorpusError

_NS = "{urn:hl7-org:v3}"
_UNCLASSIFIED = "42229-5"
_PRODUCT_DATA = "48780-1"
_SECTION_WORD = re.compile(r"\s*\bsection\b\s*$", re.IGNORECASE)
_BOILERPLATE_TITLE = re.compile(r"\s*(?:these highlights do not include|drug facts\s*\Z)", re.I)
_MARKS = "*†‡§¶#"  # in the order in which the FDA's style sheet prints them
_BLOCKS = frozenset({"paragraph", "list", "table", "renderMultiMedia".lower()})


class SplLoader:
    """Reads SPL `.xml`: set id as series, version as edition, effective time as effective day."""

    version = 3

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the one label in `path`.

        Sections without a title are named by their code's display name, which is then no part
        of the text; unclassified sections inherit their parent's code.

        Raises:
            CorpusError: Not well-formed, no SPL document, or without text.
        """
        data = read_bytes(path)
        root = parse_xml(data, path)
        if root.tag != f"{_NS}document":
            raise CorpusError(f"{path}: the root is {local(root)!r}, expected an SPL 'document'.")
        composer = Composer()
        _highlights(root, composer)
        for section in _sections(root.find(f"{_NS}component/{_NS}structuredBody")):
            _write_section(section, composer, 1)
        composition = composer.compose()
        if not composition.text:
            raise CorpusError(f"{path}: the label holds no text.")
        source = _source(root, path, hashlib.sha256(data).hexdigest())
        yield Document.of(composition.text, source, sections=composition.sections)


def _sections(parent: etree._Element | None) -> list[etree._Element]:
    return [] if parent is None else parent.findall(f"{_NS}component/{_NS}section")


def _leave(element: etree._Element) -> bool:
    return local(element) in {"footnote", "footnoteref", "rendermultimedia"}


def _title_of(section: etree._Element) -> str:
    title = section.find(f"{_NS}title")
    return inline(title, leave=_leave) if title is not None else ""


def _code_of(section: etree._Element) -> tuple[str | None, str]:
    """Return (LOINC code, its name); no code for unclassified sections."""
    code = section.find(f"{_NS}code")
    if code is None or code.get("code") in {None, _UNCLASSIFIED}:
        return None, ""
    return str(code.get("code")), _SECTION_WORD.sub("", clean(code.get("displayName") or ""))


def _write_section(section: etree._Element, composer: Composer, level: int) -> None:
    code, name = _code_of(section)
    title = _title_of(section)
    if title:
        composer.heading(title, level, code=code)
    else:
        composer.unwritten_heading(name, level, code=code)
    if code == _PRODUCT_DATA:
        composer.rows(_products(section))
    text = section.find(f"{_NS}text")
    if text is not None:
        _Writer(composer).write(text)
    for inner in _sections(section):
        _write_section(inner, composer, level + 1)


def _highlights(root: etree._Element, composer: Composer) -> None:
    """Write the summaries that stand beside sections, before all sections as on the label."""
    excerpts = list(root.iter(f"{_NS}excerpt"))
    if excerpts:
        composer.unwritten_heading("Highlights of prescribing information", 1)
    for excerpt in excerpts:
        section = excerpt.getparent()
        if section is not None:
            composer.heading(_title_of(section), 2, code=_code_of(section)[0])
        for text in excerpt.iter(f"{_NS}text"):
            _Writer(composer).write(text)
    composer.close(1)


@dataclass(slots=True)
class _Writer:
    """Writes the narrative of one section; numbers its footnotes as the printed label does."""

    composer: Composer
    _marks: dict[str, str] = field(default_factory=dict)
    _notes: list[str] = field(default_factory=list)

    def write(self, text: etree._Element) -> None:
        """Add the blocks of a `text` element."""
        self._mixed(text)
        self._flush_notes()

    def _mixed(self, element: etree._Element) -> None:
        """Write an element that holds running text and blocks side by side."""
        parts = [element.text or ""]
        for child in element:
            if local(child) in _BLOCKS:
                self.composer.paragraph("".join(parts))
                parts = []
                self._block(child)
            else:
                self._inline(child, parts)
            parts.append(child.tail or "")
        self.composer.paragraph("".join(parts))

    def _block(self, element: etree._Element) -> None:
        name = local(element)
        if name == "paragraph":
            self._mixed(element)
        elif name == "list":
            self._list(element)
        elif name == "table":
            caption = element.find(f"{_NS}caption")
            title = self._text(caption) if caption is not None else ""
            rows = [row_line(row) for row in table_rows(element, self._text)]
            self.composer.lines([title, *rows])
            self._flush_notes(continues=True)

    def _list(self, element: etree._Element) -> None:
        caption = element.find(f"{_NS}caption")
        if caption is not None:
            self.composer.paragraph(self._text(caption))
        lines: list[str] = []
        for item in element.findall(f"{_NS}item"):
            tables = list(item.iter(f"{_NS}table"))
            lines += self._item_lines(item)
            for table in tables:
                self.composer.lines(lines)
                lines = []
                self._block(table)
        self.composer.lines(lines)

    def _item_lines(self, item: etree._Element) -> list[str]:
        """Return an item and the items of lists inside it, one line each."""
        inner = [e for e in item.iter(f"{_NS}list") if e is not item]
        nested = set(inner)
        parts: list[str] = []
        append_inline(item, parts, leave=lambda e: _leave(e) or e in nested or local(e) == "table")
        self._collect_notes(item)
        lines = [ITEM_MARK + clean("".join(parts))] if clean("".join(parts)) else []
        for inside in inner:
            if not any(outer in nested for outer in inside.iterancestors()):
                for entry in inside.findall(f"{_NS}item"):
                    lines += self._item_lines(entry)
        return lines

    def _text(self, element: etree._Element) -> str:
        parts = [element.text or ""]
        for child in element:
            self._inline(child, parts)
            parts.append(child.tail or "")
        return clean("".join(parts))

    def _inline(self, element: etree._Element, parts: list[str]) -> None:
        name = local(element)
        if name == "footnote":
            parts.append(self._mark(element))
        elif name == "footnoteref":
            parts.append(self._marks.get(element.get("IDREF") or "", ""))
        elif next(element.iter(f"{_NS}footnote", f"{_NS}footnoteRef"), None) is not None:
            parts.append(" " if name in {"paragraph", "item"} else "")
            parts.append(self._text(element))
        else:
            append_inline(element, parts, leave=_leave)

    def _mark(self, note: etree._Element) -> str:
        number = len(self._marks)
        mark = _MARKS[number % len(_MARKS)] * (number // len(_MARKS) + 1)
        self._marks[note.get("ID") or f"#{number}"] = mark
        self._notes.append(f"{mark} {inline(note, leave=_leave)}")
        return mark

    def _collect_notes(self, element: etree._Element) -> None:
        for note in element.iter(f"{_NS}footnote"):
            self._mark(note)

    def _flush_notes(self, *, continues: bool = False) -> None:
        self.composer.lines(self._notes, continues=continues)
        self._notes = []


# --- What the label says about itself ------------------------------------------------------


def _products(section: etree._Element) -> Iterator[list[str]]:
    """Yield (product, form, active ingredient, strength) of each active ingredient."""
    for product in section.iter(f"{_NS}manufacturedProduct"):
        name = product.find(f"{_NS}name")
        if name is None:
            continue
        form = product.find(f"{_NS}formCode")
        for ingredient in product.iter(f"{_NS}ingredient", f"{_NS}activeIngredient"):
            if not (ingredient.get("classCode") or "ACTI").startswith("ACTI"):
                continue
            substance = next(ingredient.iter(f"{_NS}name"), None)
            yield [
                " ".join(name.itertext()),
                (form.get("displayName") or "") if form is not None else "",
                " ".join(substance.itertext()) if substance is not None else "",
                _strength(ingredient),
            ]


def _strength(ingredient: etree._Element) -> str:
    parts = []
    for name in ("numerator", "denominator"):
        value = ingredient.find(f"{_NS}quantity/{_NS}{name}")
        if value is not None:
            unit = value.get("unit") or ""
            parts.append(f"{value.get('value') or ''} {'' if unit == '1' else unit}".strip())
    return " in ".join(part for part in parts if part)


def _source(root: etree._Element, path: Path, sha256: str) -> Source:
    organization = root.find(f".//{_NS}author//{_NS}representedOrganization/{_NS}name")
    publisher = clean("".join(organization.itertext())) if organization is not None else ""
    return Source(
        key=path.name,
        title=_title(root) or path.name,
        path=path.name,
        publisher=publisher or None,
        edition=_attribute(root, "versionNumber", "value"),
        series=_attribute(root, "setId", "root"),
        effective=day(_attribute(root, "effectiveTime", "value") or ""),
        jurisdiction="US",
        kind="label",
        sha256=sha256,
    )


def _title(root: etree._Element) -> str:
    """Return the printed title; the product's names where that is empty or boilerplate."""
    title = _title_of(root)
    if title and not _BOILERPLATE_TITLE.match(title):
        return readable(title)
    names: list[str] = []
    for path in (
        f".//{_NS}manufacturedProduct/{_NS}name",
        f".//{_NS}genericMedicine/{_NS}name",
    ):
        found = root.find(path)
        name = clean(" ".join(found.itertext())) if found is not None else ""
        names.append(name)
    return product_title(*names)


def _attribute(root: etree._Element, name: str, attribute: str) -> str | None:
    element = root.find(f"{_NS}{name}")
    return element.get(attribute) if element is not None else None
