from medrag.core.document import Page, Source
from medrag.core.place import page_label, place_of
from medrag.core.span import Span


def page(number, label=None):
    return Page(number=number, label=label, span=Span(start=number * 10, end=number * 10 + 9))


def test_no_page_has_no_label():
    assert page_label(()) == ""


def test_a_printed_number_stands_beside_the_physical_one():
    assert page_label([page(3, "617")]) == "page 3 (printed 617)"


def test_a_printed_number_that_says_the_same_is_left_out():
    assert page_label([page(3, "3")]) == "page 3"


def test_several_pages_are_a_range():
    assert page_label([page(3), page(4)]) == "pages 3-4"
    assert page_label([page(3, "617"), page(4, "618")]) == "pages 3-4 (printed 617-618)"


def test_a_place_leaves_out_what_is_not_known():
    source = Source(key="k", title="Sepsis bundle", edition="2024", sha256="0")
    assert place_of(source, ("First hour", "Antibiotics"), ()) == (
        "Sepsis bundle, 2024, First hour > Antibiotics"
    )


def test_a_heading_that_repeats_the_title_is_left_out():
    source = Source(key="k", title="Sepsis  bundle", edition="2024", sha256="0")
    assert (
        place_of(source, ("SEPSIS BUNDLE", "First hour"), ()) == "Sepsis bundle, 2024, First hour"
    )


def test_a_bare_number_is_named_an_edition_and_a_date_stands_in_for_none():
    source = Source(key="k", title="Label", edition="3", sha256="0")
    assert place_of(source, (), ()) == "Label, edition 3"
    dated = Source(key="k", title="Label", effective="2023-11-01", sha256="0")
    assert place_of(dated, (), ()) == "Label, 2023-11-01"
