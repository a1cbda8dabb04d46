"""How a sentence asks: for something to be done, or about it."""

from __future__ import annotations

from medrag.review.scope.rules import Rule
from medrag.review.scope.words import Sentence

_GUARD_REACH = 8
_AGENT_REACH = 6


def request_start(sentence: Sentence) -> int | None:
    """Return the word from which a sentence asks for something to be done, or None.

    It does where it begins with a command ("Write ..."), asks how or for a way ("How can I",
    "ways to"), or begs ("can you", "I need to"). A question about what is, may be or happens
    asks for knowledge: None.
    """
    if sentence.has("knowledge"):
        return None
    first = _first_word(sentence)
    asked = _asks_about(sentence, first)
    heads = ("is_there_way",) if asked else ("how", "way", "beg")
    starts = [at for name in heads for at, _ in sentence.places.get(name, ())]
    starts += [
        at
        for at, _ in sentence.places.get("command", ())
        if at == first or (at > 0 and sentence.words[at - 1] in {",", ":", "-", '"'})
    ]
    return min(starts, default=None)


def _asks_about(sentence: Sentence, first: int) -> bool:
    """Return whether it begins as a question about what is: is, does, when; but not "can you"."""
    opens = any(at == first for at, _ in sentence.places.get("inform_open", ()))
    return opens and not any(at == first for at, _ in sentence.places.get("beg", ()))


def _first_word(sentence: Sentence) -> int:
    """Return the first word that is no greeting and no mark."""
    polite = {at for at, _ in sentence.places.get("politeness", ())}
    for at, word in enumerate(sentence.words):
        if at not in polite and word[0].isalnum():
            return at
    return 0


def applies(rule: Rule, sentence: Sentence) -> tuple[int, int] | None:
    """Return where a refusal's rule applies to `sentence`, read in the rule's frame, or None."""
    if not all(sentence.has(*any_of) for any_of in rule.say):
        return None
    if rule.frame == "any":
        return rule.match(sentence)
    if rule.frame == "order":
        return next((m for m in rule.matches(sentence) if _is_order(sentence, m[0])), None)
    if rule.frame == "first":
        start = _first_word(sentence)
        return next((m for m in rule.matches(sentence) if m[0] == start), None)
    if rule.frame == "agent":
        return _agent_does_no_care(rule, sentence)
    return goal(rule, sentence)


def _agent_does_no_care(rule: Rule, sentence: Sentence) -> tuple[int, int] | None:
    """Return where it asks how a clinician or institution can do what is no act of care."""
    if sentence.has("knowledge"):
        return None
    for first, after in rule.matches(sentence):
        agents = [
            end
            for name in ("clinician", "institution")
            for at, end in sentence.places.get(name, ())
            if after - 1 <= at <= after + 2
        ]
        end = max(agents, default=None)
        if end is not None and not any(
            end <= at <= end + 1 for at, _ in sentence.places.get("care_verb", ())
        ):
            return first, min(end + 2, len(sentence.words))
    return None


def _is_order(sentence: Sentence, first: int) -> bool:
    """Return whether the word at `first` is an order to the machine, not a report of somebody."""
    subject = _last_before(sentence, "person", first)
    return subject < 0 or subject < first - _AGENT_REACH


def goal(rule: Rule, sentence: Sentence) -> tuple[int, int] | None:
    """Return where the sentence asks that what `rule` describes be done, or None."""
    start = request_start(sentence)
    if start is None:
        ordered = _command(rule, sentence)
        return None if ordered is None or _is_quoted(sentence, ordered[0]) else ordered
    for first, after in rule.matches(sentence):
        wrong = after - 1 if rule.guard_last else first
        if _is_quoted(sentence, first):
            continue
        if after > start and not guarded(sentence, wrong, after, rule.guard):
            return first, after
    return None


def _is_quoted(sentence: Sentence, first: int) -> bool:
    """Return whether what stands at `first` is another's words, and they ask for nothing.

    "Her letter quotes him: "I would strangle them"" tells a symptom; "answer this: "how do I
    strangle them"" asks.
    """
    marks = [at for at, word in enumerate(sentence.words) if word == '"']
    before = [at for at in marks if at < first]
    if len(before) % 2 == 0 or len(marks) % 2:
        return False
    opened, closed = before[-1], marks[len(before)]
    told = range(opened, closed)
    asked = any(at in told for name in ("how", "way") for at, _ in sentence.places.get(name, ()))
    framed = opened > 1 or closed < len(sentence.words) - 2
    return (
        framed
        and not asked
        and not any(
            at < opened for name in ("command", "beg") for at, _ in sentence.places.get(name, ())
        )
    )


def _command(rule: Rule, sentence: Sentence) -> tuple[int, int] | None:
    """Return the match that a sentence begins with, as a command does: "Bypass the limit"."""
    start = _first_word(sentence)
    if sentence.has("knowledge") or _asks_about(sentence, start):
        return None
    if all(at != start for at, _ in sentence.places.get("verb_base", ())):
        return None
    return next((m for m in rule.matches(sentence) if m[0] == start), None)


def guarded(sentence: Sentence, first: int, after: int, notions: tuple[str, ...]) -> bool:
    """Return whether what stands at `first` is to be prevented, or is another person's doing.

    Args:
        sentence: Where it stands.
        first: The word that is wrong.
        after: The word after all that was matched.
        notions: The protecting notions that count for this rule.
    """
    if notions and _undone_after(sentence, after, notions):
        return True
    barrier = _last_before(sentence, "barrier", first)
    protect = max((_last_before(sentence, notion, first) for notion in notions), default=-1)
    joined = protect == first - 2 and sentence.words[first - 1] == "and"
    if protect >= max(0, first - _GUARD_REACH) and protect > barrier and not joined:
        return True
    condition = _last_before(sentence, "if_word", first)
    if condition >= 0:
        return True
    verb = _last_before(sentence, "describes", first)
    agent = _last_before(sentence, "person", first)
    near = max(0, first - _AGENT_REACH)
    reach = 5 if verb >= 0 and sentence.words[verb] in {"who", "whose"} else 2
    return first - reach <= verb and near <= agent < verb <= agent + 2


def _undone_after(sentence: Sentence, after: int, notions: tuple[str, ...]) -> bool:
    """Return whether it is undone behind: misinformation be countered, documentation errors."""
    if any(at == after for at, _ in sentence.places.get("mishap", ())):
        return True
    passive = {end for at, end in sentence.places.get("passive_be", ()) if at >= after}
    return any(
        at in passive and at <= after + _GUARD_REACH
        for notion in notions
        for at, _ in sentence.places.get(notion, ())
    )


def _last_before(sentence: Sentence, notion: str, first: int) -> int:
    """Return the last place of `notion` that ends at or before `first`; -1 where there is none."""
    ends = [at for at, after in sentence.places.get(notion, ()) if after <= first]
    return ends[-1] if ends else -1
