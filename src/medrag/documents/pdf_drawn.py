"""What is drawn on a PDF page beside text: ruled lines, and how many images."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray

MAX_PATHS = 4_000
"""Most paths of a page that are looked at; a map has more, and its lines rule no table."""

_MAX_LEVELS = 4  # of drawings inside drawings
_THIN = 3.0  # points: a filled box this thin is a ruled line

Floats = NDArray[np.float64]


def drawn(page: pdfium.PdfPage) -> tuple[tuple[Floats, Floats, Floats, Floats], int]:
    """Return the (left, bottom, right, top) of all paths on a page, and how many images it has.

    No path where the page has more than `MAX_PATHS`.

    Raises:
        pdfium.PdfiumError: The page's objects cannot be listed.
    """
    paths: list[tuple[float, float, float, float]] = []
    images = 0
    for kind, thing in _things(page.raw, 1):
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            images += 1
        elif kind == pdfium_c.FPDF_PAGEOBJ_PATH:
            if len(paths) == MAX_PATHS:
                paths = []
                break
            paths.append(_bounds(thing))
    left, bottom, right, top = np.array(paths, dtype=np.float64).reshape(-1, 4).T
    return (left, bottom, right, top), images


def _things(parent: Any, level: int) -> Iterator[tuple[int, Any]]:
    """Yield (kind, object) of what a page or a form draws, and then what forms in it draw."""
    count, get = _COUNT_AND_GET[level > 1]
    for index in range(count(parent)):
        thing = get(parent, index)
        kind = pdfium_c.FPDFPageObj_GetType(thing)
        yield kind, thing
        if kind == pdfium_c.FPDF_PAGEOBJ_FORM and level < _MAX_LEVELS:
            yield from _things(thing, level + 1)


_COUNT_AND_GET: tuple[tuple[Callable[..., int], Callable[..., Any]], ...] = (
    (pdfium_c.FPDFPage_CountObjects, pdfium_c.FPDFPage_GetObject),
    (pdfium_c.FPDFFormObj_CountObjects, pdfium_c.FPDFFormObj_GetObject),
)


def _bounds(thing: Any) -> tuple[float, float, float, float]:
    sides = [ctypes.c_float() for _ in range(4)]
    if not pdfium_c.FPDFPageObj_GetBounds(thing, *sides):
        raise pdfium.PdfiumError("a path without a place")
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top


def rules_of(left: Floats, top: Floats, right: Floats, bottom: Floats) -> Floats:
    """Return the lines that paths draw as rows (left, right, top, bottom), shape (n, 4).

    A path that is thin is one line; any other stands for the four edges of its box: upper,
    lower, left, right. Places are arrays of shape (paths,), y downwards.
    """
    width, height = right - left, bottom - top
    rows = np.stack(
        [
            np.stack([left, right, top, top], axis=1),
            np.stack([left, right, bottom, bottom], axis=1),
            np.stack([left, left, top, bottom], axis=1),
            np.stack([right, right, top, bottom], axis=1),
        ],
        axis=1,
    )
    thin = (height < _THIN) | (width < _THIN)
    rows[thin, 0] = np.stack([left, right, top, bottom], axis=1)[thin]
    kept = np.stack([~((width < _THIN) & (height < _THIN)), ~thin, ~thin, ~thin], axis=1)
    return rows[kept]
