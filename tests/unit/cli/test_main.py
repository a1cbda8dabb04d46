import sys

import pytest


def test_help_lists_every_command(medrag):
    outcome = medrag("--help")
    assert outcome.status == 0
    for name in ("ask", "check", "index", "quotes", "review", "rules", "search"):
        assert f"  {name} " in outcome.out
    assert "not a medical device" in outcome.out


def test_an_unknown_command_is_bad_input(medrag):
    outcome = medrag("aks")
    assert outcome.status == 2
    assert "No such command 'aks'" in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "--cases", "in.jsonl"),
        ("check", "--answer", "a", "--cases", "b"),
        ("search", "--index", "i"),
        ("search", "--index", "i", "--queries", "q"),
        ("ask", "--index", "i"),
        ("ask", "--index", "i", "--cases", "c"),
        ("ask", "q", "--index", "i", "--as-of", "yesterday"),
        ("search", "q", "--index", "i", "-k", "0"),
        ("quotes", "verify", "--cases", "in.jsonl"),
    ],
)
def test_options_that_do_not_fit_are_bad_input_without_a_traceback(medrag, arguments):
    outcome = medrag(*arguments)
    assert outcome.status == 2
    assert "Traceback" not in outcome.err
    assert outcome.err.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--answer", "no-such-file"),
        ("check", "--cases", "no-such-file", "--out", "-"),
        ("quotes", "verify", "--cases", "no-such-file", "--out", "-"),
        ("ask", "q", "--index", "no-such-index"),
        ("search", "q", "--index", "no-such-index"),
        ("index", "info", "--index", "no-such-index"),
        ("index", "verify", "--index", "no-such-index"),
        ("index", "build", "no-such-folder", "--index", "x.index"),
        ("rules", "show", "MED9999"),
        ("review", "show", "0123456789abcdef", "--folder", "no-such-folder"),
    ],
)
def test_what_does_not_exist_is_named_in_one_line(medrag, arguments):
    outcome = medrag(*arguments)
    assert outcome.status == 2
    assert outcome.err.startswith("medrag: ")
    assert outcome.err.count("\n") == 1


def test_a_package_that_is_not_installed_is_named_and_no_defect(medrag, monkeypatch, tmp_path):
    (tmp_path / "guide.md").write_text("# Guide\n\nGive examplazine 5 mg once daily.\n")
    index = tmp_path / "g.index"
    assert medrag("index", "build", tmp_path / "guide.md", "--index", index).status == 0
    monkeypatch.setitem(sys.modules, "httpx", None)  # the import system's own way to refuse one
    for module in [name for name in sys.modules if name.startswith("medrag.generation.server")]:
        monkeypatch.delitem(sys.modules, module)
    outcome = medrag("ask", "Dose?", "--index", index, "--llm", "http://127.0.0.1:9/v1")
    assert (outcome.status, "httpx is not installed" in outcome.err) == (2, True), outcome
