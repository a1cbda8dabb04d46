"""What a person finds at the command line: examples, completion, color, how far something is."""

import io
import sys

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from medrag.cli import cli, main
from medrag.cli.completing import offer_paths
from medrag.cli.progress import counting, watched


def commands(group, ctx, path=()):
    yield " ".join(path) or "medrag", group
    if isinstance(group, click.Group):
        for name in group.list_commands(ctx):
            found = group.get_command(ctx, name)
            yield from commands(found, click.Context(found, parent=ctx), (*path, name))


@pytest.mark.parametrize(
    ("name", "command"), list(commands(cli, click.Context(cli))), ids=lambda part: str(part)[:24]
)
def test_every_command_shows_an_example(name, command):
    said = CliRunner().invoke(command, ["--help"]).output
    assert "Example" in said, name


@pytest.fixture
def offered(monkeypatch):
    monkeypatch.setattr(
        click.types.StringParamType, "shell_complete", click.types.StringParamType.shell_complete
    )
    offer_paths()

    def offer(*words):
        asked = BashComplete(cli, {}, "medrag", "_MEDRAG_COMPLETE")
        found = asked.get_completions(list(words[:-1]), words[-1])
        return [(item.type, item.value) for item in found]

    return offer


def test_files_and_folders_and_rules_are_completed(offered):
    assert offered("check", "--answer", "an") == [("file", "an")]
    assert offered("index", "build", "cor") == [("file", "cor")]
    assert offered("ask", "q", "--index", "g") == [("dir", "g")]
    assert offered("audit", "verify", "l") == [("dir", "l")]
    assert ("plain", "MED101") in offered("rules", "show", "med10")
    assert offered("ask", "whic") == []


@pytest.mark.parametrize(("asked", "is_colored"), [("", True), ("1", False)])
def test_no_color_is_heeded(tmp_path, monkeypatch, capsys, asked, is_colored):
    (tmp_path / "a.txt").write_text("Give metformin 5000 mg twice daily.", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["medrag", "check", "--answer", str(tmp_path / "a.txt")])
    monkeypatch.setenv("NO_COLOR", asked)
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda stream, color=None: color is False)
    with pytest.raises(SystemExit):
        main()
    assert ("\x1b[" in capsys.readouterr().out) is is_colored


class Terminal(io.StringIO):
    def isatty(self):
        return True


def terminal(monkeypatch):
    """A terminal in the place of standard error, which shows what takes any time at all."""
    monkeypatch.setattr("medrag.cli.progress._SOON_S", 0)
    monkeypatch.setattr(sys, "stderr", Terminal())
    return sys.stderr


def test_what_is_long_says_how_far_it_is_and_how_fast(monkeypatch):
    shown = terminal(monkeypatch)
    assert list(watched([1, 2, 3], "checking", "case")) == [1, 2, 3]
    assert "checking" in shown.getvalue()
    assert "0/3" in shown.getvalue()
    assert "case/s" in shown.getvalue()


def test_lines_on_standard_output_are_left_alone(monkeypatch):
    shown = terminal(monkeypatch)
    assert list(watched([1, 2], "checking", "case", out="-")) == [1, 2]
    assert shown.getvalue() == ""


def test_a_count_says_what_was_done(monkeypatch):
    shown = terminal(monkeypatch)
    with counting("asking", "case", 2) as count:
        count("q1, answered")
        count("q2, abstained")
    assert "asking" in shown.getvalue()


def test_nothing_is_said_where_nobody_looks_on(capsys):
    assert list(watched(iter([1]), "checking", "case", total=1)) == [1]
    with counting("asking", "case", 1) as count:
        count("q1, answered")
    assert capsys.readouterr().err == ""
