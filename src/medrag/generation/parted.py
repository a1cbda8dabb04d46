"""Thinking and answer told apart while a reply streams."""

from __future__ import annotations

from medrag.generation.thinking import END, START, split_thinking


class Parted:
    """Holds a reply back until it is sure that it is the answer.

    An answer begins with a brace; before one, everything may turn out to be thinking, whose end
    is marked. So nothing of a trace is ever handed out as an answer.

    Args:
        may_think: Whether there can be thinking at all; else all is answer.
    """

    def __init__(self, *, may_think: bool) -> None:
        self._is_answer = not may_think
        self._starts_blank = False
        self._held = ""
        self._thoughts: list[str] = []

    @property
    def thinking(self) -> str | None:
        """The trace, without its markers; None where there was none."""
        return "".join(self._thoughts).strip() or None

    def note(self, thought: str) -> None:
        """Take a piece of thinking that the server itself has told apart."""
        self._thoughts.append(thought)

    def feed(self, text: str) -> str:
        """Take a piece of the reply; return what is answer now."""
        if self._is_answer:
            shown = text.lstrip() if self._starts_blank else text
            self._starts_blank = self._starts_blank and not shown
            return shown
        self._held += text
        opened = self._held.lstrip().startswith(START)
        if END not in self._held and (opened or "{" not in self._held):
            return ""
        return self.end()

    def end(self) -> str:
        """Return what is left of the answer, where nothing more comes."""
        held, self._held, self._is_answer = self._held, "", True
        thought, answer = split_thinking(held)
        if thought is not None:
            self._thoughts.append(thought)
            self._starts_blank = not answer
        return answer
