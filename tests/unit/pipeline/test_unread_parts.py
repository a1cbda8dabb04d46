"""An answer says which of the documents it rests on were not read whole."""

import json

import pytest

from medrag.cli.card import answer_card
from medrag.core.finding import NotChecked
from medrag.core.query import Query
from medrag.generation import ScriptedLLM
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index

WORDS = "Examplazine is given as 500 mg twice daily with meals."
OTHER = "Examplazine is kept for adults who have a documented example."


@pytest.fixture
def index(tmp_path):
    (tmp_path / "box.html").write_text(
        f"<title>Boxes</title><p>{WORDS}</p><p><img src='regimens.png'></p><p>Test again.</p>"
    )
    (tmp_path / "plain.md").write_text(f"# Plain guide\n\n{OTHER}\n")
    with Index.build([tmp_path], tmp_path / "g.index", embedder="hashing", progress=False) as index:
        yield index


PART = NotChecked(
    check="the whole of Boxes",
    reason="a picture stands in the text without a word of what is shown: regimens.png",
)


class Quoting(ScriptedLLM):
    """Answers with one quotation, from whichever passage of the prompt holds it; or not at all."""

    def __init__(self, quote):
        super().__init__([])
        self._quote = quote

    def complete(self, prompt, **options):
        reply = {"status": "abstained", "claims": []}
        if self._quote is not None:
            held = [self._quote in hit.passage.text for hit in prompt.hits]
            quotes = [{"p": held.index(True) + 1, "t": self._quote}]
            reply = {"status": "answered", "claims": [{"quotes": quotes, "claim": self._quote}]}
        self._replies = [json.dumps(reply)]
        return super().complete(prompt, **options)


def ask(index, quote):
    return QueryEngine(index, Quoting(quote)).query("examplazine dose for adults?")


def test_what_is_not_read_of_a_quoted_document_is_not_checked(index):
    assert PART in ask(index, WORDS).not_checked


def test_of_documents_that_are_not_quoted_nothing_is_said(index):
    answer = ask(index, OTHER)
    assert answer.quoted.claims
    assert PART not in answer.not_checked


def test_where_nothing_answers_it_is_said_of_all_that_was_found(index):
    answer = ask(index, None)
    assert answer.not_checked == (PART,)
    assert "regimens.png" in answer_card(answer)


def test_search_tells_it_beside_its_hits(index):
    (part,) = index.retrieved(Query(text="examplazine"), 5).unread
    assert (part.document, part.path, part.reason) == ("Boxes", "box.html", PART.reason)
