"""The PDF loader against a known truth: texts typeset in many layouts and looked for.

    python benchmarks/typeset.py FILE ... [--out FOLDER] [--layouts a,b] [--show N] [--engines]

Each FILE (JATS, HTML, Markdown, whatever medrag reads) is typeset by pdflatex in every layout of
`typeset_layouts.py`. Each paragraph, heading and item of it is then looked for in the text of the
PDF:

- whole: in one paragraph of it, letter by letter and in order, and its words parted as they were;
- cut: whole but for ends of paragraphs within it;
- told: whole but for signs shown as U+FFFD, which the loader's note names: the file has no letter
  for them;
- wrong: anything else: something is lost, changed, in another order, or stands in its middle.

Hyphens and dashes, kinds of quotation marks and superscript digits (marks of notes) do not count.
`--engines` looks for the paragraphs in the plain text of pypdf, pypdfium2 and pdfminer.six too,
with line ends and ends of paragraphs taken out for all, ours as well.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from documents import ENGINES, ours
from medrag.documents import discover, read
from typeset_layouts import LAYOUTS, Block, latex, writable

_ITEM = re.compile(r"\n?(?:^|\n)(?:[-•*]|\d+[.)])\s")
_END = "\x00"
_UNREAD = "\ufffd"
_SECONDS = 90


def blocks_of(path: Path, most: int) -> list[Block]:
    """Return the blocks of a document as our loader of its own format reads it, title left out."""
    (file,) = discover([path]).files
    document = read(file)[0]
    heads = {
        section.span.of(document.text).split("\n\n")[0].strip(): len(section.path)
        for section in reversed(document.sections)
    }
    blocks = [block for part in document.text.split("\n\n") for block in _block(part, heads)]
    return blocks[1 : most + 1]


def _block(part: str, heads: dict[str, int]) -> Iterator[Block]:
    part = part.strip()
    if part in heads and len(part) < 160:
        if text := writable(part):
            yield Block("heading", (text,), max(1, heads[part] - 1))
    elif part.count("|") > 3:
        lines = [line.strip().strip("|") for line in part.split("\n") if "|" in line]
        rows = ["\t".join(map(writable, line.split("|"))) for line in lines if line.strip(" -:|")]
        yield Block("table", tuple(rows))
    elif _ITEM.match(part) or "\n- " in part:
        yield Block("list", tuple(text for item in _ITEM.split(part) if (text := writable(item))))
    elif text := writable(part):
        yield Block("text", (text,))


def typeset(blocks: Sequence[Block], name: str, folder: Path) -> Path | None:
    """Return the PDF of the blocks in a layout, or None where it could not be made."""
    made = folder / f"{name}.pdf"
    made.unlink(missing_ok=True)
    layout = LAYOUTS[name]
    (folder / f"{name}.tex").write_text(latex(blocks, layout))
    command = ["pdflatex", "-interaction=batchmode", "-no-shell-escape", f"{name}.tex"]
    try:
        for _ in range(2 if "lineno" in layout.head or layout.boxes else 1):
            subprocess.run(command, check=False, cwd=folder, capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    return made if made.exists() and made.stat().st_size else None


# --- What was read -------------------------------------------------------------------------


def words_of(text: str) -> str:
    """Return a text with all that does not count made alike."""
    text = re.sub("[⁰¹²³⁴-⁹]", "", text)
    text = unicodedata.normalize("NFKC", text.replace("·", ".").replace("µ", "u"))
    text = text.replace("μ", "u").replace("''", '"').replace("``", '"')
    text = re.sub("[“”]", '"', re.sub("[‘’`]", "'", text.replace("∼", "~")))
    text = re.sub(r"\s*[-‐‑–—−]+\s*", "", text)
    return " ".join(text.split())


def _solid(text: str) -> str:
    return text.replace(" ", "")


class Reading:
    """The text of a PDF, ready to be asked for paragraphs."""

    def __init__(self, text: str) -> None:
        self.parts = [words_of(part) for part in text.split("\n\n")]
        self.lines = [words_of(line) for part in text.split("\n\n") for line in part.split("\n")]
        self._spaced = _END.join(f" {part} " for part in self.parts)
        self.solid = _END + _END.join(map(_solid, self.parts)) + _END
        self._bare = self.solid.replace(_END, "")
        unread = (_solid(part) for part in (*self.parts, *self.lines) if _UNREAD in part)
        self._unread = [re.compile(re.escape(part).replace(_UNREAD, ".{0,2}")) for part in unread]

    def verdict(self, text: str) -> str:
        """Return whether a paragraph stands here `whole`, `cut`, `told` or `wrong`."""
        truth = words_of(text)
        solid = _solid(truth)
        if solid in self.solid:
            return "whole" if truth in self._spaced else "wrong"
        if any(unread.fullmatch(solid) for unread in self._unread):
            return "told"
        return "cut" if self._in_pieces(solid) else "wrong"

    def in_order(self, text: str) -> bool:
        """Return whether a paragraph stands here without anything in its middle."""
        return _solid(words_of(text)) in self._bare

    def _in_pieces(self, rest: str) -> bool:
        """Return whether a paragraph is made of whole ends and beginnings of paragraphs here."""
        begun = False
        while rest:
            low, high = 0, len(rest)
            while low < high:
                middle = (low + high + 1) // 2
                piece = (_END if begun else "") + rest[:middle]
                low, high = (middle, high) if piece in self.solid else (low, middle - 1)
            piece = (_END if begun else "") + rest[:low]
            ended = low == len(rest) or piece + _END in self.solid
            if not low or not ended:
                return False
            rest, begun = rest[low:], True
        return True

    def departure(self, text: str) -> str:
        """Return where what is read departs from a paragraph, for a person to look at."""
        solid = _solid(words_of(text))
        for start in range(0, max(1, len(solid) - 30), 15):
            at = self.solid.find(solid[start : start + 30])
            if at >= 0:
                break
        else:
            return f"NOWHERE {text[:100]}"
        got = self.solid[at : at + len(solid) + 200]
        rest = solid[start:]
        same = next((i for i, (a, b) in enumerate(zip(rest, got, strict=False)) if a != b), 0)
        shown = got[same : same + 70].replace(_END, "¶")
        here = f"{rest[max(0, same - 30) : same]} // {rest[same : same + 50]}"
        return f"{start + same}/{len(solid)} {here} | {shown}"


def texts_of(blocks: Sequence[Block]) -> list[str]:
    """Return what is looked for; of tables the cells' order is another question."""
    found = [text for block in blocks if block.kind != "table" for text in block.texts]
    return [text for text in found if len(words_of(text)) > 2]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--layouts", default="")
    parser.add_argument("--most", type=int, default=120, help="blocks of each file")
    parser.add_argument("--show", type=int, default=0, help="departures shown of each PDF")
    parser.add_argument("--keep", action="store_true", help="use PDFs that lie in --out")
    parser.add_argument("--engines", action="store_true")
    asked = parser.parse_args()
    names = asked.layouts.split(",") if asked.layouts else [*LAYOUTS]
    if shutil.which("pdflatex") is None:
        sys.exit(
            "pdflatex is not installed (Debian: texlive-publishers, texlive-latex-extra, lmodern)."
        )
    with tempfile.TemporaryDirectory() as temporary:
        made = dict(_made(asked, names, asked.out or Path(temporary)))
        (_engines if asked.engines else _ours)(made, asked.show)


