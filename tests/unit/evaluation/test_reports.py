"""Reports: what they say, in which order, and that nothing in a case can act in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from making_runs import answer_of, answered, checked, made_run, traced
from medrag.core.finding import Finding
from medrag.errors import InputError
from medrag.evaluation import Case, Expected, JudgedSet, Run
from medrag.evaluation.judged_set import Quotation
from medrag.evaluation.lines import Line
from medrag.evaluation.reports import junit, past_runs, report, side_by_side, trend
from medrag.evaluation.reports.cases import worst_first

RIGHT = "Give examplazine 40 mg once daily."
WRONG = "Give examplazine 400 mg once daily."
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=y> \u202egod\u202c \x00 &amp; {{7*7}}"
VOID = {"meta", "br", "img", "link", "input", "line", "rect", "circle", "path"}


def case(name: str, expect: Expected, **fields: object) -> Case:
    return Case(id=name, question=f"Question {name}?", expect=expect, **fields)


ANSWERABLE = Expected(
    status=("answered",),
    documents=("guide-1",),
    quotations=(Quotation(text=RIGHT),),
    not_quotations=(Quotation(text=WRONG),),
)
SILENT = Expected(status=("abstained",))
CASES = (
    case("right", ANSWERABLE, specialty="cardiology", kind="label"),
    case("silent", ANSWERABLE, specialty="cardiology"),
    case("missing", ANSWERABLE, specialty="surgery"),
    case("harmful", ANSWERABLE, specialty="surgery", tags=("superseded",)),
    case("spoke", SILENT, specialty="surgery"),
    case("emergency", Expected(status=("emergency",))),
    Case(id="text", text="Give it.", expect=Expected(findings=("daily-dose",))),
    case("failed", ANSWERABLE),
)
JUDGED = JudgedSet(name="tiny", title="A tiny set", judged_by="the tests", cases=CASES)
MED101 = Finding(rule_id="MED101", category="daily-dose", severity="critical", message="too much")


def lines() -> list[Line]:
    other = "Take it with water."
    return [
        answered("right", traced(answer_of("Question right?", RIGHT))),
        answered("silent", traced(answer_of("Question silent?", None))),
        answered("missing", traced(answer_of("Question missing?", other))),
        answered("harmful", traced(answer_of("Question harmful?", WRONG))),
        answered("spoke", traced(answer_of("Question spoke?", RIGHT))),
        answered("emergency", traced(answer_of("Question emergency?", None))),
        checked("text", MED101),
        answered("failed", traced(answer_of("Question failed?", None))),
    ]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Run:
    return made_run(tmp_path_factory.mktemp("runs") / "one", JUDGED, lines())


@pytest.fixture(scope="module")
def better(tmp_path_factory) -> Run:
    mended = [
        answered("silent", traced(answer_of("Question silent?", RIGHT), tokens=20))
        if line.id == "silent"
        else line
        for line in lines()
    ]
    return made_run(tmp_path_factory.mktemp("runs") / "two", JUDGED, mended, llm="other")


@pytest.fixture(scope="module")
def page(tiny) -> str:
    return report(tiny)


class Outline(HTMLParser):
    """Elements in order, headings with their level, ids, links, and whether all is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        for key, value in attrs:
            self.attributes.append((tag, key, value))
            if key == "id":
                self.ids.append(value)
            if key == "href":
                self.links.append(value)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


def pages(tiny: Run, better: Run) -> list[str]:
    return [report(tiny), side_by_side([tiny, better]), trend(past_runs([tiny.folder.parent]))]


def test_a_page_is_well_formed_and_needs_nothing_beside_it(tiny, better):
    for made in pages(tiny, better):
        outline = Outline(made)
        assert outline.open == []
        assert not {"script", "link", "img", "iframe", "object"} & set(outline.names)
        loads = [a for a in outline.attributes if a[1] in {"src", "srcset", "action", "style"}]
        assert [a for a in loads if a[1] != "style"] == []
        assert all(link.startswith("#") for link in outline.links)
        assert "url(" not in made
        assert "default-src &#x27;none&#x27;" in made


def test_a_page_can_be_read_by_a_screen_reader(tiny, better):
    for made in pages(tiny, better):
        outline = Outline(made)
        assert outline.headings[0] == 1
        assert outline.headings.count(1) == 1
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert all(after - before <= 1 for before, after in steps), "no level is left out"
        assert len(set(outline.ids)) == len(outline.ids)
        assert {link[1:] for link in outline.links} <= set(outline.ids)
        assert outline.names.count("table") == outline.names.count("caption")
        assert made.count("<th>") == 0, "every heading of a table has a scope"
        assert outline.names.count("svg") == made.count('role="img"')
        assert '<html lang="en">' in made


