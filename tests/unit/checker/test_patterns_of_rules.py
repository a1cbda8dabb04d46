"""A pattern that is not tried would have found nothing: neither of the sieve nor of the words."""

import json
import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from hypothesis import given
from hypothesis import strategies as st

import medrag.checker
from medrag.checker import cleared, words
from medrag.checker.context import read_context
from medrag.checker.sieve import SIEVE
from medrag.checker.tables import load_knowledge
from medrag.text.sieve import Sifted

BLIND = Path(__file__).parents[2] / "rules" / "blind"


def sifted():
    for module in walk_packages(medrag.checker.__path__, "medrag.checker."):
        for name, value in vars(import_module(module.name)).items():
            values = value.items() if isinstance(value, dict) else ((None, value),)
            for key, one in values:
                if isinstance(one, Sifted):
                    yield f"{module.name}.{name}[{key}]", one


def texts(step):
    for name in ("cases", "independent", "twelve_kinds"):
        lines = (BLIND / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        yield from (json.loads(line)["text"] for line in lines[::step])


def test_what_is_kept_of_the_patterns_is_what_they_tell():
    assert len(list(sifted())) > 60
    file = Path(medrag.checker.__path__[0]) / "data" / "patterns.jsonl"
    written = file.read_text(encoding="utf-8")
    assert written == SIEVE.kept(), "patterns changed: run python tools/read_patterns.py"


def test_every_pattern_needs_something():
    found = dict(sifted())
    SIEVE.lacks("a text")  # all that is kept is read with the first text
    assert [name for name, one in found.items() if not one.wanted] == []


def test_a_part_of_a_text_is_searched_as_re_searches_it():
    found = dict(sifted())
    for text in texts(20):
        context = read_context(text, None, quotes=None, knowledge=load_knowledge())
        parts = [text, *(sentence.text for sentence in context.content.sentences)]
        for name, one in found.items():
            for part in parts:
                quick, whole = context.search(one, part), one.whole.search(part)
                assert (quick and quick.span()) == (whole and whole.span()), name


@pytest.mark.parametrize("what", sorted(cleared._TOPICS))
def test_each_claim_of_a_check_names_its_topic(what):
    pattern = cleared._pattern(what)
    for text in (*texts(1), *CLAIMS):
        if pattern.search(text) is not None:
            assert cleared._NAMED[what].search(text) is not None, text


CLAIMS = (
    "Allergies checked, in order. Interactions were reviewed and nothing found.",
    "It goes well with everything she takes. Nothing he takes collides with it.",
    "His history was reviewed. Allergologically fine, renally appropriate, hepatically cleared.",
    "Tailored to his size. She is not breastfeeding, so give it. Screened for renal problems.",
    "No contraindications for it. The gene is clear. ECG was looked at and fine. Age is fine.",
)

LISTS = (
    ("anemia", "edema", "diarrhea"),
    ("hyperkalemia", "INR", "day 1", "Child-Pugh C"),
    ("vitamin D", "x-ray", "5-FU", "emission"),
    ("é", "café au lait", "K", "S"),
)


@pytest.mark.parametrize("named", LISTS)
@given(data=st.data())
def test_words_are_found_as_their_pattern_finds_them(named, data):
    spelled = [
        word.replace("emi", "aemi").replace("edem", "oedem").replace("rrhea", "rrhoea")
        for word in named
    ]
    piece = st.one_of(
        st.sampled_from([*named, *spelled, *map(str.upper, named)]),
        st.text("aekmis1 -.\nÉ(", max_size=4),
    )
    text = "".join(data.draw(st.lists(piece, max_size=6)))
    found = [(span.start, span.end) for span in words.find_all(text, named)]
    assert found == [match.span() for match in re.finditer(words._pattern(named), text)]
