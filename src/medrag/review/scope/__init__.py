"""Whether a question is one that medrag answers, an emergency, or to be refused."""

from medrag.review.scope.deciding import scope, scope_cases

__all__ = ["scope", "scope_cases"]
