"""Mutation test of the quotation gate: what happens to the tests when a line is wrong.

    python benchmarks/mutation.py [--per-file 12] [--jobs 2] [--seed 1] [--out report.md] [ROOM ...]

Each mutant is the package with one operator, constant or condition changed; it is killed where
a test fails and survives where none does. The package is copied to a temporary folder, so the
checkout is never touched. Prints one line a survivor and a table by module.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parents[1]
TESTS = ("tests/unit/quotes", "tests/unit/text", "tests/properties/test_quotes_properties.py",
         "tests/properties/test_text_properties.py")  # fmt: skip
LIMIT_S = 180.0
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed module.

    Attributes:
        path: The module, relative to the root.
        line: Where it was changed.
        change: What was changed, in words.
        source: The whole changed module.
    """

    path: str
    line: int
    change: str
    source: str


def mutants(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of one module, in the order of its text."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    places = [node for node in ast.walk(tree) if hasattr(node, "lineno")]
    idle = _decorations(tree)
    for number, node in enumerate(places):
        if id(node) in idle:
            continue
        for way, change in enumerate(_changes(node)):
            mutated = copy.deepcopy(tree)
            twin = [one for one in ast.walk(mutated) if hasattr(one, "lineno")][number]
            _apply(twin, way)
            source = ast.unparse(ast.fix_missing_locations(mutated))
            yield Mutant(str(path.relative_to(ROOT)), node.lineno, change, source)


def _decorations(tree: ast.AST) -> set[int]:
    """Return the nodes of decorators: frozen, slots and sizes of caches change no result."""
    decorated = (one for one in ast.walk(tree) if hasattr(one, "decorator_list"))
    return {id(node) for one in decorated for tag in one.decorator_list for node in ast.walk(tag)}


def _changes(node: ast.AST) -> list[str]:
    """Return in how many ways, and which, a node can be changed."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            return [f"{node.value} -> {not node.value}"]
        return [f"{node.value} -> {node.value + 1}"] if isinstance(node.value, int) else []
    change = ""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        old, new = type(node.ops[0]), COMPARISONS[type(node.ops[0])]
        change = f"{old.__name__} -> {new.__name__}"
    elif isinstance(node, ast.BoolOp):
        change = "and -> or" if isinstance(node.op, ast.And) else "or -> and"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        change = "not dropped"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        change = "+ <-> -"
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        change = "condition turned round"
    return [change] if change else []


def _apply(node: ast.AST, _way: int) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = COMPARISONS[type(node.ops[0])]()
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()  # `+x` keeps a bool true or false and leaves "not" out
    elif isinstance(node, ast.BinOp):
        node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
    elif isinstance(node, ast.Constant):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)


def survives(mutant: Mutant, copies: Queue[Path]) -> bool:
    """Return whether every test passes with the mutant in place of its module."""
    root = copies.get()
    target = root / mutant.path
    original = target.read_text(encoding="utf-8")
    try:
        target.write_text(mutant.source, encoding="utf-8")
        alive = _tests_pass(root)
        fate = "survived" if alive else "killed"
        print(f"{fate} {mutant.path}:{mutant.line} {mutant.change}", file=sys.stderr, flush=True)
        return alive
    finally:
        target.write_text(original, encoding="utf-8")
        copies.put(root)


def _tests_pass(root: Path) -> bool:
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS]
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False  # it hangs: killed
    return done.returncode == 0


def chosen(rooms: list[str], per_file: int, seed: int) -> list[Mutant]:
    """Return at most `per_file` mutants of each module of the rooms, drawn by chance."""
    rng = random.Random(seed)
    found: list[Mutant] = []
    for room in rooms:
        for path in sorted((ROOT / room).glob("*.py")):
            every = list(mutants(path))
            found += rng.sample(every, min(per_file, len(every)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("rooms", nargs="*", default=["src/medrag/quotes", "src/medrag/text"])
    parser.add_argument("--per-file", type=int, default=12)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    every = chosen(options.rooms, options.per_file, options.seed)
    copies: Queue[Path] = Queue()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.jobs):
            root = Path(folder, str(number))
            shutil.copytree(
                ROOT / "src", root / "src", ignore=shutil.ignore_patterns("__pycache__")
            )
            shutil.copytree(ROOT / "tests", root / "tests",
                            ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
            shutil.copy(ROOT / "pyproject.toml", root)
            copies.put(root)
        if not _tests_pass(Path(folder, "0")):
            raise SystemExit("The tests fail without any mutant: nothing can be measured.")
        with ThreadPoolExecutor(options.jobs) as pool:
            alive = list(pool.map(lambda mutant: survives(mutant, copies), every))
    report(every, alive, options.out)


def report(every: list[Mutant], alive: list[bool], out: Path | None) -> None:
    """Print the table by module and the survivors; write them to `out` where it is given."""
    total = Counter(mutant.path for mutant in every)
    left = Counter(mutant.path for mutant, lives in zip(every, alive, strict=True) if lives)
    lines = ["| module | mutants | killed |", "|---|---|---|"]
    lines += [f"| {path} | {total[path]} | {total[path] - left[path]} |" for path in total]
    lines.append(f"| all | {len(every)} | {len(every) - sum(alive)} |")
    lines += [
        f"- {mutant.path}:{mutant.line} {mutant.change}"
        for mutant, lives in zip(every, alive, strict=True)
        if lives
    ]
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if out is not None:
        out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
