"""What a page says by place or by a font stays what it says on one line."""

import pytest

from medrag.documents.html import HtmlLoader
from medrag.documents.symbol_fonts import UNKNOWN, sign


def text_of(markup: str, tmp_path) -> str:
    path = tmp_path / "a.html"
    path.write_text(f"<p>{markup}</p>", encoding="utf-8")
    (document,) = HtmlLoader().load(path)
    return document.text


HALF = "<mfrac><mn>1</mn><mn>2</mn></mfrac>"
AGE = "<mrow><mn>140</mn><mo>-</mo><mi>age</mi></mrow>"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (HALF, "1/2"),
        (f"<mn>1</mn>{HALF}", "1 1/2"),
        (f"<mfrac>{AGE}<mn>72</mn></mfrac>", "(140-age)/72"),
        (f"<mfrac><mfenced>{AGE}</mfenced><mn>72</mn></mfrac>", "(140-age)/72"),
        (f"<mfrac>{HALF}<mi>x</mi></mfrac>", "(1/2)/x"),
        (f"<mfenced open='[' close=']'>{AGE}<mi>w</mi></mfenced>", "[140-age, w]"),
        ("<msqrt><mn>25</mn><mi>x</mi></msqrt>", "√(25x)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "³√(x)"),
        ("<msubsup><mi>C</mi><mn>0</mn><mn>2</mn></msubsup>", "C0²"),
        ("<msubsup><mn>10</mn><mn>2</mn><mn>9</mn></msubsup>", "10₂⁹"),
    ],
)
def test_a_formula_on_one_line_is_the_same_formula(formula, text, tmp_path):
    assert text_of(f"Give <math>{formula}</math> of it.", tmp_path) == f"Give {text} of it."


def test_letters_of_a_symbol_font_are_what_they_show(tmp_path):
    shown = text_of(
        '5 <font face="Symbol">m</font>g, <font face="symbol">\u00b3</font> 3', tmp_path
    )
    assert shown == "5 µg, ≥ 3"


@pytest.mark.parametrize(
    ("code", "font", "shown"),
    [
        (0xF0A3, "Symbol", "≤"),
        (0xB3, "Symbol", "≥"),
        (0xF06D, "symbol", "µ"),
        (0xF0B4, "Symbol", "×"),
        (0xF0AE, "Symbol", "→"),
        (0xF0E5, "Symbol", "∑"),
        (0xF0E0, "Wingdings", "→"),
        (0xF033, "Wingdings", UNKNOWN),
        (0xF0A3, "Webdings", UNKNOWN),
    ],
)
def test_a_place_in_a_symbol_font_is_the_sign_it_prints(code, font, shown):
    assert sign(code, font) == shown