def test_the_worst_case_comes_first_and_what_is_right_does_not_come(tiny):
    ranked = [record.id for record in worst_first(tiny)]
    assert ranked == ["emergency", "harmful", "spoke", "missing", "silent", "failed"]


def test_the_page_says_what_is_wrong_in_words_and_highlights_what_was_quoted(page):
    assert "Wrong: quotation judged wrong; quotation missing" in page
    assert "Wrong: abstained instead of emergency" in page
    assert "Wrong: answered instead of abstained" in page
    assert re.search(r"<mark[^>]*>Give examplazine 400 mg once daily.</mark>", page)


def test_silence_is_one_fault_not_five(page):
    assert "Wrong: abstained instead of answered</p>" in page


def test_the_page_holds_every_case_every_metric_and_the_signature(tiny, page):
    for one in CASES:
        assert one.id in page
    told = {f.metric for f in tiny.results.figures if not f.group and not f.part}
    assert told
    assert all(f">{name}</span>" in page for name in told)
    for value in (tiny.results.signature.judged, tiny.results.signature.code, "scripted-1"):
        assert value in page


def test_only_so_many_cases_are_shown_as_were_asked_for(tiny):
    shown = report(tiny, most=1)
    assert shown.count('<article class="case"') == 1
    assert "1 of 6 cases" in shown
    assert '<article class="case"' not in report(tiny, most=0)


def test_hostile_text_is_text(tmp_path):
    expect = Expected(
        status=("answered",), quotations=(Quotation(text=HOSTILE),), must=((HOSTILE,),)
    )
    judged = JudgedSet(
        name="bad",
        title=HOSTILE,
        judged_by=HOSTILE,
        cases=(
            Case(id="a", question=HOSTILE, specialty=HOSTILE, tags=(HOSTILE,), expect=expect),
            Case(id="b", text=HOSTILE, expect=Expected(findings=())),
        ),
    )
    finding = MED101.model_copy(update={"message": HOSTILE})
    told = traced(answer_of(HOSTILE, HOSTILE, passage=f"x {HOSTILE} y", findings=[finding]))
    made = made_run(tmp_path / "run", judged, [answered("a", told), checked("b", finding)])
    page = report(made)
    outline = Outline(page)
    assert outline.open == []
    assert not {"script", "img"} & set(outline.names)
    assert "<script" not in page
    assert "\u202e" not in page
    assert "\u27e8U+202E\u27e9god" in page, "what turns the direction of reading is spelled out"
    assert "\x00" not in page
    ET.fromstring(junit(made))


def test_junit_has_a_test_for_every_gate_and_case(tiny):
    suites = ET.fromstring(junit(tiny))
    gates, *fields = suites
    assert gates.get("name") == "gates"
    assert [case.find("failure") for case in gates.iter("testcase")] == [None] * 5
    tests = {case.get("name"): case for field in fields for case in field.iter("testcase")}
    assert set(tests) == {one.id for one in CASES}
    failed = {name for name, one in tests.items() if one.find("failure") is not None}
    assert failed == {"emergency", "harmful", "spoke", "missing", "silent", "failed"}
    assert tests["harmful"].find("failure").get("message").startswith("quotation judged wrong")
    for suite in suites:
        assert int(suite.get("tests")) == len(list(suite.iter("testcase")))
        assert int(suite.get("failures")) == len(list(suite.iter("failure")))


def test_junit_holds_no_words_of_a_case(tiny):
    text = junit(tiny)
    assert "examplazine" not in text
    assert "Question" not in text


def test_in_junit_what_was_wrong_before_is_skipped_and_what_became_wrong_fails(tiny, better):
    worse = ET.fromstring(junit(tiny, against=better))
    failed = {c.get("name") for c in worse.iter("testcase") if c.find("failure") is not None}
    skipped = {c.get("name") for c in worse.iter("testcase") if c.find("skipped") is not None}
    assert {one.id for one in CASES} & failed == {"silent"}
    same = ET.fromstring(junit(tiny, against=tiny))
    assert [c for c in same.iter("testcase") if c.find("failure") is not None] == []
    assert "every threshold is kept" in {c.get("name") for c in same.iter("testcase")}
    assert skipped == {"emergency", "harmful", "spoke", "missing", "failed"}


def test_a_case_without_an_answer_is_an_error_of_the_test_and_shown_first(tmp_path, tiny):
    record = tiny.records[0].model_copy(update={"error": "BackendError: down", "right": None})
    broken = Run(tiny.folder, tiny.judged, (record, *tiny.records[1:]), tiny.results)
    tests = {c.get("name"): c for c in ET.fromstring(junit(broken)).iter("testcase")}
    assert "down" in tests["right"].find("error").get("message")
    assert worst_first(broken)[0].id == "right"
    assert "no answer: BackendError: down" in report(broken)


