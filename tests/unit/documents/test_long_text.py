"""Text files that are longer than what is read as one document."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.documents.plain import TextLoader
from medrag.errors import CorpusError

PARAGRAPH = "Examplazine is given at 5 mg twice daily.\nOtherazine is not.\n\n"


def load(path: Path, *, piece: int = 500) -> list[Document]:
    return list(TextLoader(longest=1000, piece=piece).load(path))


def test_a_text_of_the_limit_is_one_document_and_one_more_byte_makes_several(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a" * 1000)
    assert [document.source.key for document in load(path)] == ["a.txt"]
    path.write_bytes(b"a" * 1001)
    keys = [document.source.key for document in load(path)]
    assert keys == ["a.txt#piece-1", "a.txt#piece-2", "a.txt#piece-3"]


def test_pieces_are_the_whole_text_and_end_between_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    text = PARAGRAPH * 40
    path.write_text(text, encoding="utf-8")
    documents = load(path)
    assert "".join(document.text for document in documents) == text
    assert all(document.text.endswith("\n\n") for document in documents)
    assert all(len(document.text) <= 500 for document in documents)
    assert {d.source.sha256 for d in documents} == {hashlib.sha256(text.encode()).hexdigest()}
    assert len({document.id for document in documents}) == len(documents)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("piece", [64, 65, 499])
def test_encodings_and_line_ends_are_read_as_in_short_files(
    tmp_path: Path, encoding: str, line_end: str, piece: int
) -> None:
    text = "Müller's 5 µg 💊\n\nexamplazine\n" * 60
    path = tmp_path / "a.txt"
    path.write_bytes(text.replace("\n", line_end).encode(encoding))
    documents = load(path, piece=piece)
    assert "".join(document.text for document in documents) == text
    (whole,) = TextLoader().load(path)
    assert whole.text == text


def test_a_text_of_more_than_eight_mib_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"5 mg\n" * ((8 << 20) // 5))
    assert len(list(TextLoader().load(path))) == 1
    path.write_bytes(b"5 mg\n" * ((8 << 20) // 5 + 1))
    assert [document.source.key for document in TextLoader().load(path)] == [
        "a.txt#piece-1",
        "a.txt#piece-2",
    ]


def test_a_line_without_any_space_is_cut_where_it_must_be(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x" * 1700, encoding="utf-8")
    assert [len(document.text) for document in load(path)] == [500, 500, 500, 200]


def test_pieces_of_white_space_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("dose" + " " * 2000 + "dose", encoding="utf-8")
    assert [document.text.strip() for document in load(path)] == ["dose", "dose"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b" \n" * 1000, "holds no text"),
        (b"dose " * 1000 + b"\0", "zero bytes"),
        (b"dose " * 1000 + b"\xff", "not all of it is utf-8"),
        (b"dose " * 1000 + b"\xc3", "not all of it is utf-8"),
        (b"\xff\xfe" + b"d\0" * 1000 + b"\0", "not all of it is utf-16"),
    ],
)
def test_what_is_no_text_fails_before_anything_is_read_of_it(
    tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(CorpusError, match=said):
        next(TextLoader(longest=1000, piece=500).load(path))


READING = """
import resource, sys
from pathlib import Path
from medrag.documents.plain import TextLoader
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
letters = sum(len(document.text) for document in TextLoader().load(Path(sys.argv[1])))
print(letters, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) >> 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is another elsewhere")
def test_a_hundred_megabytes_are_read_in_the_memory_of_a_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("w", encoding="utf-8") as file:
        for _ in range(100):
            file.write(PARAGRAPH * (1_000_000 // len(PARAGRAPH) + 1))
    done = subprocess.run(
        [sys.executable, "-c", READING, str(path)], capture_output=True, text=True, check=True
    )
    letters, grown_mb = map(int, done.stdout.split())
    assert letters == path.stat().st_size > 100_000_000
    assert grown_mb < 80
