"""CDS Hooks 2.0.1: the checker's findings as cards in a clinician's own software."""

from medrag.interop.cds_hooks.answering import answer_hook, quotes_of, reviewed_card
from medrag.interop.cds_hooks.cards import Action, Card, HookResponse
from medrag.interop.cds_hooks.requests import FeedbackRequest, HookRequest
from medrag.interop.cds_hooks.services import discovery
from medrag.interop.cds_hooks.situations import read_situation

__all__ = [
    "Action",
    "Card",
    "FeedbackRequest",
    "HookRequest",
    "HookResponse",
    "answer_hook",
    "discovery",
    "quotes_of",
    "read_situation",
    "reviewed_card",
]
