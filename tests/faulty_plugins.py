"""Third-party parts that end their process, hang back or fail once: what lost workers are made of.

`install(folder)` makes them importable from a folder, as an installed package would be; the folder
has to be on the path of every process that is to find them.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from medrag.core.document import Document
from medrag.documents.plain import TextLoader
from medrag.embedders.hashing import HashingEmbedder

ENTRY_POINTS = """[medrag.loader]
faulty = faulty_plugins:FaultyLoader
[medrag.embedder]
faulty = faulty_plugins:open_faulty
"""

KILLS_ITS_READER = "kills its reader"
KILLS_ITS_READER_ONCE = "kills its reader once"
KILLS_ITS_EMBEDDER = "kills its embedder"
WAITS_FOR_THE_GATE = "waits for the gate"

# Environment variables: how long each text takes, in seconds; a file that has to exist first.
PAUSE_S = "FAULTY_PAUSE_S"
GATE = "FAULTY_GATE"


def install(folder: Path) -> Path:
    """Write the package and what announces it; return the folder to put on the path."""
    about = folder / "faulty_plugins-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty-plugins\nVersion: 1\n")
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    (folder / "faulty_plugins.py").write_text(Path(__file__).read_text())
    return folder


class FaultyLoader:
    """Reads `.faulty` files as text; some words in them end the process first."""

    version = 1
    suffixes = (".faulty",)

    def load(self, path: Path) -> Iterator[Document]:
        words = path.read_text()
        met = path.parent / f".{path.name}.met"
        if KILLS_ITS_READER_ONCE in words and not met.exists():
            met.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        elif KILLS_ITS_READER in words and KILLS_ITS_READER_ONCE not in words:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from TextLoader().load(path)


def open_faulty(argument: str) -> FaultyEmbedder:
    """Return the embedder."""
    return FaultyEmbedder()


class FaultyEmbedder(HashingEmbedder):
    """The hashing embedder, slower where the environment says so; one text ends the process."""

    def __init__(self) -> None:
        super().__init__(dim=64)
        self.name = "faulty"
        self._pause_s = float(os.environ.get(PAUSE_S, "0"))
        self._gate = Path(os.environ[GATE]) if GATE in os.environ else None

    def embed_passages(self, texts: Sequence[str], *, progress=None):
        for text in texts:
            if KILLS_ITS_EMBEDDER in text:
                os.kill(os.getpid(), signal.SIGKILL)
            while WAITS_FOR_THE_GATE in text and self._gate is not None and not self._gate.exists():
                time.sleep(0.02)
            time.sleep(self._pause_s)
        return super().embed_passages(texts, progress=progress)
