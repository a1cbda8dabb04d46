"""Make `.venv` and install medrag in it, with the versions of `constraints.txt`.

    python3 install.py           what running needs
    python3 install.py --dev     and what testing needs

Needs Python 3.10 or newer with pip; nothing else, not even Debian's `python3-venv`.
Standard library only. Run it again after a pull; what is already there is kept.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("MEDRAG_VENV", ROOT / ".venv"))


def main() -> None:
    """Make the environment, then install this checkout into it."""
    if sys.version_info < (3, 10):
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit(f"medrag needs Python 3.10 or newer, this is {found}.")
    unknown = set(sys.argv[1:]) - {"--dev"}
    if unknown:
        sys.exit(f"unknown option {sorted(unknown)[0]!r}; the only one is --dev.")
    python = _make_environment()
    target = [f"{ROOT}[dev]"] if "--dev" in sys.argv else [str(ROOT)]
    if "--dev" in sys.argv:
        target = ["--editable", *target]
    print(f"Installing medrag into {VENV} (several hundred MB the first time) ...", flush=True)
    constraints = ROOT / "constraints.txt"
    _run([python, "-m", "pip", "install", "--quiet", "-c", str(constraints), *target])
    print(f"Done: {python.parent / 'medrag'}")


def _make_environment() -> Path:
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        # without_pip: Debian ships ensurepip in a package of its own, which may be missing.
        venv.create(VENV, with_pip=False, symlinks=os.name != "nt")
    if subprocess.run(
        [python, "-m", "pip", "--version"], check=False, capture_output=True
    ).returncode:
        _add_pip(python)
    return python


def _add_pip(python: Path) -> None:
    """Let the pip that runs this Python install a pip of its own into the environment."""
    try:
        import pip
    except ImportError:
        sys.exit("this Python has no pip. On Debian or Ubuntu: apt-get install python3-pip")
    borrowed = dict(os.environ, PYTHONPATH=str(Path(pip.__file__).parents[1]))
    command = [python, "-m", "pip", "install", "--quiet", "--ignore-installed", "pip"]
    _run(command, env=borrowed)


def _run(command: list[str | Path], env: dict[str, str] | None = None) -> None:
    status = subprocess.run(command, check=False, env=env).returncode
    if status:
        sys.exit(f"pip stopped with status {status}; what it printed above says why.")


if __name__ == "__main__":
    main()
