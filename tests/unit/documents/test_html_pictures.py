"""Pictures that stand in a page and say nothing in words are told, ornament is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.documents.html import HtmlLoader
from medrag.documents.markdown import MarkdownLoader
from medrag.errors import PartlyReadError

BEFORE, AFTER = "<p>The regimens below are recommended.</p>", "<p>Test again after 3 months.</p>"


def told(markup):
    loaded = HtmlLoader().parse(f"<html><body>{markup}</body></html>".encode(), Path("a.html"))
    assert next(loaded).text
    try:
        next(loaded)
    except PartlyReadError as error:
        (part,) = error.parts
        return part
    except StopIteration:
        return None


@pytest.mark.parametrize(
    "picture",
    ["<p><img src='../i/ct-adults.png'/></p>", "<p><img alt='' src='i/ct-adults.png?v=2'><br></p>",
     "<div><a href='big.png'><img src='ct-adults.png' alt=' '></a></div>",
     "<figure><img src='ct-adults.png' width='640' height='200'></figure>",
     "<img src='ct-adults.png'>",
     "<table><tr><td>Adults</td><td><img src='ct-adults.png'></td></tr></table>"],
)  # fmt: skip
def test_a_picture_in_a_paragraphs_place_is_told(picture):
    assert told(BEFORE + picture + AFTER) == (
        "a picture stands in the text without a word of what is shown: ct-adults.png"
    )


@pytest.mark.parametrize(
    "picture",
    ["<p><img src='a.png' alt='Azithromycin 1 g orally in a single dose'></p>",
     "<figure><img src='a.png'><figcaption>Figure 1. How to choose.</figcaption></figure>",
     "<p>Press <img src='a.png'> to go on.</p>", "<p><img src='a.png' role='presentation'></p>",
     "<p><img src='a.png' width='16px' height='16px'></p>", "<p><img src='a.png' height='1'></p>",
     "<nav><p><img src='a.png'></p></nav>", "<p hidden><img src='a.png'></p>",
     "<p aria-hidden='true'><img src='a.png'></p>"],
)  # fmt: skip
def test_what_is_described_or_ornament_is_not(picture):
    assert told(BEFORE + picture + AFTER) is None


def test_a_picture_before_the_first_words_is_ornament():
    assert told("<p><img src='hero.jpg'></p>" + BEFORE + AFTER) is None


def test_many_are_counted_and_the_first_named_once():
    pictures = "".join(f"<p><img src='{n}.png'></p><p>and</p>" * 2 for n in range(7))
    assert told(BEFORE + pictures) == (
        "7 pictures stand in the text without a word of what is shown: "
        "0.png, 1.png, 2.png, 3.png, 4.png and 2 more"
    )


def test_one_inside_the_page_has_no_name():
    assert told(BEFORE + "<p><img src='data:image/png;base64,AAAA'></p>").endswith(
        "one inside the page"
    )


@pytest.mark.parametrize(("picture", "is_told"), [("![](box.png)", True), ("![Box](b.png)", False)])
def test_markdown_is_read_so_too(picture, is_told):
    loaded = MarkdownLoader().parse(f"# Guide\n\nAs shown:\n\n{picture}\n".encode(), Path("a.md"))
    assert next(loaded).text == "Guide\n\nAs shown:"
    if is_told:
        with pytest.raises(PartlyReadError, match=r"box\.png"):
            next(loaded)
    assert next(loaded, None) is None
