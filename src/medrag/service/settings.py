"""What a service needs to know beside what an answer depends on."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator

from medrag.core.span import Value

Role = Literal["reader", "reviewer", "administrator"]
"""What somebody may do; each may do what those before it may."""

ROLES: tuple[Role, ...] = ("reader", "reviewer", "administrator")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Client(Value):
    """Somebody who may ask.

    Attributes:
        name: In logs of decisions and as the reviewer of a sign-off.
        role: What they may do.
        token_sha256: SHA-256 of their token, in hex: the file holds no secret.
    """

    name: str = Field(min_length=1, max_length=200)
    role: Role = "reader"
    token_sha256: str

    @field_validator("token_sha256")
    @classmethod
    def _is_digest(cls, value: str) -> str:
        if not _DIGEST.fullmatch(value):
            raise ValueError("expected 64 hex digits; `medrag serve token NAME` makes them")
        return value


class HookClient(Value):
    """A CDS client that signs its requests.

    Attributes:
        issuer: The `iss` of its tokens.
        keys: JSON file of its public keys (a JWK set), kept here: nothing is fetched from an
            address that a token names.
        tenant: The `tenant` that its tokens must name; any where None.
    """

    issuer: str
    keys: str
    tenant: str | None = None


class Limits(Value):
    """How much of the service one client, one request and one worker may take.

    Attributes:
        requests_per_minute: Of one client, in the whole service. Default 6000.
        burst: Requests of one client that may come at once, in the whole service. Default 200.
        client_at_once: Requests of one client with a token that may be at work or wait, on one
            worker. Default 24: no client takes all places.
        answers: Questions answered at the same time by one worker. Default 4. Short ones that wait
            for no model and no other machine take turns besides, one at a time.
        checks: Other work at the same time by one worker. Default 8. Short checks take turns
            besides, one at a time.
        waiting: Requests that may wait for each of the two, on one worker. Default 32.
        request_bytes: Largest body. Default 2 MiB: a patient's whole record fits.
        body_s: Longest time for a body to arrive, in seconds. Default 30.
        answer_s: Longest time for one answer, in seconds. Default 60.
        check_s: Longest time for one check, in seconds. Default 10.
        drain_s: How long a shutdown waits for what has begun. Default 20.
    """

    requests_per_minute: int = Field(default=6000, ge=1)
    burst: int = Field(default=200, ge=1)
    client_at_once: int = Field(default=24, ge=1, le=10_000)
    answers: int = Field(default=4, ge=1, le=256)
    checks: int = Field(default=8, ge=1, le=256)
    waiting: int = Field(default=32, ge=0, le=10_000)
    request_bytes: int = Field(default=2 << 20, ge=1024)
    body_s: float = Field(default=30, gt=0, le=600)
    answer_s: float = Field(default=60, gt=0, le=3600)
    check_s: float = Field(default=10, gt=0, le=3600)
    drain_s: float = Field(default=20, ge=0, le=600)

    @property
    def crowd(self) -> int:
        """Requests that may be inside one worker, at work or waiting."""
        return self.answers + self.checks + 2 * self.waiting


class ServiceSettings(Value):
    """Everything of one service; `medrag serve --config FILE` reads it from TOML.

    Attributes:
        index: Folder or URL of the index.
        corpora: Folders that the index was built from; where a document's file lies there
            unchanged, its pages are shown as printed.
        settings: TOML file of what answers depend on (`medrag.Settings`).
        clients: Who may ask; where empty, the service answers its own machine only.
        hook_clients: Who may call the CDS Hooks services with signed requests.
        fhir_servers: Base URLs from which a hook's missing facts may be read, with the token
            that the request brings; none by default.
        hook_severity: Findings below this raise no card.
        base_url: How others reach this service: in links of cards, and the audience of hooks.
        approval: File of the approved configuration; any other answers nothing.
        review: Folder of answers that wait for a person, and of decisions.
        review_policy: TOML file of what is asked of a sign-off.
        audit: Folder of the audit log.
        audit_key: Key that signs the log.
        audit_content: What of the answers the log holds.
        content_key: Key that seals the content.
        reload_s: How often a new generation of the index is looked for, in seconds; 0 is never.
        limits: How much anybody may take.
    """

    index: str
    corpora: tuple[str, ...] = ()
    settings: str | None = None
    clients: tuple[Client, ...] = ()
    hook_clients: tuple[HookClient, ...] = ()
    fhir_servers: tuple[str, ...] = ()
    hook_severity: Literal["info", "warning", "critical"] = "warning"
    base_url: str = "http://127.0.0.1:8080"
    approval: str | None = None
    review: str | None = None
    review_policy: str | None = None
    audit: str | None = None
    audit_key: str | None = None
    audit_content: Literal["none", "deidentified", "encrypted"] | None = None
    content_key: str | None = None
    reload_s: float = Field(default=2, ge=0, le=3600)
    limits: Limits = Field(default_factory=Limits)

    @field_validator("clients")
    @classmethod
    def _named_once(cls, clients: tuple[Client, ...]) -> tuple[Client, ...]:
        names = [client.name for client in clients]
        if len(names) != len(set(names)):
            raise ValueError("two clients have one name")
        return clients
