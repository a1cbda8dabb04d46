"""Builds llama.cpp's `llama-server` for the tests: CPU only, one file, no network while running.

The source is that inside the sdist of `llama-cpp-python` (MIT), which pip fetches and checks.
Needs a C++ compiler; CMake and Ninja are taken from the path, or from PyPI into a throw-away
environment. Optimization is low: the tests' model is tiny, and the compile time is what costs.

    python tools/build_llama_server.py [--into build/llama-server] [--jobs N]

Prints the path of the program, and nothing else, on standard output. What is there already is
not built again. The tests use it where `MEDRAG_LLAMA_SERVER` names it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from pathlib import Path

VERSION = "0.3.36"
SDIST = "llama-cpp-python"
OPTIONS = (
    *("-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_C_FLAGS_RELEASE=-O1", "-DCMAKE_CXX_FLAGS_RELEASE=-O1"),
    *("-DBUILD_SHARED_LIBS=OFF", "-DGGML_NATIVE=OFF", "-DGGML_BLAS=OFF", "-DGGML_OPENMP=OFF"),
    *("-DGGML_CCACHE=OFF", "-DLLAMA_BUILD_TESTS=OFF", "-DLLAMA_BUILD_EXAMPLES=OFF"),
    *("-DLLAMA_BUILD_APP=OFF", "-DLLAMA_BUILD_UI=OFF", "-DLLAMA_USE_PREBUILT_UI=OFF"),
    *("-DLLAMA_OPENSSL=OFF", "-DLLAMA_TOOLS_INSTALL=OFF"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Build llama-server for the tests.")
    parser.add_argument("--into", type=Path, default=Path("build/llama-server"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    program = asked.into.resolve() / f"llama-server-{VERSION}"
    if not program.exists():
        if shutil.which("c++") is None:
            sys.exit("No C++ compiler found. Install one, for example the package g++.")
        began = time.monotonic()
        program.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            built = build(Path(scratch), asked.jobs)
            part = program.with_suffix(".part")
            shutil.copy2(built, part)
            part.replace(program)
        told(f"built in {time.monotonic() - began:.0f} s")
    print(program)


def build(scratch: Path, jobs: int) -> Path:
    """Return the program, built in `scratch`."""
    fetched = ("download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(scratch))
    told(f"fetching the source of {SDIST} {VERSION} (77 MB)")
    run(sys.executable, "-m", "pip", *fetched, f"{SDIST}=={VERSION}")
    (archive,) = scratch.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(scratch, filter="data")
    (source,) = scratch.glob("*/vendor/llama.cpp")
    cmake, ninja = tools(scratch)
    target = scratch / "build"
    places = ("-S", str(source), "-B", str(target), "-G", "Ninja", f"-DCMAKE_MAKE_PROGRAM={ninja}")
    run(cmake, *places, *OPTIONS)
    told(f"compiling with {jobs} jobs; minutes")
    run(cmake, "--build", str(target), "--target", "llama-server", "--parallel", str(jobs))
    return target / "bin" / "llama-server"


def tools(scratch: Path) -> tuple[str, str]:
    """Return the paths of CMake and Ninja."""
    found = shutil.which("cmake"), shutil.which("ninja")
    if found[0] and found[1]:
        return found[0], found[1]
    told("fetching cmake and ninja")
    place = scratch / "tools"
    venv.create(place, with_pip=True)
    run(str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "cmake", "ninja")
    return str(place / "bin" / "cmake"), str(place / "bin" / "ninja")


def run(*command: str) -> None:
    """Run a command; what it says goes to standard error, and only where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout.decode(errors="replace")[-8000:])
        sys.exit(f"{Path(command[0]).name} failed ({done.returncode}).")


def told(message: str) -> None:
    print(message, file=sys.stderr)


if __name__ == "__main__":
    main()
