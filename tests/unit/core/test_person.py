"""Which written names are one person, and which are no names at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.core.person import canonical_name, holds_hidden, holds_letter, name_problem
from persons import PERSON, SAME_AND_SIGNABLE, SAME_BUT_REFUSED


@pytest.mark.parametrize("way", [*SAME_AND_SIGNABLE, *SAME_BUT_REFUSED])
def test_a_difference_that_nobody_sees_makes_no_other_person(way):
    written = (SAME_AND_SIGNABLE | SAME_BUT_REFUSED)[way]
    assert canonical_name(written) == canonical_name(PERSON) == "joseperson"


@pytest.mark.parametrize("way", SAME_AND_SIGNABLE)
def test_another_way_of_writing_a_name_is_a_name(way):
    assert name_problem(SAME_AND_SIGNABLE[way]) is None


@pytest.mark.parametrize("way", SAME_BUT_REFUSED)
def test_a_name_that_could_show_as_another_is_refused_without_repeating_it(way):
    problem = name_problem(SAME_BUT_REFUSED[way])
    assert problem is not None
    assert "Person" not in problem.replace("Name the person", "")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("R. Gruber", "S. Gruber"),
        ("12-3", "1-23"),
        ("dr-7", "dr-8"),
        ("Amy Lee", "May Lee"),
        ("क", "कि"),
        ("が", "か"),
        ("ต้น", "ตาน"),
        ("Иванов", "Петров"),
        ("김민수", "김민준"),
        ("علی رضا", "علی"),
    ],
)
def test_another_name_is_another_person(one, other):
    assert canonical_name(one) != canonical_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O'Brien", "O’Brien"),
        ("O'Brien", "OBrien"),
        ("ʻAkahi", "‘Akahi"),
        ("Anna-Maria Kern", "Anna Maria Kern"),
        ("A.B. Kern", "A. B. Kern"),
        ("٤٧", "47"),
        ("Straße", "STRASSE"),
        ("İpek", "ipek"),
        ("مُحَمَّد", "محمد"),
        ("ＤＲ－７", "dr-7"),
    ],
)
def test_punctuation_marks_and_forms_make_no_other_person(one, other):
    assert canonical_name(one) == canonical_name(other)


@pytest.mark.parametrize(
    "name",
    [
        "4711",
        "Dr",
        "王小明",
        "山田 タロウ",
        "김민수",
        "Dr Иванов",
        "Nguyễn Văn Ánh",
        "علی\u200cرضا",
        "ශ්\u200dරී",
        "渡邉\U000e0101 一郎",
        "नरेन्द्र",
        "สมชาย ใจดี",
        "שָׁלוֹם",
        "مُحَمَّد",
        "がぎ 平々",
        "Ñuñez J̃",
        "Ə. Əliyev",
        "St. John-O’Neil, Æ.",
        "x" * 200,
    ],
)
def test_names_of_every_script_can_sign(name):
    assert name_problem(name) is None
    assert canonical_name(name)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "blank"),
        (" \u00a0", "blank"),
        ("...", "no letter or digit"),
        ("\u2800", "no letter or digit"),
        ("☤", "no letter or digit"),
        ("\u0301", "no letter or digit"),
        ("\u200b", "invisible"),
        ("\u3164", "invisible"),
        ("\u2060", "invisible"),
        ("a\nb", "control"),
        ("a\rb", "control"),
        ("a\tb", "control"),
        ("\x1b[2Jb", "control"),
        ("\ue000b", "invisible"),
        ("Anna\u200cKern", "invisible"),
        ("x" * 201, "longer than 200"),
        ("Аlice", "mixes alphabets"),
        ("Ali丨e", "mixes alphabets"),
        ("Al\u093fice", "mixes alphabets"),
        ("Al\u07a6ice", "mixes alphabets"),
    ],
)
def test_what_is_no_name_is_refused(name, problem):
    assert problem in name_problem(name)


def test_line_ends_are_fine_where_they_are_allowed():
    assert holds_hidden("a\nb")
    assert not holds_hidden("a\nb", "\n")
    assert holds_hidden("a\nb\u200b", "\n")
    assert not holds_hidden("10 μg/kg, β-blocker, naïve, 50 %")


@pytest.mark.parametrize("text", ["", "12.5", "...", "\u200b", "\u3164", "\u115f", "\u2800", "☤"])
def test_what_says_nothing_holds_no_letter(text):
    assert not holds_letter(text)


@given(st.text())
def test_the_canonical_form_is_its_own_canonical_form(name):
    once = canonical_name(name)
    assert canonical_name(once) == once


@given(st.text(max_size=20))
def test_who_may_sign_has_a_canonical_form(name):
    assert name_problem(name) is not None or canonical_name(name)
