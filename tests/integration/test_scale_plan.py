"""The plan for many machines follows from what was measured, and stands in the docs as printed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def plan():
    path = ROOT / "benchmarks" / "scale_plan.py"
    spec = importlib.util.spec_from_file_location("scale_plan", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def scale_plan():
    return plan()


def units(**more):
    """Round numbers, so that a plan can be worked out by hand."""
    index = {
        "1000000": {
            "lexical_p50_ms": 6.0,
            "build_s": 100.0,
            "split_s": 200.0,
            "build_peak_mb": 0,
            "commit_s": 3.0,
        },
        "2000000": {
            "lexical_p50_ms": 11.0,
            "build_s": 200.0,
            "split_s": 400.0,
            "build_peak_mb": 4096,
            "commit_s": 6.0,
        },
    }
    kind = {
        "1000000": {"p50_ms": 6.0, "bytes": 50.0, "recall": 0.99},
        "2000000": {"p50_ms": 11.0, "bytes": 50.0, "recall": 0.98},
    }
    return {
        "text": {
            "bytes": {"catalog": 100.0, "lexical": 200.0, "texts": 1000.0},
            "embedded_a_core_second": 100.0,
        },
        "vectors": {"exact_bytes": 800, "kinds": {"compact": kind}},
        "index": index,
        "front": {
            "shards_1": {"asking_core_ms": 10.0, "asked_core_ms": 9.0},
            "shards_4": {"asking_core_ms": 25.0, "asked_core_ms": 39.2},
        },
        **more,
    }


@pytest.fixture
def options(scale_plan):
    parser = ArgumentParser()
    scale_plan.add_options(parser)
    return parser.parse_args([])


def test_a_cost_is_the_line_through_two_points_and_never_falls(scale_plan):
    line = scale_plan.line((1.0, 6.0), (2.0, 11.0))
    assert (line.fixed, line.each) == (1.0, 5.0)
    level = scale_plan.line((1.0, 6.0), (2.0, 4.0))
    assert (level.fixed, level.each) == (4.0, 0.0)


def test_limits_follow_from_units(scale_plan, options):
    # Both searches: 1 + 1 ms fixed, 5 + 5 ms for each million passages; 100 ms are aimed at.
    assert scale_plan.shard_limit(units(), "compact", options) == pytest.approx(9_800_000)
    assert scale_plan.hot_bytes(units(), "compact") == 350
    assert scale_plan.disk_bytes(units(), "compact") == 2150
    most = scale_plan.machine_limits(units(), "compact", options)
    assert most["memory"] == pytest.approx(0.7 * 128 * 2**30 / 350)
    assert most["disk"] == pytest.approx(0.5 * 3.8e12 / 2150)
    # 8 of 16 cores, 20 questions a second: 400 ms of cores for each question; 10 ms a million, and
    # 9.8 ms for each shard, of 9.8 million.
    assert most["cores"] == pytest.approx(400 / 11 * 1e6)
    # 4 GiB for a million more passages, 80 % of 128 GiB.
    assert scale_plan.build_limit(units(), options) == pytest.approx(0.8 * 128 / 4 * 1e6)


def test_a_line_of_the_plan_by_hand(scale_plan, options):
    found = scale_plan.row(units(), 100_000_000, "compact", options)
    assert found[:5] == ("100 million", "compact", 11, 8, "cores")
    # 2 + 10 ms a million for 100/11 million passages, and 5 + 5 ms a shard at the front.
    assert found[7] == "153"
    assert found[8] == 0.98
    assert found[9] == "17.4"  # 100 million at 100 a second and core, 16 cores
    assert found[10] == "2.78"  # 100 us a passage
    assert found[11:13] == ("300", "5.56")  # 3 and 200 us
    assert found[14:] == ("5,840", "17")


def test_what_the_docs_say_is_what_the_plan_prints():
    printed = subprocess.run(
        [
            sys.executable,
            ROOT / "benchmarks" / "scale.py",
            "--plan",
            ROOT / "benchmarks" / "scale.json",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = [line for line in printed.splitlines() if line.strip()]
    assert len(lines) > 30
    docs = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    benchmark = (ROOT / "benchmarks" / "scale.md").read_text(encoding="utf-8")
    for line in lines:
        assert line in docs or line in benchmark, line