_VERDICTS = ("all", "whole", "cut", "told", "wrong")
Made = dict[str, list[tuple[Path, list[str]]]]


def _made(
    asked: argparse.Namespace, names: Sequence[str], out: Path
) -> Iterator[tuple[str, list[tuple[Path, list[str]]]]]:
    texts = {path: blocks_of(path, asked.most) for path in asked.files}
    for name in names:
        found = []
        for path, blocks in texts.items():
            folder = out / path.stem
            folder.mkdir(parents=True, exist_ok=True)
            kept = folder / f"{name}.pdf"
            pdf = kept if asked.keep and kept.exists() else typeset(blocks, name, folder)
            if pdf is None:
                print(f"not typeset: {path.name} as {name}", file=sys.stderr)
            else:
                found.append((pdf, texts_of(blocks)))
        yield name, found


def _ours(made: Made, show: int) -> None:
    print("| layout | paragraphs | whole | cut | told | wrong |\n|---|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for name, found in made.items():
        counts: Counter[str] = Counter()
        for pdf, texts in found:
            reading = Reading(ours(pdf))
            verdicts = [(reading.verdict(text), text) for text in texts]
            counts.update(verdict for verdict, _ in verdicts)
            for verdict, text in [v for v in verdicts if v[0] != "whole"][:show]:
                print(f"    {pdf.parent.name} {verdict} {reading.departure(text)}")
        counts["all"] = counts.total()
        _cells(name, counts, _VERDICTS)
        total.update(counts)
    _cells("all", total, _VERDICTS)


def _cells(name: str, counts: Counter[str], keys: Sequence[str]) -> None:
    print(f"| {name} | {' | '.join(str(counts[key]) for key in keys)} |", flush=True)


def _engines(made: Made, _: int) -> None:
    print(f"| layout | paragraphs | {' | '.join(ENGINES)} |\n|---|---|{'---|' * len(ENGINES)}")
    total: Counter[str] = Counter()
    for name, found in made.items():
        counts: Counter[str] = Counter()
        for engine, text_of in ENGINES.items():
            for pdf, texts in found:
                counts[engine] += _in_order(text_of, pdf, texts)
        counts["all"] = sum(len(texts) for _, texts in found)
        print(
            f"| {name} | {counts['all']} | {' | '.join(str(counts[e]) for e in ENGINES)} |",
            flush=True,
        )
        total.update(counts)
    print(f"| all | {total['all']} | {' | '.join(str(total[e]) for e in ENGINES)} |")


def _in_order(text_of: Callable[[Path], str], pdf: Path, texts: Sequence[str]) -> int:
    try:
        reading = Reading(text_of(pdf))
    except ImportError:
        return 0
    return sum(map(reading.in_order, texts))


if __name__ == "__main__":
    main()
