"""`medrag models`: a table for people, a document for programs, and no torch without a GPU."""

from __future__ import annotations

import json
import subprocess
import sys

from click.testing import CliRunner

from medrag.cli import cli


def run(*arguments):
    done = CliRunner().invoke(cli, ["models", *arguments])
    assert done.exit_code == 0
    return done.output


def test_the_table_names_every_variant_its_memory_and_the_terms():
    said = run()
    for name in ("medgemma-27b ", "medgemma-27b-multimodal", "medgemma-4b", "medgemma-1.5-4b"):
        assert name in said
    assert "52.8 GiB" in said
    assert "27.01 B" in said
    assert "Health AI Developer Foundations Terms of Use" in said
    assert "Not measured" in said


def test_a_longer_context_takes_more_memory():
    short, long = (json.loads(run("--json", "--context", n)) for n in ("8192", "131072"))
    for few, many in zip(short["models"], long["models"], strict=True):
        assert few["memory"]["bf16"]["states_bytes"] < many["memory"]["bf16"]["states_bytes"]
        assert few["memory"]["bf16"]["weights_bytes"] == many["memory"]["bf16"]["weights_bytes"]


def test_the_document_says_what_fits_where():
    document = json.loads(run("--json"))
    assert document["machine"][-1]["kind"] == "processor"
    first = document["models"][0]
    assert first["hub_name"] == "google/medgemma-27b-text-it"
    assert first["reads"] == ["text"]
    memory = first["memory"]["4bit"]
    parts = memory["weights_bytes"] + memory["states_bytes"] + memory["allowance_bytes"]
    assert memory["total_bytes"] == parts
    assert set(memory["fits"].values()) <= {"yes", "when freed", "no"}


def test_torch_stays_out_where_there_is_no_sign_of_a_gpu():
    code = (
        "import sys; from medrag.generation import machine;"
        "machine._may_accelerate = lambda: False;"
        "from medrag.cli import cli; cli(['models'], standalone_mode=False);"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
