"""HTML to text: what stays, what goes, and how it stands there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.documents.html import HtmlLoader
from medrag.errors import CorpusError


def load(markup: str, head: str = "") -> Document:
    data = f"<html><head>{head}</head><body>{markup}</body></html>".encode()
    (document,) = HtmlLoader().parse(data, Path("a.html"))
    return document


def text_of(markup: str) -> str:
    return load(markup).text


def test_blocks_are_separated_and_spaces_fold():
    assert text_of("<p>One\n  two</p><p>three</p>") == "One two\n\nthree"


def test_text_beside_blocks_is_a_paragraph_of_its_own():
    assert text_of("<div>lead <b>bold</b><p>inner</p>tail</div>") == "lead bold\n\ninner\n\ntail"


def test_headings_open_nested_sections_and_stand_in_the_text():
    document = load("<h1>A</h1><p>a</p><h2>B</h2><p>b</p><h2>C</h2><h1>D</h1><p>d</p>")
    assert document.text == "A\n\na\n\nB\n\nb\n\nC\n\nD\n\nd"
    found = [(s.path, s.span.of(document.text)) for s in document.sections]
    assert found == [
        (("A",), "A\n\na\n\nB\n\nb\n\nC"),
        (("A", "B"), "B\n\nb"),
        (("A", "C"), "C"),
        (("D",), "D\n\nd"),
    ]


@pytest.mark.parametrize(
    "markup",
    [
        "<nav>Menu</nav>",
        "<script>var x</script>",
        "<style>p {}</style>",
        "<header>Site</header>",
        "<footer>Imprint</footer>",
        "<div role='navigation'>Menu</div>",
        "<div aria-hidden='true'>Icon</div>",
        "<div style='display: none'>Hidden</div>",
        "<p hidden>Hidden</p>",
        "<button>Print</button>",
        "<ul class='breadcrumb'><li><a href='/'>Home</a></li></ul>",
        "<div class='sidebar'><a href='/'>One</a> <a href='/'>Two</a></div>",
        "<form><input value='x'>Search</form>",
        "<!-- comment -->",
    ],
)
def test_what_a_site_puts_around_is_left_out(markup):
    assert text_of(f"{markup}<p>Give examplazine.</p>{markup}") == "Give examplazine."


CLOSED = "<p>Never below an eGFR of 30.</p>"


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        (
            "<h3><button aria-expanded='false' aria-controls='p1'>Renal</button></h3>"
            f"<div id='p1' role='region' hidden>{CLOSED}</div>",
            "Renal",
        ),
        (
            "<button class='accordion'>Renal</button>"
            f"<div class='panel' style='display:none'>{CLOSED}</div>",
            "Renal",
        ),
        (
            "<a data-toggle='collapse' href='#c'>Renal</a>"
            f"<div id='c' class='collapse' aria-hidden='true'>{CLOSED}</div>",
            "Renal",
        ),
        (
            "<p><span role='button' aria-expanded='false'>Renal</span></p>"
            f"<div style='display: none'>{CLOSED}</div>",
            "Renal",
        ),
        (f"<h3>Renal</h3><div hidden='until-found'>{CLOSED}</div>", "Renal"),
        (f"<div class='tabContent' aria-hidden='true'>{CLOSED}</div>", ""),
        (f"<div role='tabpanel' hidden>{CLOSED}</div>", ""),
    ],
)
def test_what_a_reader_of_the_page_opens_is_content(markup, title):
    kept = text_of(f"<p>Give examplazine.</p>{markup}<p>After it.</p>")
    inside = [title] if title else []
    expected = ["Give examplazine.", *inside, "Never below an eGFR of 30.", "After it."]
    assert kept.split("\n\n") == expected


@pytest.mark.parametrize(
    "markup",
    [
        "<div class='accordion-arrow' aria-hidden='true'>▼</div>",
        "<button aria-expanded='false'>Menu</button><ul class='menu' hidden><li>One of many"
        "</li></ul>",
        "<div class='collapse navbar-collapse' hidden><ul><li>Home and all else</li></ul></div>",
        f"<div class='modal-panel' aria-hidden='true'>{CLOSED}</div>",
        f"<div class='tooltip' role='region' hidden>{CLOSED}</div>",
        "<div class='panel' hidden><a href='/'>All the other pages</a></div>",
        "<button class='copy' aria-expanded='false'>Copy</button>",
    ],
)
def test_menus_dialogs_and_hints_open_too_and_are_no_content(markup):
    assert text_of(f"<p>Give examplazine.</p>{markup}") == "Give examplazine."


@pytest.mark.parametrize(
    ("tab", "panel"),
    [
        ("<a role='tab' id='t{n}' href='#'>{title}</a>", "role='tabpanel' aria-labelledby='t{n}'"),
        ("<button role='tab' aria-controls='p{n}'>{title}</button>", "role='tabpanel' id='p{n}'"),
        ("<a data-toggle='tab' href='#p{n}'>{title}</a>", "class='tab-pane' id='p{n}'"),
        ("<li role='tab'><a href='#p{n}'>{title}</a></li>", "class='tabContent' id='p{n}'"),
    ],
)
def test_what_a_tab_opens_has_its_title(tab, panel):
    doses = {"Adults": "Give 10 mg at night.", "Children": "Give 2 mg at night."}
    tabs = "".join(tab.format(n=n, title=title) for n, title in enumerate(doses))
    panels = "".join(
        f"<div {panel.format(n=n)} {'hidden' if n else ''}><p>{dose}</p></div>"
        for n, dose in enumerate(doses.values())
    )
    document = load(f"<div role='tablist'>{tabs}</div><div>{panels}</div><p>To all.</p>")
    assert document.text.split("\n\n") == [
        *(word for pair in doses.items() for word in pair),
        "To all.",
    ]
    found = {s.path[-1]: s.span.of(document.text).split("\n\n")[-1] for s in document.sections}
    assert found == doses


def test_a_heading_is_its_words_without_what_links_to_it():
    markup = (
        "<h2>Dosing<a class='headerlink' href='#d'>¶</a> <button>Copy link</button></h2><h3>Renal"
        "<span class='mw-editsection'>[<a href='/e'>edit</a>]</span></h3><p>Give 5 mg.</p>"
    )
    assert text_of(markup) == "Dosing\n\nRenal\n\nGive 5 mg."


def test_a_table_by_roles_is_read_row_by_row():
    rows = "".join(
        "<div role='row'>"
        + "".join(f"<span role='{role}'>{cell}</span>" for cell in cells)
        + "</div>"
        for role, cells in (("columnheader", ("Drug", "Dose")), ("cell", ("examplazine", "5 mg")))
    )
    assert text_of(f"<div role='table'>{rows}</div>") == "Drug | Dose\nexamplazine | 5 mg"


@pytest.mark.parametrize(
    "struck",
    [
        "<del>9 mg</del>",
        "<s>9 mg</s>",
        "<strike>9 mg</strike>",
        '<span style="color: red; text-decoration: line-through">9 mg</span>',
    ],
)
def test_a_dose_that_was_struck_out_is_no_text(struck):
    assert text_of(f"<p>Give {struck} <ins>5 mg</ins> daily.</p>") == "Give 5 mg daily."


@pytest.mark.parametrize(
    "markup",
    [
        "<div class='sidebar'><p>Never give examplazine with otherazine to anyone at all, ever, "
        "for any reason.</p></div>",
        "<aside><p>Warning: examplazine must not be given to patients who have ever reacted to "
        "it before.</p></aside>",
        "<article><header><h2>Dose</h2></header></article>",
        "<main><div class='menu-note'><p>Take with food or with a full glass of water, at the "
        "same time each day.</p></div></main>",
    ],
)
def test_prose_stays_whatever_its_container_is_called(markup):
    kept = text_of(f"{markup}<p>Give examplazine.</p>")
    assert len(kept) > len("Give examplazine.")


def test_main_is_taken_where_it_holds_the_content():
    assert (
        text_of("<div>Around</div><main><p>" + "Dose. " * 20 + "</p></main>")
        == ("Dose. " * 20).strip()
    )


def test_a_main_that_holds_almost_nothing_is_not_believed():
    assert "Dose." in text_of("<main>x</main><p>" + "Dose. " * 20 + "</p>")


def test_tables_read_row_by_row_with_their_caption_and_header():
    markup = (
        "<table><caption>Doses</caption><thead><tr><th>Drug</th><th>Dose</th></tr></thead>"
        "<tbody><tr><td>examplazine</td><td>5 mg</td></tr>"
        "<tr><td>otherazine</td><td></td></tr></tbody></table>"
    )
    assert text_of(markup) == "Doses\nDrug | Dose\nexamplazine | 5 mg\notherazine"


def test_a_cell_over_several_rows_is_written_in_each():
    markup = (
        "<table><tr><th>Drug</th><th>Dose</th></tr>"
        "<tr><td rowspan='2'>examplazine</td><td>5 mg</td></tr><tr><td>10 mg</td></tr></table>"
    )
    assert text_of(markup).split("\n")[1:] == ["examplazine | 5 mg", "examplazine | 10 mg"]


def test_a_cell_over_several_columns_keeps_the_columns_apart():
    markup = (
        "<table><tr><th colspan='2'>Dose</th><th>Route</th></tr>"
        "<tr><td>5</td><td>mg</td><td>oral</td></tr></table>"
    )
    assert text_of(markup) == "Dose | | Route\n5 | mg | oral"


def test_spans_that_ask_for_millions_are_bounded():
    markup = "<table><tr><th colspan='9999999' rowspan='9999999'>A</th></tr><tr><td>B</td></tr>"
    assert len(text_of(markup)) < 2_000


def test_a_layout_table_is_read_as_the_page_it_is():
    markup = "<table><tr><td><h2>Dose</h2><p>Give 5 mg.</p></td></tr></table>"
    assert text_of(markup) == "Dose\n\nGive 5 mg."


def test_lists_have_one_item_a_line_and_inner_lists_follow_their_item():
    markup = "<ul><li>one<ul><li>inner</li></ul></li><li><p>two</p></li></ul>"
    assert text_of(markup) == "- one\n- inner\n- two"


def test_definitions_stand_beside_their_term():
    assert text_of("<dl><dt>AUC</dt><dd>area</dd><dt>Lone</dt></dl>") == "- AUC: area\nLone"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<sup>9</sup>/L", "10⁹/L"),
        ("10<sup>-3</sup>", "10⁻³"),
        ("kg/m<sup>2</sup>", "kg/m²"),
        ("5 mg<sup>2</sup>", "5 mg²"),
        ("5 mg<sup>2 </sup>daily", "5 mg² daily"),
        ("C<sub>2 </sub>H", "C2H"),
        ("25<sup>3</sup> patients", "25³ patients"),
        ("care.<sup>12,13</sup>", "care.¹²,¹³"),
        ("care<sup><a href='#r'>12</a>-14</sup>", "care¹²⁻¹⁴"),
        ("CD4<sup>+</sup>", "CD4⁺"),
        ("9.5<sup>a</sup>", "9.5ᵃ"),
        ("1<sup>st</sup>", "1st"),
        ("Brand<sup>®</sup>", "Brand®"),
        ("dose<sup>*</sup>", "dose*"),
        ("dose<sup>[12]</sup>", "dose[12]"),
        ("5<sup>Ω</sup>", "5^Ω"),
        ("H<sub>2</sub>O", "H2O"),
        ("C<sub>max</sub>", "Cmax"),
        ("5<sub>2</sub>", "5₂"),
        ("5<sub>x</sub>", "5_x"),
    ],
)
def test_raised_and_lowered_characters_never_extend_a_number(markup, text):
    assert text_of(f"<p>{markup}</p>") == text


def test_a_short_bold_paragraph_is_a_heading():
    document = load("<h2>A</h2><p><b>Follow-up</b></p><p>See again.</p>")
    assert document.sections[1].path == ("A", "Follow-up")


def test_two_breaks_end_a_paragraph_and_one_does_not():
    assert text_of("<p>one<br>two<br><br>three</p>") == "one two\n\nthree"


def test_the_page_says_title_publisher_dates_address_and_licence():
    head = (
        "<title>Examplazine</title><meta name='citation_publisher' content='Northfield'>"
        "<meta name='citation_date' content='2024/3/1'>"
        "<link rel='canonical' href='https://example.org/a'>"
        "<link rel='license' href='https://example.org/cc0'>"
    )
    source = load("<p>Text</p>", head).source
    assert (source.title, source.publisher) == ("Examplazine", "Northfield")
    assert source.published == date(2024, 3, 1)
    assert (source.url, source.licence) == ("https://example.org/a", "https://example.org/cc0")


def test_the_first_heading_is_the_title_of_a_page_without_one():
    assert load("<h2>Examplazine</h2><p>Text</p>").source.title == "Examplazine"


def test_a_page_of_images_only_says_so():
    with pytest.raises(CorpusError, match=r"no text, only 1 image"):
        load("<img src='a.png'>")


@pytest.mark.parametrize(
    "attribute", [' a{}="x"', " a{} b{}", " a{}='>'", "\na{} = '<b>'", 'a{}="x"/', "/a{}/b{}"]
)
def test_an_element_with_hostile_attributes_is_an_error(attribute):
    many = "".join(attribute.format(n, n) for n in range(20_001))
    with pytest.raises(CorpusError, match=r"more than 20,000 attributes"):
        load(f"<p{many}>Give examplazine.</p>")


def test_many_elements_with_few_attributes_are_read_and_long_values_too():
    page = "<p id='a' class='b'>Give examplazine.</p>" * 15_000
    assert load(page).text.count("Give examplazine.") == 15_000
    words = "a = b " * 30_000
    assert load(f'<p data-x="{words}">Give examplazine.</p>').text == "Give examplazine."


def test_hostile_nesting_is_an_error_and_loses_no_text_silently():
    with pytest.raises(CorpusError, match=r"nest deeper"):
        load("<b>" * 5_000 + "Give examplazine.")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<dl><dt>A<dd>one<dd>two<dt>B<dt>C<dd>three</dl>", "- A: one\n- two\nB\n- C: three"),
        ("<dl><dt>A</dt><dd>x<dl><dt>B</dt><dd>y</dd></dl></dd></dl>", "- A: x\n- B: y"),
        ("<dl>Loose<div><dt>A</dt><dd>x</dd></div></dl>", "Loose\n- A: x"),
        ("<dl><dt>A</dt><dd>x<ul><li>y<li>z</ul></dd></dl>", "- A: x\n- y\n- z"),
        (
            "<dl><dt>A</dt><dd><table><tr><th>K<th>V<tr><td>a<td>b</table></dd></dl>",
            "- A\n\nK | V\na | b",
        ),
    ],
)
def test_definitions_are_read_once_and_whole(markup, text):
    assert text_of(markup) == text


def test_of_several_mains_none_is_the_page():
    markup = "<main><p>" + "Dose. " * 20 + "</p></main><main><p>Never with otherazine.</p></main>"
    assert "Never with otherazine." in text_of(markup)


def test_prose_that_no_paragraph_holds_stays_too():
    markup = (
        "<div class='menu'>Never give examplazine with otherazine to anyone at all, ever, for any "
        "reason.</div><p>Dose.</p>"
    )
    assert "Never give" in text_of(markup)


def test_a_cell_to_the_end_of_its_part_is_written_in_each_row():
    rows = "<tr><td rowspan=0>x</td><td>a</td></tr><tr><td>b</td></tr>"
    assert text_of(f"<table><tr><th>D<th>R{rows}</table>") == "D | R\nx | a\nx | b"


def test_no_cell_reaches_out_of_the_head_of_its_table():
    head = "<thead><tr><th rowspan=2>Drug</th><th>Dose</th></tr></thead>"
    body = "<tbody><tr><td>x</td><td>5 mg</td></tr></tbody>"
    assert text_of(f"<table>{head}{body}</table>") == "Drug | Dose\nx | 5 mg"


def test_a_place_where_a_word_may_break_breaks_none():
    assert text_of("<div>hyper<wbr>kalaemia<p>Stop.</p></div>") == "hyperkalaemia\n\nStop."


def test_the_area_of_a_link_that_only_a_mouse_meets_is_no_text():
    link = (
        '<a href="f3"><span style="position: relative;">\u200b'
        '<span class="figpopup-sensitive-area" style="left: -3em;">Figure3.</span></span>'
        "<span>3</span></a>"
    )
    text = text_of(f"<p>Doses are shown in Figure {link}. They are low.</p>")
    assert text == "Doses are shown in Figure 3. They are low."
