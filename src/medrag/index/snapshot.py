"""Keeping one generation of an index for later: to compare with, to go back to, to hand on."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from medrag.errors import IndexStateError
from medrag.index.disk import clear_errors, damaged, sync_tree, write_durably
from medrag.index.manifest import (
    MANIFEST,
    READERS,
    Manifest,
    generation_folder,
    held_generation,
    switch,
)
from medrag.index.opening import folder_of


def snapshot(path: Path | str, target: Path | str) -> Manifest:
    """Make `target` an index that is, and stays, what the index at `path` is now.

    Files are hard links where the file system has them, so a snapshot takes no room until the
    index changes, and copies where not. Builds of either leave the other alone. Every byte is
    compared with its checksum first; `target` appears whole or not at all.

    Raises:
        IndexStateError: There is no index at `path`, it is damaged, `target` exists, or it
            cannot be written.
    """
    root, place = folder_of(path, to_do="kept as a snapshot"), Path(target)
    if place.exists():
        raise IndexStateError(f"{place}: exists already. Name a new folder for the snapshot.")
    manifest, lock = held_generation(root)
    with lock:
        if problems := damaged(root, manifest.files):
            raise IndexStateError(
                f"{root}: the index is damaged ({problems[0]}). Restore it first."
            )
        beside = place.with_name(f".{place.name}.part")
        with clear_errors(place):
            shutil.rmtree(beside, ignore_errors=True)
            try:
                _fill(beside, root, manifest)
                beside.rename(place)
            except BaseException:
                shutil.rmtree(beside, ignore_errors=True)
                raise
    return manifest


def _fill(folder: Path, root: Path, manifest: Manifest) -> None:
    for entry in manifest.files:
        copy = folder / entry.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        if copy.name == READERS:
            write_durably(copy, b"")  # a lock of its own: readers of one keep no files of the other
        else:
            _link(root / entry.path, copy)
    listed = (generation_folder(root, manifest.generation) / MANIFEST).read_bytes()
    write_durably(generation_folder(folder, manifest.generation) / MANIFEST, listed)
    sync_tree(folder)
    switch(folder, manifest.generation, hashlib.sha256(listed).hexdigest())


def _link(original: Path, copy: Path) -> None:
    try:
        os.link(original, copy)
    except OSError:  # another device, or a share without hard links
        shutil.copyfile(original, copy)
