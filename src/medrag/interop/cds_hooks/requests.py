"""What a CDS client sends: a hook that was triggered, and how a person answered a card.

Unknown keys are passed over, as the specification asks of services, so that a client of a later
release is understood. The invariants are those of the specification's logical models (cds-r-1,
cds-fb-1 to cds-fb-3).

Source: CDS Hooks 2.0.1, cds-hooks.hl7.org/2.0.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic.alias_generators import to_camel


class Message(BaseModel):
    """The root of what a client sends: frozen, blind to keys that it does not name."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True
    )


class FhirAuthorization(Message):
    """A token with which the service may read from the client's FHIR server."""

    model_config = ConfigDict(alias_generator=None)

    access_token: SecretStr
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str
    subject: str
    patient: str | None = None


class HookRequest(Message):
    """One call of a service.

    Attributes:
        hook: What triggered it (`order-sign`).
        hook_instance: The client's id of this call.
        fhir_server: Base URL of the client's FHIR server.
        context: What the hook is about; its keys depend on the hook.
        prefetch: FHIR resources by the keys of the service's prefetch templates.
        extension: Of the client's own making.
    """

    hook: str = Field(min_length=1)
    hook_instance: UUID
    fhir_server: str | None = None
    fhir_authorization: FhirAuthorization | None = None
    context: dict[str, Any]
    prefetch: dict[str, Any] | None = None
    extension: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _says_where(self) -> HookRequest:
        if self.fhir_authorization is not None and not self.fhir_server:
            raise ValueError("fhirAuthorization needs fhirServer (cds-r-1)")
        return self


class ReasonCoding(Message):
    """The coded reason that a person chose."""

    system: str | None = None
    code: str
    display: str | None = None


class OverrideReason(Message):
    """Why a person went against a card."""

    reason: ReasonCoding | None = None
    user_comment: str | None = Field(default=None, max_length=10_000)

    @model_validator(mode="after")
    def _says_why(self) -> OverrideReason:
        if self.reason is None and not self.user_comment:
            raise ValueError("an overrideReason has a reason, a userComment or both (cds-fb-3)")
        return self


class AcceptedSuggestion(Message):
    """A suggestion that a person took."""

    id: UUID


class Feedback(Message):
    """What a person did with one card."""

    card: UUID
    outcome: Literal["accepted", "overridden"]
    accepted_suggestions: tuple[AcceptedSuggestion, ...] = ()
    override_reason: OverrideReason | None = None
    outcome_timestamp: AwareDatetime

    @model_validator(mode="after")
    def _names_what_was_accepted(self) -> Feedback:
        if self.outcome == "accepted" and not self.accepted_suggestions:
            raise ValueError("an accepted card names its acceptedSuggestions (cds-fb-2)")
        return self


class FeedbackRequest(Message):
    """Feedback on one or more cards."""

    feedback: tuple[Feedback, ...] = Field(min_length=1, max_length=1000)
