"""Markdown, SPL, JATS and DOCX to text, sections and sources."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.documents.docx import DocxLoader
from medrag.documents.jats import JatsLoader
from medrag.documents.markdown import MarkdownLoader
from medrag.documents.spl import SplLoader
from medrag.errors import CorpusError, PartlyReadError


def load(loader, tmp_path: Path, text: str, name: str) -> Document:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (document,) = loader.load(path)
    return document


# --- Markdown ------------------------------------------------------------------------------


def test_markdown_is_read_without_its_marks(tmp_path):
    document = load(
        MarkdownLoader(),
        tmp_path,
        "# Dose\n\nGive **examplazine** [5 mg](x.md) at `08:00`.\n\n1. one\n2. two\n\n"
        "| Drug | Dose |\n|---|---|\n| examplazine | 5 mg |\n\n"
        "<table><tr><th>A</th></tr><tr><td>10<sup>9</sup></td></tr></table>\n",
        "a.md",
    )
    assert document.text == (
        "Dose\n\nGive examplazine 5 mg at 08:00.\n\n- one\n- two\n\n"
        "Drug | Dose\nexamplazine | 5 mg\n\nA\n10⁹"
    )
    assert document.source.title == "Dose"


def test_markdown_that_is_struck_out_is_no_text(tmp_path):
    document = load(MarkdownLoader(), tmp_path, "Give ~~9 mg~~ 5 mg daily.", "a.md")
    assert document.text == "Give 5 mg daily."


# --- SPL -----------------------------------------------------------------------------------

SPL = """<?xml version="1.0"?>
<document xmlns="urn:hl7-org:v3">
 <title>Examplazine<br/>tablets</title><effectiveTime value="20240301"/>
 <setId root="set-1"/><versionNumber value="7"/>
 <author><assignedEntity><representedOrganization><name>Northfield Labs</name>
 </representedOrganization></assignedEntity></author>
 <component><structuredBody>
  <component><section><code code="34066-1" displayName="BOXED WARNING SECTION"/>
   <text><paragraph>WARNING: may cause examples.</paragraph></text></section></component>
  <component><section><code code="34068-7"/><title>2 DOSAGE</title>
   <text>Lead.<paragraph>Give 10<sup>9</sup> units.<footnote ID="f">Not to children.</footnote>
   </paragraph>
   <table><caption>Doses</caption><thead><tr><th>Weight</th><th>Dose</th></tr></thead>
   <tbody><tr><td>50 kg</td><td>5 mg<footnoteRef IDREF="f"/></td></tr></tbody></table>
   <list><item><caption>a.</caption>first<list><item>inner</item></list></item></list></text>
   <component><section><code code="42229-5"/><title>2.1 Renal</title>
    <text><paragraph>Halve the dose.</paragraph></text></section></component>
  </section></component>
 </structuredBody></component>
