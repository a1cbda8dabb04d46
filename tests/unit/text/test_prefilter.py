"""The prefilter finds what `re` finds, in fewer places."""

import pkgutil
import re
import time
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

import medrag
from medrag.text.prefilter import Prefiltered, prefiltered

PATTERNS = (
    r"\b(?:because of|due to)\b",
    r"(?<!no )(?:the )?(?:risk|danger)s?\b",
    r"\d+(?:\.\d+)?\s?mg",
    r"(?:a |an )?x",
    r"if(?:f| and only if)?\b|unless",
    r"(?:is\s)?(?:\w+ly\s)*given",
    r"[a-z]{3,}(?:olol|pril)\b",
    r"[ ,](?:so|k)\b",
    r"(?:ab)*c|[½≥]\s?5",
    r"a{2,3}b",
)
PADDING = " and nothing else is said here of anything that could be meant by it"
ALPHABET = "abcdefghiklmnopqrstuxyz ABKS 059.,≥½\n\u00a0\u017f\u0131\u0130\u212aµ\u0663"


def spans(found):
    return [match.span() for match in found]


@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
@pytest.mark.parametrize("pattern", PATTERNS)
@given(data=st.data())
def test_a_prefilter_changes_no_match(pattern, flags, data):
    whole, quick = re.compile(pattern, flags), prefiltered(pattern, flags)
    words = st.sampled_from(
        ["because of", "DUE to", "5.5 mg", "٣ mg", "iff", "rapidly given", "atenolol", "the riſk",
         "dangers", "no risk", " \u017fo ", " \u212a ", "ababc", "½5", "aaab", "unless", "x"]
    )  # fmt: skip
    parts = data.draw(st.lists(st.one_of(words, st.text(ALPHABET, max_size=6)), max_size=12))
    text = " ".join(parts) + PADDING
    low, high = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))
    assert spans(quick.finditer(text)) == spans(whole.finditer(text))
    assert spans(quick.finditer(text, low, high)) == spans(whole.finditer(text, low, high))
    one, other = quick.search(text, low, high), whole.search(text, low, high)
    assert (one and one.span()) == (other and other.span())
    assert quick.sub("-", text) == whole.sub("-", text)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_match_has_a_beginning_that_is_known(pattern):
    assert prefiltered(pattern).beginnings is not None


@pytest.mark.parametrize("pattern", [r"a*", r".b", r"\Wk", r"[^a]b", r"\w+", r"(a)?\1b", r"ß+x"])
def test_what_can_begin_with_anything_is_tried_everywhere(pattern):
    quick = prefiltered(pattern, re.IGNORECASE)
    text = "aab SSx ßX " + PADDING
    assert quick.beginnings is None
    assert spans(quick.finditer(text)) == spans(quick.whole.finditer(text))


def test_every_prefiltered_pattern_of_the_package_has_a_prefilter():
    rooms = tuple(
        f"medrag.{one}." for one in ("clinical", "grounding", "checker", "quotes", "text")
    )
    found = {
        f"{module.name}.{name}": value
        for module in pkgutil.walk_packages(medrag.__path__, "medrag.")
        if module.name.startswith(rooms)
        for name, value in vars(import_module(module.name)).items()
        if isinstance(value, Prefiltered)
    }
    assert len(found) > 20
    assert [name for name, one in found.items() if one.beginnings is None] == []


@pytest.mark.parametrize("piece", ["only ", "lyly", "a", "5 ", "given "])
def test_the_time_is_linear_in_the_text(piece):
    quick = prefiltered(r"\b(?:is\s)?\w+ly\sgiven\b|\b5 mg")

    def took(size):
        start = time.process_time()
        list(quick.finditer(piece * (size // len(piece))))
        return time.process_time() - start

    took(1_000)
    assert took(80_000) < 30 * max(took(10_000), 1e-3)
