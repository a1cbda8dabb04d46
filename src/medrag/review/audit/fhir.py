"""Audit records as FHIR R4 `AuditEvent` and `Provenance`, for a hospital's own repository.

An answer, a decision and a release each become one `AuditEvent`, that it happened, and one
`Provenance`, where its result came from. What the resources point to is named by digest, since
the answers themselves stay in medrag. Codes: DICOM audit message vocabulary, HL7 terminology
for AuditEvent and Provenance, ISO 21089 record life cycle events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medrag.review.audit.signing import VerifyingKey
from medrag.review.audit.verification import demand_sound, records_of

Resource = dict[str, Any]
"""One FHIR resource, JSON-ready."""

_HL7 = "http://terminology.hl7.org/CodeSystem/"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_SERVER = {"system": _HL7 + "security-source-type", "code": "4", "display": "Application Server"}
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True, slots=True)
class _Event:
    """How one kind of record is coded.

    Attributes:
        type: Code system, code and display of what happened.
        lifecycle: Code of the ISO 21089 event; None where none fits.
        action: FHIR's audit-event-action.
        role: FHIR's provenance-participant-type of who did it; None where nothing was made.
        outcome: FHIR's audit-event-outcome.
    """

    type: tuple[str, str, str]
    lifecycle: str | None
    action: str
    role: str | None = None
    outcome: str = "0"


_OTHER = _Event((_HL7 + "audit-event-type", "object", "Object"), None, "E")
_EVENTS = {
    "answer": _Event((_DICOM, "110112", "Query"), "originate", "E", "assembler"),
    "review": _Event(
        (_HL7 + "audit-event-type", "object", "Object"),
        "attest",
        "C",
        "attester",
    ),
    "export": _Event((_DICOM, "110106", "Export"), "disclose", "R", "verifier"),
    "recovery": _Event((_DICOM, "110113", "Security Alert"), None, "U", outcome="4"),
}


def export_log(path: Path, keys: Sequence[VerifyingKey] = ()) -> Iterator[Resource]:
    """Yield the resources of every record of a sound log, in the order of the log.

    Args:
        path: The folder of the log.
        keys: Which must have signed its heads; where empty only damage is found.

    Raises:
        InputError: There is no log.
        AuditError: The log does not verify; nothing was yielded.
    """
    demand_sound(path, keys)
    for record in records_of(path):
        yield from resources_of(record)


def resources_of(record: Mapping[str, Any]) -> list[Resource]:
    """Return the `AuditEvent` of a record, then its `Provenance` where it made something."""
    event = _EVENTS.get(record["kind"], _OTHER)
    resources = [_audit_event(record, event)]
    if event.role is not None and _text(record["body"].get("answer")):
        resources.append(_provenance(record, event, event.role))
    return resources


def _audit_event(record: Mapping[str, Any], event: _Event) -> Resource:
    system, code, display = event.type
    resource: Resource = {
        "resourceType": "AuditEvent",
        **_id(record),
        "type": {"system": system, "code": code, "display": display},
    }
    if event.lifecycle is not None:
        resource["subtype"] = [_lifecycle(event.lifecycle)]
    resource |= {
        "action": event.action,
        "recorded": record["at"],
        "outcome": event.outcome,
        "agent": [_agent(record["body"])],
        "source": {"observer": {"display": "medrag audit log"}, "type": [_SERVER]},
        "entity": list(_entities(record)),
    }
    return resource


def _agent(body: Mapping[str, Any]) -> Resource:
    """Return who acted: the first person, or the software where no person did."""
    for person in _persons(body):
        return {"who": _named(person), "requestor": True}
    return {"who": {"display": _software(body)}, "requestor": False}


def _entities(record: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield what the record is of, with its particulars, then the documents it came from."""
    body = record["body"]
    kind = {"system": _HL7 + "audit-entity-type", "code": "2", "display": "System Object"}
    role = {"system": _HL7 + "object-role", "code": "3", "display": "Report"}
    details = [
        {"type": name, "valueString": text}
        for name, text in [("record", _text(record["id"])), *_details(body)]
        if text
    ]
    yield {**_what(body), "type": kind, "role": role, "detail": details}
    source = {"system": _HL7 + "object-role", "code": "4", "display": "Domain Resource"}
    for document in _texts(body, "documents"):
        yield {"what": _identified("document", document), "type": kind, "role": source}


