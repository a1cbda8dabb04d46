"""A reader that opens an index and searches it in every way, again and again, until killed.

Every passage of the corpora that it reads begins with `generation N`, so a mixture would show.
"""

from __future__ import annotations

import sys
from contextlib import closing

from making_indexes import make_vector, say
from medrag.errors import MedragError
from medrag.index import open_index


def generations_seen(place: str) -> set[str]:
    """Return the generations that answered; one, where readers never see half of one."""
    with closing(open_index(place)) as index:
        found = [row for row, _ in index.lexical("generation file line", 10_000)]
        rows = index.dense(make_vector("x")[None], 10_000)[1][0].tolist()
        if not len(found) == len(rows) == len(index) == index.manifest.passages:
            return {f"{len(found)} by words, {len(rows)} by meaning of {len(index)}"}
        index.vectors(found)
        hits = index.hits([(row, 1.0) for row in (*found, *rows)], retriever="x")
        documents = [document.text for document in index.documents()]
    return {hit.passage.text.split()[1] for hit in hits} | {text.split()[1] for text in documents}


def main() -> None:
    """Print what was seen at each look: one line, the generations apart by a space."""
    try:
        while True:
            say(" ".join(sorted(generations_seen(sys.argv[1]))))
    except MedragError as error:
        say(f"failed: {error}")


if __name__ == "__main__":
    main()
