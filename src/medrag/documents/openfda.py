"""openFDA drug labels: one record, an array, an API answer, or the zipped bulk export."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medrag.core.document import Document, Source
from medrag.documents.composer import Composer, clean
from medrag.documents.dates import day
from medrag.documents.json_stream import records
from medrag.documents.label_headings import Heading, numbered_headings
from medrag.documents.label_names import product_title
from medrag.documents.label_tables import LabelTable, Place, masked, placed, read_tables
from medrag.documents.loinc import LABEL_SECTIONS
from medrag.errors import CorpusError

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
    """Reads `.json` and `.zip` of the openFDA drug label endpoint, record by record."""

    version = 2

    def load(self, path: Path) -> Iterator[Document]:
        """Yield one document per label record, in file order.

        A record's key is the file's name, and its id after `#` where the file holds several.

        Raises:
            CorpusError: Not JSON, cut off, no label record in it, or a zip archive that is
                damaged, holds no JSON or grows suspiciously.
        """
        several = path.suffix.lower() == ".zip"
        held: tuple[dict[str, Any], str] | None = None
        for record, digest in _records(path):
            if held is not None:
                several = True
                yield _document(held, path, several=True)
            held = record, digest
        if held is None:
            raise CorpusError(f"{path}: no label record in it.")
        yield _document(held, path, several=several)


def _records(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    if path.suffix.lower() != ".zip":
        with path.open("rb") as stream:
            yield from records(stream, path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if m.filename.lower().endswith(".json")]
            if not members:
                raise CorpusError(f"{path}: no JSON file in the archive.")
            for member in members:
                if member.file_size > MAX_RATIO * max(member.compress_size, 1):
                    raise CorpusError(
                        f"{path}: {member.filename!r} would grow more than {MAX_RATIO} times when "
                        "unpacked; label exports grow about 10 times. It is not read."
                    )
                with archive.open(member) as stream:
                    yield from records(stream, path, limit=member.file_size)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise CorpusError(f"{path}: a damaged or encrypted zip archive ({error}).") from error


def _document(held: tuple[dict[str, Any], str], path: Path, *, several: bool) -> Document:
    record, digest = held
    composer = Composer()
    names = _names(record)
    for name in _in_label_order(record):
        code, title = LABEL_SECTIONS.get(name, (None, name.replace("_", " ").capitalize()))
        composer.unwritten_heading(title, 1, code=code)
        tables = read_tables(record.get(name + _TABLE), path)
        known = _Field(tables, _printed(title), names)
        for text in _texts(record[name]):
            _write(text, known, composer)
        composer.close(2)
        for table in tables:
            if not table.written:
                table.write(composer)
    composition = composer.compose()
    identity = str(record.get("id") or record.get("set_id") or digest[:12])
    key = f"{path.name}#{identity}" if several else path.name
    if not composition.text:
        raise CorpusError(f"{path}: the label record {identity} holds no text.")
    source = _source(record, path, key=key, sha256=digest)
    return Document.of(composition.text, source, sections=composition.sections)


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
        printed: Matches its own heading.
        names: Words of the product's names, in capitals.
    """

    tables: Sequence[LabelTable]
    printed: re.Pattern[str]
    names: frozenset[str]


def _own_heading(text: str, known: _Field) -> int:
    """Return where the heading at the start of a section's text ends; 0 where it has none."""
    match = known.printed.match(text)
    if match is not None:
        return match.end()
    capitals = _CAPITALS.match(text)
    if capitals is None:
        return 0
    words = capitals[0].split()
    while words[-1].strip(",") in known.names:
        words.pop()
    return len(" ".join(words)) if len(words) > 1 else 0


def _write(text: str, known: _Field, composer: Composer) -> None:
    """Write a section's text: its heading, subsections, and tables where their words stand."""
    begin = _own_heading(text, known)
    composer.paragraph(text[:begin])
    places = placed(known.tables, text, begin)
    prose = masked(text, places)
    number = _SECTION_NUMBER.match(text)
    breaks: list[Place | Heading] = [*places]
    if number is not None:
        breaks += numbered_headings(prose, int(number[1]), names=known.names, begin=begin)
    breaks.sort(key=lambda part: part.start)
    at = begin
    for part in breaks:
        _write_prose(text[at : part.start], composer)
        at = part.end
        if isinstance(part, Place):
            part.table.write(composer)
        elif part.titled:
            title = text[part.start : part.end]
            composer.heading(title, 1 + part.depth, code=_CODES.get(title.split(" ", 1)[1].lower()))
        else:
            at = part.start
    _write_prose(text[at:], composer)


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