def _details(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the particulars of a record, each with its name."""
    for key in ("status", "scope", "decision", "expires", "prompt_sha256", "seal", "bytes"):
        yield key, _text(body.get(key))
    for key, value in _fields(body, "versions").items():
        yield f"version of {key}", _text(value)
    for finding in _listed(body, "findings"):
        if isinstance(finding, dict):
            rule, severity = _text(finding.get("rule_id")), _text(finding.get("severity"))
            yield "finding", f"{rule} {severity}".strip()
    for override in _listed(body, "overrides"):
        if isinstance(override, list):
            yield "override", " ".join(map(_text, override))


def _provenance(record: Mapping[str, Any], event: _Event, role: str) -> Resource:
    body = record["body"]
    persons = [_named(person) for person in _persons(body)]
    participant = {"system": _HL7 + "provenance-participant-type", "code": role}
    resource: Resource = {
        "resourceType": "Provenance",
        **_id(record),
        "target": [_identified("answer", _text(body["answer"]))],
        "occurredDateTime": record["at"],
        "recorded": record["at"],
        "agent": [
            {"type": {"coding": [participant]}, "who": who}
            for who in persons or [{"display": _software(body)}]
        ],
    }
    if event.lifecycle is not None:
        resource["activity"] = {"coding": [_lifecycle(event.lifecycle)]}
    if re.fullmatch("[0-9a-f]{8,64}", _text(body.get("policy"))):
        resource["policy"] = [f"urn:medrag:policy:{body['policy']}"]
    sources = [
        {"role": "source", "what": _identified("document", document)}
        for document in _texts(body, "documents")
    ]
    if sources:
        resource["entity"] = sources
    return resource


def _persons(body: Mapping[str, Any]) -> list[str]:
    """Return who decided or released, the first person first."""
    alone = _text(body.get("reviewer"))
    return [alone] if alone else _texts(body, "reviewers")


def _software(body: Mapping[str, Any]) -> str:
    versions = _fields(body, "versions")
    model = _text(versions.get("model"))
    return f"medrag {_text(versions.get('medrag'))}".strip() + (f", {model}" if model else "")


def _named(person: str) -> Resource:
    return {"identifier": {"value": person}, "display": person}


def _what(body: Mapping[str, Any]) -> Resource:
    answer = _text(body.get("answer"))
    return {"what": _identified("answer", answer)} if answer else {}


def _identified(noun: str, digest: str) -> Resource:
    return {"identifier": {"system": f"urn:medrag:{noun}", "value": digest}}


def _lifecycle(code: str) -> Resource:
    return {"system": _HL7 + "iso-21089-lifecycle", "code": code}


def _id(record: Mapping[str, Any]) -> Resource:
    """Return the resource's id: the record's, where FHIR allows it."""
    return {"id": record["id"]} if _ID.fullmatch(record["id"]) else {}


# A record's body is whatever its writer put there: what FHIR cannot say is left out.


def _text(value: object) -> str:
    """Return text or a number as a FHIR string; empty where it is neither."""
    if isinstance(value, (str, int, float)):
        return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return ""


def _texts(body: Mapping[str, Any], key: str) -> list[str]:
    return [text for text in map(_text, _listed(body, key)) if text]


def _listed(body: Mapping[str, Any], key: str) -> list[Any]:
    value = body.get(key)
    return value if isinstance(value, list) else []


def _fields(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = body.get(key)
    return value if isinstance(value, dict) else {}
