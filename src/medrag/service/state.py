"""What every request of one worker shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from medrag.config import SELECTION, Settings
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index
from medrag.pipeline.run import open_policy
from medrag.review.audit import AuditLog, SigningKey
from medrag.review.audit.recorder import Recorder
from medrag.review.folder import ReviewFolder
from medrag.sealing import KeyRing, SecretKey
from medrag.service.callers import Callers
from medrag.service.desk import Desk
from medrag.service.hook_clients import FhirServers, HookClients
from medrag.service.ledger import Ledger
from medrag.service.limits import Crowd, Rates, Slots, Turns
from medrag.service.settings import ServiceSettings

if TYPE_CHECKING:
    from medrag.checker import Policy


@dataclass(frozen=True, slots=True)
class Slotted:
    """The two kinds of work, each with its own places."""

    answers: Slots
    checks: Slots


@dataclass(frozen=True, slots=True)
class Turned:
    """The short ones of both, which only compute: one after the other."""

    answers: Turns
    checks: Turns


class Shared:
    """What every request of one worker shares, opened as the settings say.

    Args:
        settings: The service's.
        engine_of: Makes the engine of an opened index; by default as the settings say.
        together: Folder that all workers of the service share, for what holds for all of them;
            None where there is one.

    Raises:
        InputError: A file that the settings name cannot be read.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        engine_of: Callable[[Index], QueryEngine] | None = None,
        *,
        together: Path | None = None,
    ) -> None:
        self.settings = settings
        self.callers = Callers(settings.clients)
        limits = settings.limits
        self.rates = Rates(
            limits.requests_per_minute,
            limits.burst,
            ledger=Ledger(together / "rates" if together else None),
        )
        self.crowd = Crowd(limits.client_at_once)
        self.slots = Slotted(
            Slots(limits.answers, limits.waiting), Slots(limits.checks, limits.waiting)
        )
        self.turns = Turned(
            Turns(limits.answers + limits.waiting), Turns(limits.checks + limits.waiting)
        )
        self.desk = Desk(settings.index, engine_of or self._engine)
        self.hook_clients = HookClients(
            settings.hook_clients,
            settings.base_url,
            seen=Ledger(together / "tokens" if together else None),
        )
        self.fhir = FhirServers(settings.fhir_servers)
        self.log = self._audit_log()
        self.reviews = self._reviews()

    @cached_property
    def answering(self) -> Settings:
        """What answers depend on."""
        path = self.settings.settings
        return Settings.load(Path(path)) if path else Settings()

    @cached_property
    def computes_answers(self) -> bool:
        """Whether a question waits for nobody else: not for a model, not for another machine."""
        return self.answering.llm == SELECTION and "://" not in self.settings.index

    @cached_property
    def policy(self) -> Policy | None:
        """What the institution decided about the checker."""
        return open_policy(self.answering)

    def _engine(self, index: Index) -> QueryEngine:
        from medrag.review.approval import Approval

        path = self.settings.approval
        return QueryEngine(
            index,
            settings=self.answering,
            recorder=self._recorder,
            approval=Approval.load(Path(path)) if path else None,
            pause=self.turns.checks.let_pass,
        )

    def _audit_log(self) -> AuditLog | None:
        chosen = self.settings
        if chosen.audit is None:
            return None
        key = SigningKey.open(Path(chosen.audit_key)) if chosen.audit_key else None
        return AuditLog(Path(chosen.audit), key=key)

    @cached_property
    def _recorder(self) -> Recorder | None:
        chosen = self.settings
        if self.log is None:
            return None
        keys = KeyRing([SecretKey.open(Path(chosen.content_key))]) if chosen.content_key else None
        return Recorder(
            self.log, content=chosen.audit_content or ("encrypted" if keys else "none"), keys=keys
        )

    def _reviews(self) -> ReviewFolder | None:
        chosen = self.settings
        if chosen.review is None:
            return None
        return ReviewFolder(
            Path(chosen.review), Path(chosen.review_policy) if chosen.review_policy else None
        )
