"""Cells that cover several rows and columns, in numbers that nobody writes by hand."""

from lxml import html

from medrag.documents.label_nesting import Field, outer_fields
from medrag.documents.markup import MOST_REPEATED, table_rows


def rows(markup):
    return table_rows(html.fromstring(markup), lambda cell: cell.text_content())


def test_a_cell_over_rows_is_written_in_each():
    told = rows("<table><tr><th rowspan=2>adults<td>5 mg<tr><td>10 mg</table>")
    assert told == [["adults", "5 mg"], ["adults", "10 mg"]]


def test_some_kilobytes_do_not_become_megabytes():
    row = "<tr>" + "<td colspan=200 rowspan=200>5 mg" * 200
    told = rows(f"<table>{row * 200}</table>")
    assert sum(len(cell) + 1 for row in told for cell in row) < 2 * MOST_REPEATED
    assert sum(cell == "5 mg" for row in told for cell in row) >= 200 * 200, "a cell is lost"


def test_a_long_cell_over_many_rows_is_not_lost():
    text = "x" * MOST_REPEATED
    told = rows(f"<table><tr><td rowspan=9>{text}<td>1<tr><td>2</table>")
    assert told == [[text, "1"], ["2"]]


def test_short_texts_of_a_label_stay_whatever_holds_them():
    fields = [Field("warnings", f"No. {n}.") for n in range(20_000)]
    assert len(outer_fields(fields)) == len(fields)
