"""What stands around a document's body: lists of references and contents, thanks, declarations.

It names things without saying anything of them, in short passages full of names, and so would
rank first for a name alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from medrag.retrieval.understanding.questions import folded

BEHIND = 0.2
"""What it costs such a passage: of two that hold a name the body stands first, and a reference that
is asked by its author and title is still found. Measured in ADR 0286."""

_HEADINGS = frozenset(
    {
        "references", "reference list", "list of references", "bibliography", "literature cited",
        "works cited", "contents", "table of contents", "list of tables", "list of figures",
        "acknowledgments", "acknowledgements", "acknowledgment", "acknowledgement", "funding",
        "acknowledgments and funding", "acknowledgements and funding", "funding statement",
        "competing interests", "conflict of interest", "conflicts of interest",
        "conflict of interest statement", "disclosure of relationship", "contributors",
        "author contributions", "authors contributions",
    }
)  # fmt: skip
"""Source: the back matter of JATS 1.3 (`ref-list`, `ack`, `fn-group`) and its names of sections in
the journals of PubMed Central; contents and lists as the front matter of ISO 1086 has them."""

_ASKED = re.compile(
    r"\b(?:references?|bibliography|cite[sd]?|citations?|literature|published|contents|"
    r"acknowledge?ments?|fund(?:ing|ed)|(?:competing|conflicts? of) interests?|disclosures?|"
    r"contribut(?:ors?|ions?)|authors?|et al)\b",
    re.IGNORECASE,
)
_CITATION = re.compile(
    r"\b(?:19|20)\d\d(?: [A-Z][a-z]{2,8}\.?(?: \d{1,2})?)?; ?\d+ ?(?:\([^)\n]{1,12}\))?: ?[A-Z]?\d"
)
"""Year, volume and page of a journal: `2003;61:103`, `2010 Oct; 88(4): 540`.

Source: ICMJE recommendations, samples of formatted references (NLM)."""
_LEADERS = re.compile(r"(?:\. ?){4,} *\w{1,6}$", re.MULTILINE)
"""The end of a line of a table of contents."""
_EACH = 300
"""Characters to which a list of such lines holds one, at least."""


def is_asked(question: str) -> bool:
    """Return whether a question is about what stands around a body: a reference, an author."""
    return _ASKED.search(question) is not None


def is_apparatus(title: str, section: Sequence[str], text: str) -> bool:
    """Return whether a passage is a part of what stands around the body.

    A heading says so, or the title of a document without headings; where a list has lost its
    heading (as in a PDF that prints it small), its lines do: two or more citations of journals
    or lines of contents, close together.
    """
    if any(_named(heading) in _HEADINGS for heading in section or (title,)):
        return True
    least = max(2, math.ceil(len(text) / _EACH))
    # Most passages lack what every such line has, and counting that costs almost nothing.
    if text.count(";") >= least and len(_CITATION.findall(text)) >= least:
        return True
    dotted = text.count("..") + text.count(". .")
    return dotted >= least and len(_LEADERS.findall(text)) >= least


def _named(heading: str) -> str:
    """Return a heading without its number."""
    return " ".join(word for word in folded(heading).split() if not word.isdigit())
