"""The services that medrag offers, and the queries that a client runs for them beforehand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from medrag.interop.cds_hooks.cards import Discovery, Service

_OF_PATIENT = "patient={{context.patientId}}"
_LOINC = "http://loinc.org"
PREFETCH: Mapping[str, str] = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": f"Condition?{_OF_PATIENT}",
    "allergies": f"AllergyIntolerance?{_OF_PATIENT}",
    "medications": f"MedicationRequest?{_OF_PATIENT}&status=active",
    "statements": f"MedicationStatement?{_OF_PATIENT}&status=active",
    "weight": f"Observation?{_OF_PATIENT}&code={_LOINC}|29463-7&_sort=-date&_count=3",
    "height": f"Observation?{_OF_PATIENT}&code={_LOINC}|8302-2&_sort=-date&_count=3",
    "pregnancy": f"Observation?{_OF_PATIENT}&code={_LOINC}|82810-3&_sort=-date&_count=1",
    "vitals": f"Observation?{_OF_PATIENT}&category=vital-signs&_sort=-date&_count=20",
    "labs": f"Observation?{_OF_PATIENT}&category=laboratory&_sort=-date&_count=200",
}
"""What every service asks for; any part may be missing, and what then cannot be checked is said."""

_USAGE = (
    "Research and development software, not a medical device. Facts that neither prefetch nor a "
    "permitted FHIR server gives are listed as not checked."
)
_ABOUT = {
    "patient-view": (
        "Current medications against the record",
        "Checks the current medication list against age, kidney and liver function, allergies, "
        "conditions, pregnancy and laboratory values, and for interactions and duplications.",
    ),
    "encounter-start": (
        "Medications at admission against the record",
        "Checks the medications that a patient comes with as an encounter starts.",
    ),
    "order-select": (
        "Selected orders against the record",
        "Checks the orders just selected, with the other drafts and the record beside them.",
    ),
    "order-sign": (
        "Orders before they are signed",
        "Checks every draft order against the record and the other orders.",
    ),
}
ORDER_HOOKS = ("order-select", "order-sign", "medication-prescribe")
"""The hooks that come with drafts; the last one is order-sign's name before CDS Hooks 1.0."""

_TOKEN = re.compile(r"\{\{([^{}]*)\}\}")


def discovery() -> Discovery:
    """Return every service, in the order in which a patient meets them."""
    return Discovery(
        services=tuple(
            Service(
                hook=hook,
                id=service_id(hook),
                title=title,
                description=description,
                prefetch=dict(PREFETCH),
                usage_requirements=_USAGE,
            )
            for hook, (title, description) in _ABOUT.items()
        )
    )


def service_id(hook: str) -> str:
    """Return the id of the service of a hook."""
    return f"medrag-{hook}"


def hooks_of(service: str) -> tuple[str, ...]:
    """Return the hooks that a service answers; empty where there is no such service."""
    hooks = tuple(hook for hook in _ABOUT if service_id(hook) == service)
    return (*hooks, "medication-prescribe") if hooks == ("order-sign",) else hooks


def resolved(template: str, context: Mapping[str, object]) -> str | None:
    """Return a prefetch template as a query for one context.

    None where a token names what the context does not hold, or no plain value of it: the
    specification lets a query without its data be left out.
    """
    tokens = {found: _value(found, context) for found in _TOKEN.findall(template)}
    if any(value is None for value in tokens.values()):
        return None
    return _TOKEN.sub(lambda match: quote(tokens[match[1]] or "", safe=""), template)


def _value(token: str, context: Mapping[str, object]) -> str | None:
    scope, _, key = token.strip().partition(".")
    value = context.get(key) if scope == "context" else None
    return value if isinstance(value, str) and value else None
