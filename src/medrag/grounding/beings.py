"""Words for whom something is told of: species, sexes and ages."""

from __future__ import annotations

_BEINGS = {
    **dict.fromkeys(("human", "humans", "people", "volunteers"), "human"),
    **dict.fromkeys(("rat", "rats"), "rat"),
    **dict.fromkeys(("mouse", "mice"), "mouse"),
    **dict.fromkeys(("rabbit", "rabbits"), "rabbit"),
    **dict.fromkeys(("dog", "dogs"), "dog"),
    **dict.fromkeys(("monkey", "monkeys"), "monkey"),
    **dict.fromkeys(("animal", "animals"), "animal"),
    **dict.fromkeys(("man", "men", "male", "males"), "male"),
    **dict.fromkeys(("woman", "women", "female", "females"), "female"),
    **dict.fromkeys(("boy", "boys"), "boy"),
    **dict.fromkeys(("girl", "girls"), "girl"),
    **dict.fromkeys(("adult", "adults"), "adult"),
    **dict.fromkeys(("child", "children", "pediatric", "paediatric"), "child"),
    **dict.fromkeys(("infant", "infants", "neonate", "neonates"), "infant"),
    **dict.fromkeys(("elderly", "older", "geriatric"), "old"),
    **dict.fromkeys(("young", "younger"), "young"),
}
# One may stand for the other.
_AKIN = frozenset({
    frozenset({"rat", "animal"}), frozenset({"mouse", "animal"}), frozenset({"rabbit", "animal"}),
    frozenset({"dog", "animal"}), frozenset({"monkey", "animal"}), frozenset({"girl", "female"}),
    frozenset({"boy", "male"}), frozenset({"infant", "child"}), frozenset({"girl", "child"}),
    frozenset({"boy", "child"}), frozenset({"human", "adult"}), frozenset({"human", "male"}),
    frozenset({"human", "female"}), frozenset({"human", "child"}),
})  # fmt: skip


def are_others(one: str, two: str) -> bool:
    """Return whether two words, in lower case, name beings that cannot stand for each other."""
    if one not in _BEINGS or two not in _BEINGS:
        return False
    classes = frozenset({_BEINGS[one], _BEINGS[two]})
    return len(classes) > 1 and classes not in _AKIN
