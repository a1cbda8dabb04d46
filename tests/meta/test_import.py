"""Importing medrag is light and silent: a fresh interpreter, an allow-list, no socket."""

import json
import subprocess
import sys

import medrag

ALLOWED = {
    "annotated_types",
    "medrag",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
}

PROBE = """
import json, sys, time
before = set(sys.modules)
started = time.perf_counter()
import medrag
seconds = time.perf_counter() - started
tops = {name.split(".")[0] for name in set(sys.modules) - before}
print(json.dumps({"seconds": seconds, "tops": sorted(tops - set(sys.stdlib_module_names))}))
"""


def probe():
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_import_loads_pydantic_and_our_core_only():
    ours = ("__editable__", "_sysconfigdata")  # the editable finder; a generated stdlib module
    loaded = {name for name in probe()["tops"] if not name.startswith(ours)}
    assert loaded <= ALLOWED


def test_import_takes_at_most_three_tenths_of_a_second():
    assert min(probe()["seconds"] for _ in range(5)) <= 0.3


def test_every_public_name_exists_and_there_are_at_most_25():
    assert len(medrag.__all__) <= 25
    assert sorted(medrag.__all__) == list(medrag.__all__)
    for name in medrag.__all__:
        assert getattr(medrag, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(medrag, "Inedx")
