"""A sentence told again, held to its original value by value.

A claim that has nearly all words of one sentence of its quotations, and that sentence nearly all
of its, tells it again, in whatever order. Then each of its numbers, rates, denials and classes of
patients has one there: what is left over on both sides was changed, even where the value that took
the place stands elsewhere in the quotations. What a claim leaves out is no change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from medrag.clinical.quantity import Frequency
from medrag.grounding.axes import AGAINST, DENIERS, EXCEPTS, STOPS
from medrag.grounding.bounds import direction
from medrag.grounding.equal import Number, ends, is_comparable, is_same
from medrag.grounding.facts import Facts
from medrag.grounding.frequencies import as_often
from medrag.grounding.originals import Sentence, differences, originals, read_sentences
from medrag.grounding.places import Site, is_idle, is_inside, same_sites
from medrag.grounding.remains import is_what_remains
from medrag.grounding.tokens import Token, is_light, key
from medrag.grounding.values import bounds_apart, is_told_otherwise
from medrag.grounding.words import COVERS, populations


class Other(NamedTuple):
    """What a sentence told again changed; see `grounding.Ungrounded`."""

    kind: Literal[
        "number", "comparator", "frequency", "negation", "direction", "population", "drug"
    ]
    start: int
    end: int
    message: str
    expected: str = ""


def changed_values(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield what the sentences of `said` changed of those they tell again, in text order."""
    told = [one for source in sources for one in read_sentences(source)]
    for one in read_sentences(said):
        found = [
            {(o.kind, o.start): o for o in _changed(one, other, sources)}
            for other in originals(one, told)
        ]
        if found:
            yield from (o for place, o in found[0].items() if all(place in f for f in found))


