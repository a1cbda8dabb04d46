"""What a CDS service says: its services, and cards.

The invariants are those of the specification's logical models (cds-resp-1 to cds-resp-7).

Source: CDS Hooks 2.0.1, cds-hooks.hl7.org/2.0.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from medrag.core.finding import Severity
from medrag.core.span import WholeText

SUMMARY_CHARACTERS = 139
"""The longest summary of a card: it has to stay below 140 characters."""


class Spoken(BaseModel):
    """The root of what a service says: frozen, and only what the specification names."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Coding(Spoken):
    """A code in words; the display is never left out (cds-resp-4)."""

    code: str
    system: str | None = None
    display: str = Field(min_length=1)


class CardSource(Spoken):
    """What a card rests on."""

    label: str = Field(min_length=1)
    url: str | None = None
    icon: str | None = None
    topic: Coding | None = None


class Link(Spoken):
    """Where a person reads more."""

    label: str = Field(min_length=1)
    url: str
    type: Literal["absolute", "smart"] = "absolute"
    app_context: str | None = None
    autolaunchable: bool | None = None

    @model_validator(mode="after")
    def _context_is_for_apps(self) -> Link:
        if self.type != "smart" and self.app_context is not None:
            raise ValueError("appContext is for SMART apps only (cds-resp-3)")
        return self


class Action(Spoken):
    """One change to the client's draft."""

    type: Literal["create", "update", "delete"]
    description: str | None = None
    resource: dict[str, Any] | None = None
    resource_id: str | None = None

    @model_validator(mode="after")
    def _names_its_resource(self) -> Action:
        deletes = self.type == "delete"
        if deletes and (self.resource_id is None or self.resource is not None):
            raise ValueError("what is deleted is named by resourceId alone (cds-resp-2)")
        if not deletes and self.resource is None:
            raise ValueError(f"an action of type {self.type} has a resource")
        return self


class Suggestion(Spoken):
    """Changes that a person may take with one click."""

    label: str = Field(min_length=1)
    uuid: UUID | None = None
    is_recommended: bool | None = None
    actions: tuple[Action, ...] = ()
    action_selection_behavior: Literal["all", "any", "at-most-one"] | None = None

    @model_validator(mode="after")
    def _describes_its_actions(self) -> Suggestion:
        if not all(action.description for action in self.actions):
            raise ValueError("every action of a suggestion has a description (cds-resp-5)")
        return self


class Card(Spoken):
    """One thing that a person should see."""

    uuid: UUID | None = None
    summary: WholeText = Field(min_length=1, max_length=SUMMARY_CHARACTERS)
    detail: WholeText | None = None
    indicator: Severity
    source: CardSource
    suggestions: tuple[Suggestion, ...] = ()
    selection_behavior: Literal["at-most-one", "any"] | None = None
    override_reasons: tuple[Coding, ...] = ()
    links: tuple[Link, ...] = ()

    @model_validator(mode="after")
    def _says_how_to_choose(self) -> Card:
        if self.suggestions and self.selection_behavior is None:
            raise ValueError("suggestions need a selectionBehavior (cds-resp-6)")
        recommended = sum(bool(item.is_recommended) for item in self.suggestions)
        if self.selection_behavior == "at-most-one" and recommended > 1:
            raise ValueError("of at most one, at most one is recommended (cds-resp-1)")
        return self


class HookResponse(Spoken):
    """The answer to one call; no cards are a full answer."""

    cards: tuple[Card, ...] = ()
    system_actions: tuple[Action, ...] | None = None

    def json_object(self) -> dict[str, Any]:
        """Return the answer as JSON values; keys without a value are left out."""
        shown = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        cards = (_card_object(card) for card in self.cards)
        return {**shown, "cards": list(cards)}


def _card_object(card: Card) -> dict[str, Any]:
    shown = card.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key in ("suggestions", "overrideReasons", "links"):
        if not shown[key]:
            del shown[key]
    return shown


class Service(Spoken):
    """One service, as discovery lists it."""

    hook: str
    id: str
    title: str
    description: str
    prefetch: dict[str, str] = Field(default_factory=dict)
    usage_requirements: str | None = None
    version: str | None = None


class Discovery(Spoken):
    """Every service of this server."""

    services: tuple[Service, ...] = ()
