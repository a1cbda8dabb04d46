"""A sieve finds what `re` finds, and asks few patterns of a text."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from hypothesis import given
from hypothesis import strategies as st

import medrag.privacy
from medrag.privacy.sieve import SIEVE
from medrag.text.sieve import Ending, Sieve, Sifted

PATTERNS = (
    r"\b(?:MRN|chart)\s?(?:no\.?\s)?\d{4,}",
    r"[\w.+-]{1,40}@[\w-]{1,40}\.(?:org|com)",
    r"(?:^|[\n.!?]\s{0,8})[A-Z]{2,3}(?=\s(?:is|has)\b)",
    r"\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{6}\b",
    r"^\s{0,8}(?-i:[A-Z])[\w'-]{1,9},\s\d{1,2}\b",
    r"(?i:lives|living)\sin\s(?P<whole>[A-Z][a-z]+)(?=,|$)",
    r"(?:[A-Z]\.\s?){2,3}(?!\w)",
    r"(?<=[a-z])(?:fianc[eé]e?|địa|stra(?:ss|ß)e)\b",
    r"^(?:PID|MSH)\|.*$",
    r"\d+\s(?:mg|(?:units|iu)\s?){1,2}|[^\W\d_]+ly",
)
ALPHABET = "aegilmnorsxyz ABIKMS 0459.,@|'\n\u00a0\u017f\u0131\u0130\u212aéÉßđ\u0663"
WORDS = (
    *("MRN no 12345", "chart 4444", "a.b@c.org", "\nAB is", "A1B2C3", "Ng, 54", "LIVES in Rome"),
    *(
        "J. S.",
        "mifiancée",
        "nhĐỊA",
        "aSTRASSE",
        "PID|x",
        "5 units iu",
        "rarely",
        "BA has",
        "ſtraße",
    ),
)


def spans(found):
    return [match.span() for match in found]


@pytest.mark.parametrize("flags", [0, re.IGNORECASE, re.MULTILINE])
@pytest.mark.parametrize("long", [False, True])
@given(data=st.data())
def test_a_sieve_changes_no_match(flags, long, data):
    sieve = Sieve()
    sifted = [sieve.sifted(pattern, flags) for pattern in PATTERNS]
    parts = data.draw(
        st.lists(st.one_of(st.sampled_from(WORDS), st.text(ALPHABET, max_size=6)), max_size=9)
    )
    text = data.draw(st.sampled_from(["", " "])).join(parts) + long * (" nothing at all" * 12)
    for quick in sifted:
        whole = re.compile(quick.pattern, flags)
        assert spans(quick.finditer(text)) == spans(whole.finditer(text)), quick.pattern
        one, other = quick.search(text), whole.search(text)
        assert (one and one.span()) == (other and other.span())
        assert quick.sub("-", text) == whole.sub("-", text)


def test_a_pattern_that_is_added_later_is_sifted_as_well():
    sieve = Sieve()
    first, text = sieve.sifted(r"\bab\d"), "ab1 and cd2"
    assert spans(first.finditer(text)) == [(0, 3)]
    later = sieve.sifted(r"\bcd\d")
    assert spans(later.finditer(text)) == [(8, 11)]
    assert spans(first.finditer(text)) == [(0, 3)]


def test_patterns_are_read_bit_by_bit_and_find_the_same_before():
    sieve = Sieve()
    sifted = [sieve.sifted(rf"\bab{number}") for number in range(25)]
    for texts in range(3):
        text = f"ab{texts} ab7 ab24 " + "x" * texts
        assert [spans(one.finditer(text)) for one in sifted] == [
            spans(one.whole.finditer(text)) for one in sifted
        ]
        assert sum(one.wanted > 0 for one in sifted) == min(10 * (texts + 1), 25)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b(?:mrs?|dr)\.?\s$",
        r"(?:^|[:;])\s{0,3}(?:from|fianc[eé]e?)\s?[\"(]?\Z",
        r"(?<!a )\b(?:of|\d+)(?:\sthe)?\s$",
        r"(?:a|b*)$",
        r"x(?-i:[A-Z])?\s?$",
    ],
)
@given(data=st.data())
def test_an_ending_changes_no_match(pattern, data):
    quick, whole = Sieve().ending(pattern, re.IGNORECASE), re.compile(pattern, re.IGNORECASE)
    words = st.sampled_from(["Dr. ", "MRS ", "from ", ": fiancÉe ", "a of ", "22 the ", "xB", "\n"])
    text = "".join(data.draw(st.lists(st.one_of(words, st.text(ALPHABET, max_size=3)), max_size=5)))
    end = data.draw(st.integers(0, len(text)))
    for bounds in ((), (0, end)):
        one, other = quick.search(text, *bounds), whole.search(text, *bounds)
        assert (one and one.span()) == (other and other.span())


def _held(kind):
    """Return what is defined in the privacy room, tuples of patterns too, by where it stands."""
    for module in iter_modules(medrag.privacy.__path__, "medrag.privacy."):
        for name, value in vars(import_module(module.name)).items():
            values = value if isinstance(value, tuple) else (value,)
            for place, one in enumerate(values):
                if isinstance(one, kind):
                    yield f"{module.name}.{name}[{place}]", one


def test_what_is_kept_of_the_privacy_room_is_what_its_patterns_tell():
    list(_held(Sifted))  # every module is imported
    file = Path(medrag.privacy.__file__).parent / "data" / "patterns.jsonl"
    written = file.read_text(encoding="utf-8")
    assert written == SIEVE.kept(), "patterns changed: run python tools/read_patterns.py"


def test_a_new_deidentifier_has_read_every_pattern():
    medrag.privacy.Deidentifier()
    unread = [name for name, one in _held(Sifted) if not one.is_read]
    assert unread == []


def test_every_ending_of_the_privacy_room_is_known():
    found = dict(_held(Ending))
    assert len(found) > 20
    assert [name for name, one in found.items() if one.ends is None] == []


def test_every_sifted_pattern_of_the_privacy_room_needs_something_or_begins_with_something():
    found = dict(_held(Sifted))
    for number in range(30):  # the sieve reads its patterns when it is asked often enough
        next(iter(found.values())).search(f"a text {number}")
    assert len(found) > 150
    idle = [name for name, one in found.items() if not one.wanted and one.beginnings is None]
    assert idle == []


def test_the_patterns_of_the_privacy_room_find_what_re_finds():
    texts = Path(__file__).parents[1] / "privacy" / "texts.txt"
    lines = texts.read_text(encoding="utf-8").splitlines()[::5]
    for text in [*lines, *(" ".join(lines[at : at + 9]) for at in range(0, len(lines), 9))]:
        for name, one in _held(Sifted):
            assert spans(one.finditer(text)) == spans(one.whole.finditer(text)), name
