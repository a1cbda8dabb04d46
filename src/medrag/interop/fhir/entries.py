"""The resources of a bundle, each with the place where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from medrag.errors import InputError
from medrag.interop.fhir.elements import Element

_Read = TypeVar("_Read", bound=Element)
_DEEPEST = 8
"""Bundles in bundles; more is no record of a patient."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource.

    Attributes:
        path: Where it stands (`Bundle.entry[12].resource`).
        kind: Its FHIR type.
        resource: Its JSON object.
        full_url: What the bundle calls it; None where it does not.
    """

    path: str
    kind: str
    resource: Mapping[str, Any]
    full_url: str | None = None

    @property
    def name(self) -> str:
        """How another resource points to it: `Medication/12`, else its full URL."""
        identity = self.resource.get("id")
        return f"{self.kind}/{identity}" if isinstance(identity, str) else self.full_url or ""

    @property
    def version(self) -> tuple[str, int] | None:
        """What orders this among versions of the resource; None where it does not say."""
        meta = self.resource.get("meta")
        said = meta if isinstance(meta, Mapping) else {}
        updated, number = said.get("lastUpdated"), said.get("versionId")
        if not isinstance(updated, str):
            updated = ""
        digits = number if isinstance(number, str) and number.isdecimal() else "0"
        return (updated, int(digits[:18])) if updated or int(digits[:18]) else None

    @property
    def is_modified(self) -> bool:
        """Whether an extension may turn what it says, so that FHIR lets no stranger read it."""
        return bool(self.resource.get("modifierExtension"))

    def read(self, element: type[_Read]) -> _Read:
        """Return what medrag reads of it.

        Raises:
            InputError: A part is not what the standard says; names the part, never its value.
        """
        return read_element(element, self.resource, self.path)

    def resolve(self, reference: str | None, known: Mapping[str, Entry]) -> Entry | None:
        """Return the resource that `reference` points to: contained here, or one of `known`."""
        if not reference:
            return None
        if reference.startswith("#"):
            contained = self.resource.get("contained")
            for number, item in enumerate(contained if isinstance(contained, list) else []):
                if isinstance(item, Mapping) and item.get("id") == reference[1:]:
                    return Entry(f"{self.path}.contained[{number}]", kind_of(item), item)
            return None
        plain = reference.split("/_history/")[0]
        return known.get(plain) or known.get("/".join(plain.split("/")[-2:]))


def by_name(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Return resources by what others may call them: type and id, and their full URL."""
    return {name: entry for entry in entries for name in (entry.name, entry.full_url) if name}


def read_element(element: type[_Read], fields: object, path: str) -> _Read:
    """Return a JSON object as `element`.

    Raises:
        InputError: It is not what the standard says; names the part, never its value.
    """
    try:
        return element.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]
        )
        raise InputError(
            f"{path}{place}: {first['msg']}. Expected what FHIR R4 or R5 says of this element."
        ) from error


def kind_of(resource: Mapping[str, Any]) -> str:
    """Return the FHIR type of a resource; empty where it says none."""
    kind = resource.get("resourceType")
    return kind if isinstance(kind, str) else ""


def next_page(bundle: Mapping[str, Any]) -> str | None:
    """Return the address of the page after a bundle; None where it is whole."""
    links = bundle.get("link")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, Mapping) and link.get("relation") == "next":
            url = link.get("url")
            return url if isinstance(url, str) else ""
    return None


def entries_by_kind(resource: Mapping[str, Any], path: str = "") -> dict[str, list[Entry]]:
    """Return every resource of a bundle, or the resource itself, by type, in the order given.

    A bundle itself is among them only where it is one page of several.

    Raises:
        InputError: The bundle is not built as FHIR says; names the place.
    """
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in _walk(resource, path or kind_of(resource) or "resource", depth=0):
        found[entry.kind].append(entry)
    return dict(found)


def _walk(
    resource: Mapping[str, Any], path: str, *, depth: int, full_url: str | None = None
) -> Iterator[Entry]:
    kind = kind_of(resource)
    if not kind:
        raise InputError(f'{path}: "resourceType" is missing. Expected a FHIR resource.')
    if kind != "Bundle":
        yield Entry(path, kind, resource, full_url)
        return
    if depth == _DEEPEST:
        raise InputError(f"{path}: bundles lie more than {_DEEPEST} deep in one another.")
    entries = resource.get("entry", [])
    if not isinstance(entries, list):
        raise InputError(f"{path}.entry: found {_found(entries)}, expected a list of entries.")
    if next_page(resource) is not None:
        yield Entry(path, kind, resource)
    for number, item in enumerate(entries):
        place = f"{path}.entry[{number}]"
        if not isinstance(item, Mapping):
            raise InputError(f"{place}: found {_found(item)}, expected an object.")
        # Some senders leave the wrapper out; a search outcome or a deletion has no resource.
        inner = item if "resourceType" in item else item.get("resource")
        if inner is None:
            continue
        if not isinstance(inner, Mapping):
            raise InputError(f"{place}.resource: found {_found(inner)}, expected an object.")
        named = item.get("fullUrl")
        yield from _walk(
            inner,
            f"{place}.resource",
            depth=depth + 1,
            full_url=named if isinstance(named, str) else None,
        )


def _found(value: object) -> str:
    kinds: dict[type, str] = {
        list: "a list",
        dict: "an object",
        str: "a string",
        bool: "true or false",
        int: "a number",
        float: "a number",
        type(None): "null",
    }
    return kinds.get(type(value), type(value).__name__)