def _changed(one: Sentence, other: Sentence, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield what `one` changed of `other`, if it tells it again."""
    apart = differences(one, other)
    if apart is None:
        return
    strange, missing = apart
    whole = not strange and not missing
    pair = _Pair(one, other, sources, whole=whole)
    yield from _numbers(pair)
    yield from _rates(pair)
    yield from _turned(one, other)
    if strange:
        yield from _patients(one, other, strange, missing)
    if whole:
        yield from _denied(one, other)
    if len(strange) == 1:
        yield from _other_drug(pair, strange[0], missing)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A sentence that tells another one again.

    Attributes:
        one, other: The sentence of the claim, and the original.
        sources: All that the quotations say.
        whole: Whether both have the same words beside their values.
    """

    one: Sentence
    other: Sentence
    sources: Sequence[Facts]
    whole: bool

    @property
    def same(self) -> bool:
        """Whether both have the same words, and as many denials."""
        denials = (sum(map(len, _denials(one))) for one in (self.one, self.other))
        return self.whole and len(set(denials)) == 1


_Value = TypeVar("_Value")


def _unmatched(
    mine: Sequence[_Value], theirs: Sequence[_Value], agree: Callable[[_Value, _Value], bool]
) -> tuple[list[_Value], list[_Value]]:
    """Return what is left of two lists of values when those that agree have been paired."""
    left, rest = [], list(theirs)
    for one in mine:
        found = next((at for at, other in enumerate(rest) if agree(one, other)), None)
        if found is None:
            left.append(one)
        else:
            del rest[found]
    return left, rest


# --- What is compared ---------------------------------------------------------------------------


def _numbers(pair: _Pair) -> Iterator[Other]:
    """Yield numbers in the place of others, and those that are bounded the other way.

    Where both sentences are in the same words, a bound that points the other way says so alone.
    """
    one, other = pair.one, pair.other
    same = pair.same

    def apart(a: Number, b: Number) -> bool:
        if same and a.quantity.high is b.quantity.high is None:
            return {_way(a), _way(b)} == {"up", "down"}
        return bounds_apart(Site(one.facts, a), Site(other.facts, b))

    left, rest = _paired(one, other)
    left, rest = _unmatched(left, rest, lambda a, b: is_same(a, b) and not apart(a, b))
    for number in left:
        words = one.facts.text[number.start : number.end]
        turned = next((b for b in rest if is_same(number, b) and apart(number, b)), None)
        if turned is not None and (pair.whole or not _is_bounded_so(number, pair.sources)):
            near = _around(other.facts.text, turned)
            message = f"The claim bounds {words!r} otherwise than its quotation: {near!r}."
            yield Other("comparator", number.start, number.end, message, near)
            continue
        instead = next(
            (b for b in rest if _measures(number, b) and _way(number) in {"", _way(b)}), None
        )
        if instead is not None and not _stands_elsewhere(pair, number, instead):
            near = other.facts.text[instead.start : instead.end]
            message = f"The claim says {words!r} where its quotation says {near!r}."
            yield Other("number", number.start, number.end, message, near)


def _paired(one: Sentence, other: Sentence) -> tuple[list[Number], list[Number]]:
    """Return the numbers of both that have no plain counterpart: what stayed is paired first."""
    left, rest = _unmatched(one.numbers, other.numbers, _are_equal)
    return _unmatched(
        left, rest, lambda a, b: is_same(a, b) and _way(a) == _way(b) and bool(_way(a))
    )


def _is_bounded_so(number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether any quotation bounds the same number the same way."""
    every = (n for source in sources for n in source.numbers)
    return any(is_same(number, n) and _way(n) == _way(number) for n in every)


def _way(number: Number) -> str:
    return direction(number.bound, number.quantity.unit)


def _stands_elsewhere(pair: _Pair, number: Number, instead: Number) -> bool:
    """Return whether a number may be told of something else, or follows from what is told.

    In the same words, as many values and at the same rates it is told of what its original is:
    a value that stands elsewhere, or is ten times another, is no reason for it.
    """
    one, other = pair.one, pair.other
    alike = number.quantity.unit == instead.quantity.unit and _as_many(one, other, number)
    exact = (
        pair.whole and alike and not any(_unmatched(one.frequencies, other.frequencies, as_often))
    )
    site = Site(one.facts, number)
    same = same_sites(site, pair.sources)
    if any(not is_same(number, where.number) for where in same):
        return True  # in another unit: 6.5 % and 48 mmol/mol
    if same:
        inside = any(is_same(a, b) for b in other.numbers for a in (number, *ends(number)))
        return not exact and (inside or not pair.whole)
    if is_inside(one.facts, number, pair.sources) or is_idle(site, ""):
        return True
    left = is_what_remains(one.facts, number, pair.sources)
    return left or (not exact and is_told_otherwise(site, pair.sources))


def _are_equal(one: Number, other: Number) -> bool:
    """Return whether two numbers have one value, unit and bound: what stays is paired first."""
    return one.quantity == other.quantity and one.bound == other.bound


def _around(text: str, number: Number) -> str:
    return text[max(0, number.start - 25) : number.end + 12].strip()


def _measures(one: Number, other: Number) -> bool:
    """Return whether two numbers are of one unit or dimension, and one of them no end of other."""
    if (one.quantity.unit == "1") != (other.quantity.unit == "1"):
        return False
    parts = (*ends(one), *ends(other))
    inside = any(is_same(a, b) for a in ends(one) for b in ends(other)) and len(parts) > 2
    return is_comparable(one, other) and not (
        inside and (one.quantity.high is None) != (other.quantity.high is None)
    )


def _as_many(one: Sentence, other: Sentence, number: Number) -> bool:
    """Return whether both sentences have as many numbers of a sort."""
    mine = sum(is_comparable(number, n) for n in one.numbers)
    return mine == sum(is_comparable(number, n) for n in other.numbers)


def _rates(pair: _Pair) -> Iterator[Other]:
    """Yield how often something is done where the sentence had another rate in its place.

    A rate that stands nowhere in it is compared by `frequencies`, but where all else is the same,
    and but for one told behind another: "by 5 mg daily every week".
    """
    one, other = pair.one, pair.other
    left, rest = _unmatched(one.frequencies, other.frequencies, as_often)
    if not rest or _in_all(left) == _in_all(rest):
        return  # "each morning and each evening"
    as_many = len(one.frequencies) == len(other.frequencies)
    alone = pair.whole and as_many and not any(map(len, _paired(one, other)))
    for rate in left:
        told = any(as_often(rate, b) for b in other.frequencies)
        part = not any(rate.start == f.start for f in one.facts.frequencies)
        if rate.per_day is not None and not rate.once and ((told and as_many) or part or alone):
            near = other.facts.text[rest[0].start : rest[0].end]
            message = f"The claim says {rate.text!r} where its quotation says {near!r}."
            yield Other("frequency", rate.start, rate.end, message, near)


def _in_all(rates: Sequence[Frequency]) -> Decimal:
    return sum((f.per_day or Decimal(0) for f in rates if not f.once), Decimal(0))


def _patients(
    one: Sentence, other: Sentence, strange: Sequence[str], missing: Sequence[str]
) -> Iterator[Other]:
    """Yield a class of patients in the place of another.

    Where one word alone stands for one other, the class may be told of elsewhere, too.
    """
    new = [token.start for token in one.words if token.key in strange]
    mine, theirs = _classes(one), _classes(other)
    covered = theirs.keys() | frozenset[str]().union(*(COVERS.get(n, ()) for n in theirs))
    if "reproductive" in theirs:
        covered |= {"pregnancy"}  # "who are or may become pregnant"
    own = mine.keys() | frozenset[str]().union(*(COVERS.get(n, ()) for n in mine))
    lost = sorted(theirs.keys() - own)
    if len(strange) == len(missing) == 1:
        covered -= {name for name in mine if 0 < theirs[name] < mine[name]}
    for name, start, end in populations(one.facts.text) if lost else ():
        if name not in covered and any(start <= at < end for at in new):
            words = one.facts.text[start:end]
            message = f"{words!r} stand in the place of other patients: {', '.join(lost)}."
            yield Other("population", start, end, message, lost[0])


def _classes(one: Sentence) -> Counter[str]:
    return Counter(
        name for name, start, _ in populations(one.facts.text) if one.start <= start < one.end
    )


_POLES = {
    **dict.fromkeys(("before", "prior", "beforehand"), "before"),
    **dict.fromkeys(("after", "following", "afterwards", "afterward", "thereafter"), "after"),
}


def _turned(one: Sentence, other: Sentence) -> Iterator[Other]:
    """Yield "after each dose" where the sentence says "before each dose"."""
    mine, theirs = _orders(one), _orders(other)
    more = Counter(pole for pole, _, _ in mine) - Counter(pole for pole, _, _ in theirs)
    told = {(pole, what) for pole, what, _ in theirs}
    for pole, what, token in mine:
        turned = "before" if pole == "after" else "after"
        if more[pole] and (turned, what) in told and (pole, what) not in told:
            words = one.facts.text[token.start : token.end]
            message = f"The claim says {words!r} where its quotation says {turned!r}."
            yield Other("direction", token.start, token.end, message, turned)


def _orders(one: Sentence) -> list[tuple[str, tuple[str, ...], Token]]:
    return [
        (_POLES[token.word], tuple(t.key for t in one.words[at + 1 : at + 3]), token)
        for at, token in enumerate(one.words) if token.word in _POLES
    ]  # fmt: skip


_DENIES = frozenset({"not", "no", "never", "cannot", "without", "none", "neither"})
_COMPARING = frozenset({"more", "less", "fewer", "greater", "higher", "lower", "longer", "later",
                        "earlier", "sooner", "exceed", "exceeding", "only", "over", "above",
                        "below", "under", "as", "so"})  # fmt: skip
"""What a denial before it only turns: "no more than 5", "not as often"."""
_JOINS = frozenset({"or", "and", "nor"})


def _denied(one: Sentence, other: Sentence) -> Iterator[Other]:
    """Yield a denial that one of two sentences has and the other, in the same words, has not.

    A cap is bounded by a denial of its own: "not recommended at doses above 5 mg".
    """
    unbound = any(_way(number) for numbers in _paired(one, other) for number in numbers)
    capped = any(number.bound == "cap" for number in (*one.numbers, *other.numbers))
    if unbound or capped or _others_deny(one) != _others_deny(other):
        return
    in_all = {sum(t.word in _DENIES for t in each.words) for each in (one, other)}
    if len(in_all) == 1:
        return  # "should not go above" and "is not recommended above"
    mine, theirs = _denials(one), _denials(other)
    gained, lost = mine[0] - sum(theirs, Counter()), theirs[0] - sum(mine, Counter())
    changed = [*gained.elements(), *lost.elements()]
    if len(changed) != 1 or (gained and theirs[0] - mine[0]) or (lost and mine[0] - theirs[0]):
        return
    token = next((t for t in one.words if t.key == changed[0]), one.words[0])
    words = one.facts.text[token.start : token.end]
    yield Other("negation", token.start, token.end,
                f"Of {words!r} the claim says the opposite of its quotation.", words)  # fmt: skip


def _others_deny(one: Sentence) -> Counter[str]:
    """Return the words that deny or forbid without saying "not"."""
    phrases = (t for t in one.words if t.end - t.start > len(t.word) and t.word not in _DENIES)
    said = (t.key for t in one.words if t.word in _TURNING or t.key in _TURNING)
    return Counter(said) + Counter(
        t.key for t in phrases
        if not _DENIES.isdisjoint(one.facts.text[t.start : t.end].lower().split())
    )  # fmt: skip


_TURNING = (DENIERS | AGAINST | STOPS | EXCEPTS | {"only", "but", "unless", "until"}) - _DENIES


def _denials(one: Sentence) -> tuple[Counter[str], Counter[str]]:
    """Return what a sentence denies, by the word behind each denial that carries meaning.

    The second are those in a list, which one denial may stand for: "not A or B", "not A, nor B".
    """
    found: tuple[list[str], list[str]] = ([], [])
    for at, token in enumerate(one.words[:-1]):
        after = one.words[at + 1 : at + 6]
        if token.word in _DENIES and _COMPARING.isdisjoint(t.word for t in after[:2]):
            listed = at > 0 and one.words[at - 1].word in _JOINS
            found[listed].append(next((t.key for t in after if not is_light(t)), after[0].key))
    return Counter(found[0]), Counter(found[1])


def _other_drug(pair: _Pair, strange: str, missing: Sequence[str]) -> Iterator[Other]:
    """Yield the one strange word where it is a drug, and stands for a name."""
    one, text = pair.one, pair.other.facts.text
    lost = {t.key: text[t.start : t.end] for t in pair.other.words if t.key in missing}
    names = [words for words in lost.values() if words.isupper() and len(words) > _INITIALS]
    names = names or [words for words in lost.values() if words[0].isupper()]
    if len(names) != 1:
        return
    stated = frozenset[str]().union(*(drug.keys for s in pair.sources for drug in s.drugs))
    for drug in one.facts.drugs:
        own = one.start <= drug.start < one.end and key(drug.name) == strange
        if own and not drug.is_class and not drug.keys & stated:
            message = f"{drug.name} is named in no quotation of this claim; they name {names[0]}."
            yield Other("drug", drug.start, drug.end, message, names[0])


_INITIALS = 3
