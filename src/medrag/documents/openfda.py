"""openFDA drug labels: one record, an array, an API answer, one a line, or the zipped export."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from medrag.core.document import Document, Source
from medrag.documents.composer import Composer, Composition, clean
from medrag.documents.dates import day
from medrag.documents.formats import is_json_member
from medrag.documents.json_lines import LINE_SUFFIXES, Unread, lines_of
from medrag.documents.json_stream import records
from medrag.documents.label_headings import Heading, numbered_headings
from medrag.documents.label_names import product_title
from medrag.documents.label_nesting import Field, Inner, outer_fields
from medrag.documents.label_tables import (
    LabelTable,
    Place,
    distinct,
    masked,
    placed,
    read_tables,
)
from medrag.documents.loinc import LABEL_SECTIONS
from medrag.errors import CorpusError, PartlyReadError

MAX_RATIO = 200
"""Most bytes that one byte of a zip archive may become; label exports reach about 10."""

_TABLE = "_table"
_BULLET = re.compile(r" (?=[•●▪] )")
_CAPITALS = re.compile(r"\d{1,2}\.? (?:[A-Z]{2}[A-Z,&/-]*(?: |$))+")
_SECTION_NUMBER = re.compile(r"(\d{1,2})(?:\.| |\.\d)")
_CODES = {title.lower(): code for code, title in LABEL_SECTIONS.values()}
_NOT_TEXT = frozenset(
    {"set_id", "id", "effective_time", "version", "openfda", "spl_set_id", "spl_id", "meta"}
)


class OpenFdaLoader:
    """Reads `.json`, `.ndjson` and `.zip` of the openFDA drug label endpoint, record by record."""

    version = 4

    def load(self, path: Path) -> Iterator[Document]:
        """Yield one document per label record, in file order.

        A record's key is the file's name, and its id after `#` where the file holds several or
        has room for several (a line each, an archive).

        Raises:
            CorpusError: Not JSON, cut off, no label record with text in it, or a zip archive that
                is damaged, holds no JSON or grows suspiciously.
            PartlyReadError: After the last document: some records hold no text of a label, or
                some lines of a file with one record a line are damaged.
        """
        unread = Unread()
        every = _records(path, unread)
        ahead = list(islice(every, 2))
        several = len(ahead) > 1 or path.suffix.lower() in {".zip", *LINE_SUFFIXES}
        found = False
        for held in chain(ahead, every):
            document = _document(held, path, several=several)
            if document is None:
                unread.add(f"the record {_identity(*held)} holds no text of a label")
                continue
            found = True
            yield document
        if not found:
            why = "; ".join(unread.parts[:3]) or "no label record in it"
            raise CorpusError(f"{path}: {why}.")
        if unread.parts:
            raise PartlyReadError(path, unread.parts)


def _records(path: Path, unread: Unread) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield records with their digests; a line that is no record goes to `unread`."""
    if path.suffix.lower() != ".zip":
        with path.open("rb") as stream:
            yield from _streamed(stream, path, path.name, unread)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if is_json_member(m.filename)]
            if not members:
                raise CorpusError(f"{path}: no JSON file in the archive.")
            for member in members:
                if member.file_size > MAX_RATIO * max(member.compress_size, 1):
                    raise CorpusError(
                        f"{path}: {member.filename!r} would grow more than {MAX_RATIO} times when "
                        "unpacked; label exports grow about 10 times. It is not read."
                    )
                with archive.open(member) as stream:
                    size = member.file_size
                    yield from _streamed(stream, path, member.filename, unread, limit=size)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise CorpusError(f"{path}: a damaged or encrypted zip archive ({error}).") from error


