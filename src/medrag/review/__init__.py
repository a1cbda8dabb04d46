"""A person's decision about exactly one answer, and what may act on it."""

from medrag.review.folder import Entry, ReviewFolder
from medrag.review.signoff import actionable, sign

__all__ = ["Entry", "ReviewFolder", "actionable", "sign"]
