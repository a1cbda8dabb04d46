"""The command line: one file per command group, each loaded only when it is asked for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from types import MappingProxyType

import click

from medrag.errors import MedragError

EXIT_GATE = 1
EXIT_INPUT = 2
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130

_COMMANDS = {
    "ask": "Answer a question with verified quotations and a checked result.",
    "audit": "Verify, show and prove the audit log.",
    "check": "Check the medication and laboratory content of a text.",
    "deidentify": "Replace identifiers in a text; clinical facts stay.",
    "doctor": "Look at the environment and at an index; say what to do.",
    "eval": "Measure an index, a model, a prompt or the rules on judged questions.",
    "index": "Build, inspect, compare and export an index.",
    "models": "List the MedGemma variants and what fits here; model card and approval.",
    "patient": "Show the facts read from a FHIR patient, and what was not used.",
    "quotes": "Verify quotations against passages.",
    "review": "List, show and sign answers that wait for a person.",
    "rules": "List, test and show the checker's rules.",
    "scope": "Say whether a question is answered, an emergency, or refused.",
    "search": "Find passages, without an answer.",
    "serve": "Answer over HTTP, with a page to ask, read and sign.",
}


_GARBAGE_AFTER = 100_000
"""New containers after which Python looks for cycles. It looks after 700 of them unless told,
which while modules load takes a tenth of the time to a first answer and finds nothing."""


class LazyGroup(click.Group):
    """Lists commands without importing them: `medrag --help` stays quick.

    Attributes:
        package: The module of the command `name` is `package.name`; it holds a `command`.
        told: Name -> what the command does, in a line.
        in_module: Name -> module, where the module has another name than the command; a former
            name of a command that is told under another one stands here only.
    """

    package: str
    told: Mapping[str, str]
    in_module: Mapping[str, str] = MappingProxyType({})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, sorted."""
        del ctx
        return sorted(self.told)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None where it is not named."""
        del ctx
        if cmd_name not in self.told and cmd_name not in self.in_module:
            return None
        module = self.in_module.get(cmd_name, cmd_name)
        command: click.Command = import_module(f"{self.package}.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self.told.items()))


class _Commands(LazyGroup):
    package = "medrag.cli"
    told = _COMMANDS


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Research and development software, not a medical device.",
)
@click.version_option(version("medrag"), message="medrag %(version)s")
def cli() -> None:
    """Answer clinical questions from your own documents, with verbatim quotations.

    \b
    Examples:
      medrag index build corpora --index guidelines.index
      medrag ask "Metformin with an eGFR of 38?" --index guidelines.index
      medrag doctor --index guidelines.index

    Exit status: 0 done, 1 a gate failed, 2 bad input.
    """


def main() -> None:
    """Run the command line; every foreseen failure is one line on standard error."""
    if isinstance(sys.stdout, TextIOWrapper):  # what the terminal cannot show is escaped
        sys.stdout.reconfigure(errors="backslashreplace")
    gc.set_threshold(_GARBAGE_AFTER)
    # NumPy's threads begin by spinning, 0.1 s of processor time; no command waits for a product
    # of matrices that is large enough for them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if "_MEDRAG_COMPLETE" in os.environ:
        from medrag.cli.completing import offer_paths

        offer_paths()
    try:
        # no-color.org: set to anything, it asks for none, whatever the output is.
        status = cli(standalone_mode=False, color=False if os.environ.get("NO_COLOR") else None)
    except click.exceptions.Abort:
        status = EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = EXIT_INPUT
    except MedragError as error:
        click.echo(f"medrag: {error}", err=True)
        status = EXIT_INPUT
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away: nobody is left to tell
        status = 0
    except OSError as error:
        click.echo(f"medrag: {error.filename or 'output'}: {error.strerror}.", err=True)
        status = EXIT_INPUT
    except ModuleNotFoundError as error:  # a broken installation, not a defect of ours
        missing = (error.name or "a package of Python").split(".")[0]
        click.echo(f"medrag: {missing} is not installed. Install medrag again, or it.", err=True)
        status = EXIT_INPUT
    except Exception as error:  # noqa: BLE001 - the edge: nothing may end in a traceback
        _report_defect(error)
        status = EXIT_INTERNAL
    sys.exit(status if isinstance(status, int) else 0)


def _report_defect(error: Exception) -> None:
    """Name the kind and place of an unforeseen error, never its message: it may quote a patient."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = "unknown place"
    if frame is not None:
        code = frame.tb_frame.f_code
        place = f"{code.co_filename}:{frame.tb_lineno}"
    click.echo(
        f"medrag: unexpected {type(error).__name__} at {place}. This is a defect of medrag; "
        "please report this line.",
        err=True,
    )