def _streamed(
    stream: IO[bytes], path: Path, name: str, unread: Unread, *, limit: int | None = None
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the records of a stream as the name of its file says that they stand in it."""
    if not name.lower().endswith(LINE_SUFFIXES):
        yield from records(stream, path, limit=limit)
        return
    for line in lines_of(stream):
        yield from line.readable(path, unread)


def _document(held: tuple[dict[str, Any], str], path: Path, *, several: bool) -> Document | None:
    """Return the document of a record; None where it holds no text of a label."""
    record, digest = held
    if not any(name in LABEL_SECTIONS for name in record):
        return None  # an event report, an approval: openFDA has other endpoints of this shape
    composition = _composed(record, path)
    if not composition.text:
        return None
    key = f"{path.name}#{_identity(record, digest)}" if several else path.name
    source = _source(record, path, key=key, sha256=digest)
    return Document.of(composition.text, source, sections=composition.sections)


def _identity(record: Mapping[str, Any], digest: str) -> str:
    return str(record.get("id") or record.get("set_id") or digest[:12])


def _composed(record: Mapping[str, Any], path: Path) -> Composition:
    composer = Composer()
    names = _names(record)
    order = _in_label_order(record)
    tables = {name: read_tables(record.get(name + _TABLE), path) for name in order}
    outer: dict[str, list[tuple[str, list[Inner]]]] = {name: [] for name in order}
    fields = [Field(name, text) for name in order for text in _texts(record[name])]
    for field, inner in outer_fields(fields):
        outer[field.name].append((field.text, inner))
    written: set[str] = set()
    for name in order:
        code, title = _section(name)
        composer.unwritten_heading(title, 1, code=code)
        own = [*tables[name]]
        for text, inner in outer[name]:
            own = distinct([*own, *(table for one in inner for table in tables[one.name])])
            _write(text, _Field(own, title, names, inner), composer)
        composer.close(2)
        for table in own:
            if table.flat not in written and not table.written:
                table.write(composer)
        written |= {table.flat for table in own if table.written}
    return composer.compose()


def _section(name: str) -> tuple[str | None, str]:
    """Return the LOINC code and the title of a field."""
    return LABEL_SECTIONS.get(name, (None, name.replace("_", " ").capitalize()))


def _in_label_order(record: Mapping[str, Any]) -> list[str]:
    known = [name for name in LABEL_SECTIONS if name in record]
    other = [
        name
        for name in record
        if name not in LABEL_SECTIONS
        and name not in _NOT_TEXT
        and not (name.endswith(_TABLE) and name.removesuffix(_TABLE) in record)
    ]
    return known + other


def _names(record: Mapping[str, Any]) -> frozenset[str]:
    """Return the words of the product's names, in capitals."""
    names = record.get("openfda")
    openfda = names if isinstance(names, dict) else {}
    both = f"{_first(openfda, 'brand_name') or ''} {_first(openfda, 'generic_name') or ''}"
    return frozenset(word.strip("®™,").upper() for word in both.split())


def _texts(value: Any) -> Iterator[str]:
    texts = value if isinstance(value, list) else [value]
    return (clean(text) for text in texts if isinstance(text, str))


def _printed(title: str) -> re.Pattern[str]:
    """Return what matches a section's own heading at the start of its text."""
    words = [r"(?:and|&|or)" if word == "and" else re.escape(word) for word in title.split()]
    number = r"(?:\d{1,2}\.?(?:\d{1,2}\.?)? )?"
    return re.compile(rf"{number}{' '.join(words)}(?= |$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Field:
    """What is known about one section before its text is read.

    Attributes:
        names: Words of the product's names, in capitals.
        inner: The sections inside it that the record has by themselves as well.
    """

    tables: Sequence[LabelTable]
    title: str
    names: frozenset[str]
    inner: Sequence[Inner]


@dataclass(frozen=True, slots=True)
class _Opening:
    """A section inside another begins: its heading, if it prints one, ends at `end`."""

    start: int
    end: int
    inner: Inner


@dataclass(frozen=True, slots=True)
class _Closing:
    """A section inside another ends."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class _Repeat:
    """What another section says by itself; it is not written again."""

    start: int
    end: int


_Break = Place | Heading | _Opening | _Closing | _Repeat


def _own_heading(text: str, title: str, names: frozenset[str]) -> int:
    """Return where the heading at the start of a section's text ends; 0 where it has none."""
    match = _printed(title).match(text)
    if match is not None:
        return match.end()
    capitals = _CAPITALS.match(text)
    if capitals is None:
        return 0
    words = capitals[0].split()
    while words[-1].strip(",") in names:
        words.pop()
    return len(" ".join(words)) if len(words) > 1 else 0


def _write(text: str, known: _Field, composer: Composer) -> None:
    """Write a section's text: its heading, subsections, and tables where their words stand."""
    begin = _own_heading(text, known.title, known.names)
    composer.paragraph(text[:begin])
    places = placed(known.tables, text, begin)
    at = begin
    for part in _breaks(text, begin, places, known):
        _write_prose(text[at : part.start], composer)
        at = max(at, part.end)
        if isinstance(part, _Repeat):
            continue
        if isinstance(part, Place):
            part.table.write(composer)
        elif isinstance(part, _Closing):
            composer.close(part.level)
        elif isinstance(part, _Opening):
            code, title = _section(part.inner.name)
            if part.start < part.end:
                printed = text[part.start : part.end]
                composer.heading(printed, 1 + part.inner.depth, code=code)
            else:
                composer.unwritten_heading(title, 1 + part.inner.depth, code=code)
        elif part.titled:
            title = text[part.start : part.end]
            composer.heading(title, 1 + part.depth, code=_CODES.get(title.split(" ", 1)[1].lower()))
        else:
            at = part.start
    _write_prose(text[at:], composer)


def _breaks(text: str, begin: int, places: Sequence[Place], known: _Field) -> list[_Break]:
    """Return where prose is interrupted, in text order; ends of sections before beginnings."""
    parts: list[_Break] = [*places]
    number = _SECTION_NUMBER.match(text)
    found: dict[int, Heading] = {}
    if number is not None:
        prose = masked(text, places)
        headings = numbered_headings(prose, int(number[1]), names=known.names, begin=begin)
        found = {heading.start: heading for heading in headings}
    for inner in known.inner:
        if not inner.depth:
            parts.append(_Repeat(inner.start, inner.end))
            continue
        if inner.start < begin or any(p.start < inner.start < p.end for p in places):
            continue
        own = text[inner.start : inner.end]
        end = inner.start + _own_heading(own, _section(inner.name)[1], known.names)
        heading = found.pop(inner.start, None)
        if end == inner.start and heading is not None and heading.titled:
            end = heading.end
        parts += [_Opening(inner.start, end, inner)]
        parts += [_Closing(inner.end, inner.end, 1 + inner.depth)]
    parts += found.values()
    repeats = [part for part in parts if isinstance(part, _Repeat)]
    kept = [p for p in parts if not any(r.start <= p.start < r.end for r in repeats if r is not p)]
    return sorted(kept, key=lambda part: (part.start, not isinstance(part, _Closing)))


def _write_prose(text: str, composer: Composer) -> None:
    for paragraph in _BULLET.split(f" {text}" if text[:1] in "•●▪" else text):
        composer.paragraph(paragraph)


def _source(record: Mapping[str, Any], path: Path, *, key: str, sha256: str) -> Source:
    names = record.get("openfda")
    openfda = names if isinstance(names, dict) else {}
    brand, generic = _first(openfda, "brand_name"), _first(openfda, "generic_name")
    title = product_title(brand or "", generic or "") or _product(record) or path.name
    return Source(
        key=key,
        title=title,
        path=path.name,
        publisher=_first(openfda, "manufacturer_name"),
        edition=str(record["version"]) if record.get("version") else None,
        series=str(record["set_id"]) if record.get("set_id") else None,
        effective=day(str(record.get("effective_time") or "")),
        jurisdiction="US",
        kind="label",
        sha256=sha256,
    )


def _first(openfda: Mapping[str, Any], name: str) -> str | None:
    value = openfda.get(name)
    value = value[0] if isinstance(value, list) and value else value
    return (clean(value) or None) if isinstance(value, str) else None


def _product(record: Mapping[str, Any]) -> str:
    value = record.get("spl_product_data_elements")
    text = value[0] if isinstance(value, list) and value else value
    return " ".join(clean(text).split()[:6]) if isinstance(text, str) else ""