def test_an_unverified_quotation_that_is_shown_is_the_worst_of_all(tiny):
    record = tiny.records[0].model_copy(update={"not_verbatim": 1})
    broken = Run(tiny.folder, tiny.judged, (record, *tiny.records[1:]), tiny.results)
    assert worst_first(broken)[0].id == "right"
    assert "a quotation is shown that is not in its passage" in report(broken)


def test_runs_side_by_side_tell_cost_and_the_cases_that_differ(tiny, better):
    page = side_by_side([tiny, better])
    differ = page[page.index('id="differ"') : page.index('id="signatures"')]
    assert "1 cases; those that scripted has right come first." in differ
    assert ">silent</th>" in differ
    assert ">harmful</th>" not in differ
    assert "77</td>" in page, "tokens for a question: 70 of the prompt and 7 of the reply"
    assert "<strong>answerer (differs)</strong>" in page
    assert "<strong>index (differs)</strong>" not in page


def test_side_by_side_what_was_lost_stands_before_what_was_won(tiny, tmp_path):
    turned = {"right": None, "silent": RIGHT}
    told = [
        answered(line.id, traced(answer_of("?", turned[line.id]))) if line.id in turned else line
        for line in lines()
    ]
    page = side_by_side([tiny, made_run(tmp_path / "turned", JUDGED, told, llm="other")])
    differ = page[page.index('id="differ"') :]
    assert differ.index(">right</th>") < differ.index(">silent</th>")


def test_runs_of_other_questions_are_not_compared(tiny, tmp_path):
    judged = JudgedSet(name="tiny", cases=(case("right", ANSWERABLE), case("other", SILENT)))
    told = [
        answered("right", traced(answer_of("?", RIGHT))),
        answered("other", traced(answer_of("?", None))),
    ]
    with pytest.raises(InputError, match="different questions"):
        side_by_side([tiny, made_run(tmp_path / "other", judged, told)])


def test_a_trend_has_every_run_oldest_first_and_says_what_changed(tiny, better, tmp_path):
    for number, (one, llm) in enumerate(((tiny, "a"), (better, "a"), (better, "b"))):
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        signature = one.results.signature.model_copy(update={"llm": llm, "index": f"i{number}"})
        later = one.results.at.replace(year=2031 + number)
        results = one.results.model_copy(update={"signature": signature, "at": later})
        (folder / "results.json").write_text(results.model_dump_json(), encoding="utf-8")
    runs = past_runs([tmp_path])
    assert [past.name for past in runs] == ["run0", "run1", "run2"]
    page = trend(runs)
    rows = re.findall(r'<tr><th scope="row">(run\d)</th>.*?</tr>', page)
    assert rows == ["run0", "run1", "run2"]
    assert page.count("first of this answerer") == 2
    changes = re.findall(r"<td>([^<]*)</td></tr>", page)
    assert [change.split(", ")[0] for change in changes[:2]] == ["first of this answerer", "index"]


def test_a_folder_without_runs_and_a_damaged_run_are_named(tmp_path):
    with pytest.raises(InputError, match=r"no results\.json"):
        past_runs([tmp_path])
    (tmp_path / "results.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="another version"):
        past_runs([tmp_path])


def test_repeats_of_a_case_are_one_test_and_its_worst_repeat_is_shown(tmp_path):
    judged = JudgedSet(name="again", cases=(case("a", ANSWERABLE),))
    told = [
        answered("a", traced(answer_of("?", RIGHT))),
        answered("a", traced(answer_of("?", WRONG)), repeat=1),
    ]
    made = made_run(tmp_path / "run", judged, told)
    assert [record.repeat for record in worst_first(made)] == [1]
    assert "a, repeat 2" in report(made)
    assert len(list(ET.fromstring(junit(made))[1].iter("testcase"))) == 1


def test_a_thousand_cases_are_a_page_that_a_browser_opens_at_once(tiny):
    names = [f"{one.id}-{number}" for number in range(125) for one in CASES]
    records = [
        record.model_copy(update={"id": name, "tags": (name,)})
        for name, record in zip(names, tiny.records * 125, strict=True)
    ]
    cases = [
        one.model_copy(update={"id": name, "tags": (name,)})
        for name, one in zip(names, CASES * 125, strict=True)
    ]
    judged = JUDGED.model_copy(update={"cases": tuple(cases)})
    page = report(Run(tiny.folder, judged, tuple(records), tiny.results))
    assert len(page) < 1_000_000
    assert page.count("<tr>") > 1000


@pytest.mark.parametrize("name", ["report", "sides", "trend"])
def test_a_page_is_the_same_each_time(tiny, better, name):
    made = {"report": 0, "sides": 1, "trend": 2}[name]
    assert pages(tiny, better)[made] == pages(tiny, better)[made]


def test_a_run_is_loaded_from_its_folder_as_it_was(tiny):
    assert report(Run.load(Path(tiny.folder))) == report(tiny)
