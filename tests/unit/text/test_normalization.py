"""What normalization folds, and what it must leave alone."""

from __future__ import annotations

import pytest

from medrag.text import normalize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("take\u00a05\u2009mg", "take 5 mg"),
        ("take 5\r\nmg", "take 5 mg"),
        ("exam-\nplazine", "examplazine"),
        ("exam\u00ad\nplazine", "examplazine"),
        ("COVID-\n19", "COVID-19"),
        ("short-\nand long-acting", "short- and long-acting"),
        ("ex\u200bam\u200fplazine", "examplazine"),
        ("eﬃcacy", "efficacy"),
        ("“severe”", '"severe"'),
        ("Crohn’s", "Crohn's"),
        ("5–10 mg", "5-10 mg"),
        ("5 – 10 mg", "5-10 mg"),
        ("−5", "-5"),
        ("word—word", "word — word"),
        ("5 µg", "5 μg"),
        ("１０ mg", "10 mg"),
        ("Sjo\u0308gren", "Sjögren"),
        ("≥ 5", ">=5"),
        ("10 × 10⁹", "10 x 10^9"),
        ("1.73 m²", "1.73 m2"),
        ("CO₂", "CO2"),
        ("1½ tablets", "1 1/2 tablets"),
        ("patients.¹² The", "patients. The"),
        ("Examplex® tablets", "Examplex tablets"),
        ("• one\n• two", "one two"),
        ("[see Warnings ( 5.1 ) ]", "[see Warnings (5.1)]"),
        ("10mg", "10 mg"),
        ("5 %", "5%"),
    ],
)
def test_typography_folds_to_one_spelling(one, other):
    assert normalize(one).text.strip() == normalize(other).text.strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10⁹", "109"),
        ("1½", "11/2"),
        ("10⁻⁶", "10⁶"),
        ("> 5", "≥ 5"),
        ("< 5", "≤ 5"),
        ("-5", "5"),
        ("- 5", "-5"),
        ("1.5", "15"),
        ("5 mg", "5 mcg"),
        ("5 mg", "5 Mg"),
        ("not given", "given"),
        ("examplаzine", "examplazine"),  # a Cyrillic letter
        ("naïve", "naive"),
        ("a≠b", "a=b"),
        ("1 400", "1400"),
        ("(5)²", "(5)"),
        ("x₁", "x₂"),
    ],
)
def test_content_is_never_folded(one, other):
    assert normalize(one).text != normalize(other).text


def test_the_span_of_a_match_covers_what_was_folded():
    text = "Take eﬃcient Sjo\u0308gren 10⁹ now"
    folded = normalize(text)
    for piece, original in [
        ("efficient", "eﬃcient"),
        ("Sjögren", "Sjo\u0308gren"),
        ("10^9", "10⁹"),
    ]:
        at = folded.text.index(piece)
        assert folded.span(at, at + len(piece)).of(text) == original


def test_an_empty_range_has_no_span():
    with pytest.raises(ValueError, match="is not a range of 3 characters"):
        normalize("abc").span(2, 2)


@pytest.mark.parametrize(
    "text", ["E\u202c\u0301a", "\u00b1\u2014 not", "a\u200b\u0301", "e\u00ad\u0301", ">\x15\u0338"]
)
def test_found_by_fuzzing_normalizing_twice_changes_nothing(text):
    once = normalize(text).text
    assert normalize(once).text == once