</document>"""


def test_spl_sections_have_loinc_codes_and_their_titles(tmp_path):
    document = load(SplLoader(), tmp_path, SPL, "a.xml")
    found = [(s.path, s.code) for s in document.sections]
    assert found == [
        (("BOXED WARNING",), "34066-1"),
        (("2 DOSAGE",), "34068-7"),
        (("2 DOSAGE", "2.1 Renal"), None),
    ]
    assert document.sections[0].span.of(document.text) == "WARNING: may cause examples."


def test_spl_footnotes_tables_and_lists_stand_where_the_label_prints_them(tmp_path):
    document = load(SplLoader(), tmp_path, SPL, "a.xml")
    assert document.sections[1].span.of(document.text) == (
        "2 DOSAGE\n\nLead.\n\nGive 10⁹ units.*\n\nDoses\nWeight | Dose\n50 kg | 5 mg*\n"
        "* Not to children.\n\n- a. first\n- inner\n\n2.1 Renal\n\nHalve the dose."
    )


def test_spl_says_series_edition_day_maker_and_title(tmp_path):
    source = load(SplLoader(), tmp_path, SPL, "a.xml").source
    assert (source.title, source.publisher) == ("Examplazine tablets", "Northfield Labs")
    assert (source.series, source.edition, source.kind) == ("set-1", "7", "label")
    assert source.effective == date(2024, 3, 1)


def test_another_hl7_document_is_refused_by_name(tmp_path):
    with pytest.raises(CorpusError, match=r"root is 'clinicaldocument'"):
        load(SplLoader(), tmp_path, '<ClinicalDocument xmlns="urn:hl7-org:v3"/>', "a.xml")


@pytest.mark.parametrize(
    ("declared", "use"),
    [
        ('<!ENTITY x "&#60;paragraph/>">', "&x;"),
        ('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
        ('<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;&a;&a;&a;&a;&a;">', "&x;&x;&x;"),
    ],
)
def test_declared_entities_are_refused_and_never_expanded(tmp_path, declared, use):
    text = (
        f'<!DOCTYPE d [{declared}]><document xmlns="urn:hl7-org:v3"><title>{use}</title></document>'
    )
    with pytest.raises(CorpusError, match=r"entity &x;"):
        load(SplLoader(), tmp_path, text, "a.xml")


def test_nesting_without_end_is_refused(tmp_path):
    text = '<document xmlns="urn:hl7-org:v3">' + "<c>" * 100_000
    with pytest.raises(CorpusError, match=r"not well-formed|nest deeper"):
        load(SplLoader(), tmp_path, text, "a.xml")


# --- JATS ----------------------------------------------------------------------------------

JATS = """<!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "JATS.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front>
 <journal-meta><journal-title-group><journal-title>Journal of Examples</journal-title>
 </journal-title-group></journal-meta>
 <article-meta><article-id pub-id-type="doi">10.1/x</article-id>
 <title-group><article-title>Examplazine</article-title></title-group>
 <pub-date pub-type="epub"><day>1</day><month>3</month><year>2024</year></pub-date>
 <pub-date pub-type="collection"><year>2023</year></pub-date>
 <permissions><license xlink:href="https://example.org/by"/></permissions>
 <abstract><p>It works.&nbsp;Always.</p></abstract></article-meta></front>
 <body><sec><title>Methods</title><p>We gave 5&#160;mg<xref ref-type="bibr">7</xref> daily.
  <table-wrap><label>Table 1</label><caption><p>Doses</p></caption>
  <table><thead><tr><th>Drug</th><th>n</th></tr></thead><tbody><tr><td>x</td><td>10<sup>6</sup>
  </td></tr></tbody></table><table-wrap-foot><fn><p>Per day.</p></fn></table-wrap-foot>
  </table-wrap> Then we stopped.</p>
  <sec><title>Doses</title><list><list-item><p>one</p></list-item></list></sec></sec></body>
 <back><ref-list><ref><label>7</label><mixed-citation>Doe J.</mixed-citation></ref></ref-list>
 </back></article>"""


def test_jats_text_has_title_abstract_sections_tables_and_references(tmp_path):
    document = load(JatsLoader(), tmp_path, JATS, "a.nxml")
    assert document.text == (
        "Examplazine\n\nIt works. Always.\n\nMethods\n\nWe gave 5 mg⁷ daily.\n\nTable 1 Doses\n"
        "Drug | n\nx | 10⁶\nPer day.\n\nThen we stopped.\n\nDoses\n\n- one\n\n7 Doe J."
    )
    assert [s.path[1:] for s in document.sections] == [
        (),
        ("Abstract",),
        ("Methods",),
        ("Methods", "Doses"),
        ("References",),
    ]


def test_jats_tells_tables_that_are_pictures(tmp_path):
    wrap = "<table-wrap><label>{}</label><caption><p>Doses.</p></caption>{}</table-wrap>"
    body = wrap.format("Table 1", "<graphic/>") + wrap.format("Table 2", "<graphic/>")
    body += wrap.format("Table 3", "<alternatives><graphic/><table><tr><td>5 mg</td></tr></table>"
                                   "</alternatives>")  # fmt: skip
    path = tmp_path / "a.nxml"
    path.write_text(f"<article><body><p>As shown.</p>{body}</body></article>")
    loaded = JatsLoader().load(path)
    assert "Doses." in next(loaded).text
    with pytest.raises(PartlyReadError) as raised:
        next(loaded)
    assert raised.value.parts == (
        "tables are pictures, only the caption is read: Table 1, Table 2",
    )


def test_jats_says_journal_day_address_and_licence(tmp_path):
    source = load(JatsLoader(), tmp_path, JATS, "a.nxml").source
    assert (source.publisher, source.kind) == ("Journal of Examples", "article")
    assert source.published == date(2024, 3, 1)
    assert (source.url, source.licence) == ("https://doi.org/10.1/x", "https://example.org/by")


def test_a_letter_that_points_to_a_note_is_no_letter_of_the_unit(tmp_path):
    mark = '<xref ref-type="table-fn" rid="a">a</xref>'
    body = f"<body><p>Give 6 mg{mark} daily.</p></body>"
    document = load(JatsLoader(), tmp_path, f"<article>{body}</article>", "a.nxml")
    assert document.text == "Give 6 mgᵃ daily."


def test_a_jats_part_without_a_title_is_not_filed_under_the_part_before_it(tmp_path):
    back = (
        "<back><ref-list><title>References</title><ref><mixed-citation>X.</mixed-citation></ref>"
        "</ref-list><app-group><app><title>Doses</title><p>Give 5 mg.</p></app></app-group></back>"
    )
    document = load(JatsLoader(), tmp_path, f"<article>{back}</article>", "a.nxml")
    assert [section.path for section in document.sections] == [("References",), ("Doses",)]


def test_an_exponent_in_mathml_is_no_digit_of_its_base(tmp_path):
    body = "<p>about <math><msup><mn>10</mn><mn>9</mn></msup></math> cells</p>"
    document = load(JatsLoader(), tmp_path, f"<article><body>{body}</body></article>", "a.nxml")
    assert document.text == "about 10⁹ cells"


# --- DOCX ----------------------------------------------------------------------------------


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}</w:tc>"


def test_docx_headings_lists_tables_and_notes(make_docx):
    raised = '<w:vertAlign w:val="superscript"/>'
    item = "<w:numPr/>"
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    path = make_docx(
        paragraph(run("Dose"), properties='<w:pStyle w:val="H1"/>')
        + paragraph(run("10"), run("9", raised), run(" units"), note)
        + paragraph(run("one"), properties=item)
        + paragraph(run("two"), properties=item)
        + "<w:tbl><w:tr>" + cell("Drug") + cell("Dose") + "</w:tr><w:tr>"
        + cell("x", '<w:vMerge w:val="restart"/>') + cell("5 mg") + "</w:tr><w:tr>"
        + cell("", "<w:vMerge/>") + cell("10 mg") + "</w:tr></w:tbl>",
        notes=f'<w:footnote w:id="2">{paragraph(run("Per day."))}</w:footnote>',
        title="Examplazine",
    )  # fmt: skip
    (document,) = DocxLoader().load(path)
    assert document.text == (
        "Dose\n\n10⁹ units¹\n\n¹ Per day.\n\n- one\n- two\n\nDrug | Dose\nx | 5 mg\nx | 10 mg"
    )
    assert document.source.title == "Examplazine"
    assert [s.path for s in document.sections] == [("Dose",)]


def test_docx_notes_are_numbered_as_they_are_printed(make_docx):
    def note(identity: str, mark: str = "") -> str:
        return f'<w:r><w:footnoteReference w:id="{identity}" {mark}/></w:r>'

    own = note("5", 'w:customMarkFollows="1"') + run("*")
    notes = {"7": "Seven.", "3": "Three.", "5": "* Five."}
    path = make_docx(
        paragraph(run("a"), note("7")) + paragraph(run("b"), own) + paragraph(run("c"), note("3")),
        notes="".join(
            f'<w:footnote w:id="{name}">{paragraph(run(text))}</w:footnote>'
            for name, text in notes.items()
        ),
    )
    (document,) = DocxLoader().load(path)
    assert document.text.split("\n\n") == ["a¹", "¹ Seven.", "b*", "* Five.", "c²", "² Three."]


def test_a_docx_table_row_that_begins_further_in_keeps_its_columns(make_docx):
    rows = (
        "<w:tr>" + cell("Drug") + cell("Low") + cell("High") + "</w:tr>"
        '<w:tr><w:trPr><w:gridBefore w:val="2"/></w:trPr>' + cell("9 mg") + "</w:tr>"
    )
    (document,) = DocxLoader().load(make_docx(f"<w:tbl>{rows}</w:tbl>"))
    assert document.text == "Drug | Low | High\n| | 9 mg"


def test_docx_reads_inserted_text_and_leaves_deleted_text_out(make_docx):
    changed = (
        "<w:ins>" + run("10 mg") + "</w:ins><w:del><w:r><w:delText>5 mg</w:delText></w:r></w:del>"
    )
    (document,) = DocxLoader().load(make_docx(paragraph(run("Give "), changed)))
    assert document.text == "Give 10 mg"


def test_docx_leaves_out_what_is_struck_out_and_hidden_but_not_what_only_could_be(make_docx):
    path = make_docx(
        paragraph(
            run("9 mg", "<w:strike/>"),
            run("8 mg", "<w:dstrike/>"),
            run("7 mg", "<w:vanish/>"),
            run("5 mg", '<w:strike w:val="0"/>'),
            run(" daily", '<w:vanish w:val="false"/>'),
        )
    )
    (document,) = DocxLoader().load(path)
    assert document.text == "5 mg daily"


@pytest.mark.parametrize("kind", ["drawing", "picture", "both"])
def test_docx_text_boxes_follow_their_paragraph_once(make_docx, kind):
    box = f"<w:txbxContent>{paragraph(run('Stop at 9 mg.'))}</w:txbxContent>"
    drawing = f'<w:drawing><a:wsp xmlns:a="urn:a">{box}</a:wsp></w:drawing>'
    picture = f'<w:pict><v:textbox xmlns:v="urn:v">{box}</v:textbox></w:pict>'
    both = (
        '<m:AlternateContent xmlns:m="urn:m"><m:Choice>' + drawing + "</m:Choice>"
        "<m:Fallback>" + picture + "</m:Fallback></m:AlternateContent>"
    )
    shape = {"drawing": drawing, "picture": picture, "both": both}[kind]
    path = make_docx(
        paragraph(run("Give 5 "), f"<w:r>{shape}</w:r>", run("mg.")) + paragraph(run("Next."))
    )
    (document,) = DocxLoader().load(path)
    assert document.text == "Give 5 mg.\n\nStop at 9 mg.\n\nNext."


def test_a_docx_table_row_that_was_deleted_is_left_out(make_docx):
    gone = "<w:tr><w:trPr><w:del/></w:trPr>" + cell("Old") + cell("9 mg") + "</w:tr>"
    kept = "<w:tr>" + cell("New") + cell("5 mg") + "</w:tr>"
    (document,) = DocxLoader().load(make_docx(f"<w:tbl>{gone}{kept}</w:tbl>"))
    assert document.text == "New | 5 mg"


def test_the_first_title_is_that_of_a_docx_whose_properties_have_none(make_docx):
    path = make_docx(paragraph(run("Dosing guide"), properties='<w:pStyle w:val="H1"/>'))
    (document,) = DocxLoader().load(path)
    assert document.source.title == "Dosing guide"


def test_a_file_that_is_no_docx_says_what_to_do(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(b"not a zip")
    with pytest.raises(CorpusError, match=r"Save it again as \.docx"):
        list(DocxLoader().load(path))


def test_docx_signs_of_a_symbol_font_are_not_lost(make_docx):
    symbol = '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>'
    path = make_docx(
        paragraph(
            run("CrCl "),
            '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>',
            run("30: 5 "),
            run("m", symbol),
            run("g, "),
            run("\uf0a3", symbol),
            run("7"),
            '<w:r><w:sym w:font="Unknown" w:char="F0B3"/></w:r>',
        )
    )
    (document,) = DocxLoader().load(path)
    assert document.text == "CrCl ≥30: 5 µg, ≤7\ufffd"


def math_run(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<m:f><m:num>{a}</m:num><m:den>{b}</m:den></m:f>", "(140-age)/72"),
        ("<m:f><m:num><m:d><m:e>{a}</m:e></m:d></m:num><m:den>{b}</m:den></m:f>", "(140-age)/72"),
        ("<m:sSup><m:e>{b}</m:e><m:sup>{b}</m:sup></m:sSup>", "72⁷²"),
        ("<m:rad><m:deg/><m:e>{b}</m:e></m:rad>", "√(72)"),
        ('<m:d><m:dPr><m:begChr m:val="["/></m:dPr><m:e>{b}</m:e></m:d>', "[72)"),
    ],
)
def test_docx_formulas_keep_strokes_exponents_and_brackets(make_docx, formula, text):
    inside = formula.format(a=math_run("140-age"), b=math_run("72"))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    path = make_docx(paragraph(f'<m:oMath xmlns:m="{office}">{inside}</m:oMath>'))
    (document,) = DocxLoader().load(path)
    assert document.text == text


def test_docx_tables_that_place_things_are_read_as_the_page_they_are(make_docx):
    inner = "<w:tbl><w:tr>" + cell("Drug") + cell("Dose") + "</w:tr></w:tbl>"
    heading = paragraph(run("Dose"), properties='<w:pStyle w:val="H1"/>')
    box = f"<w:tbl><w:tr><w:tc>{heading}{paragraph(run('Give it.'))}{inner}</w:tc></w:tr></w:tbl>"
    (document,) = DocxLoader().load(make_docx(box))
    assert document.text == "Dose\n\nGive it.\n\nDrug | Dose"
    assert [s.path for s in document.sections] == [("Dose",)]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            "<fig-group><caption><p>All</p></caption><fig><label>A</label><caption><p>One</p>"
            "</caption></fig><fig><caption><p>Two</p></caption></fig></fig-group>",
            "All\n\nA One\n\nTwo",
        ),
        (
            "<table-wrap-group><label>T</label><table-wrap><label>T1</label><table><tr><td>a</td>"
            "</tr></table><table-wrap-foot><p>f</p></table-wrap-foot></table-wrap><table-wrap>"
            "<label>T2</label><table><tr><td>b</td></tr></table></table-wrap></table-wrap-group>",
            "T\n\nT1\na\nf\n\nT2\nb",
        ),
        (
            "<def-list><def-item><term>HR</term><def><p>Stop.</p></def><def><p>Wait.</p></def>"
            "</def-item></def-list>",
            "- HR: Stop. Wait.",
        ),
    ],
)
def test_jats_groups_and_definitions_lose_nothing(tmp_path, body, text):
    article = f"<article><body>{body}</body></article>"
    assert load(JatsLoader(), tmp_path, article, "a.nxml").text == text


def test_a_docx_style_that_rests_on_a_heading_is_one(make_docx):
    def styled(text, style):
        return paragraph(run(text), properties=f'<w:pStyle w:val="{style}"/>')

    path = make_docx(styled("A", "H1") + styled("B", "Own") + styled("Give it.", "Loop"))
    (document,) = DocxLoader().load(path)
    assert [s.path for s in document.sections] == [("A",), ("A", "B")]


@pytest.mark.parametrize(
    ("citation", "line"),
    [
        (
            "<element-citation><person-group><name><surname>Ham</surname><given-names>W</given-names>"
            "</name><name><surname>Ott</surname><given-names>TJ</given-names></name></person-group>"
            "<article-title>Doses of <italic>examplazine</italic></article-title><source>Ann Ex"
            "</source><year>2011</year><volume>105</volume></element-citation>",
            "1 Ham W, Ott TJ Doses of examplazine Ann Ex 2011 105",
        ),
        (
            "<nlm-citation><collab>Ex Group</collab><year>2011</year></nlm-citation>",
            "1 Ex Group 2011",
        ),
        (
            "<mixed-citation><name><surname>Ham</surname>, <given-names>W</given-names></name>. "
            "Doses. <year>2011</year>;<volume>105</volume>.</mixed-citation>",
            "1 Ham, W. Doses. 2011;105.",
        ),
    ],
)
def test_parts_of_a_reference_do_not_touch(tmp_path, citation, line):
    path = tmp_path / "a.nxml"
    path.write_text(
        "<article><body><p>Give it.</p></body><back><ref-list><ref><label>1</label>"
        f"{citation}</ref></ref-list></back></article>",
        encoding="utf-8",
    )
    (document,) = JatsLoader().load(path)
    assert document.text.split("\n\n")[-1] == line
