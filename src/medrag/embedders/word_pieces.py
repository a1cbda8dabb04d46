"""The word pieces of texts, each word cut once: what most texts share is remembered.

A BERT tokenizer cuts at spaces before anything else, so the pieces of a text are those of its
words, one after another. Looking words up takes a tenth of the time of cutting them again. Texts
for a tokenizer of another kind are cut whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from tokenizers import Tokenizer
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from medrag.embedders.well_formed import well_formed

_TOGETHER = 64
"""Words that are cut in one call, so that all cores have calls to work on."""

_KEPT_CHARS = 1 << 19
"""Characters of words that are remembered, some 65,000 words and 15 MB; then it starts anew."""

_BLOCK = 2048
"""Texts whose words are in memory at one time."""

Pieces = Mapping[str, Sequence[int]]


class WordPieces:
    """Cuts texts into the word pieces of a BERT tokenizer; safe to share between threads.

    Attributes:
        marks: What the tokenizer puts before and behind a text, such as [CLS] and [SEP].
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.marks: list[int] = tokenizer.encode("").ids
        kinds = (tokenizer.normalizer, tokenizer.pre_tokenizer)
        is_bert = isinstance(kinds[0], BertNormalizer) and isinstance(kinds[1], BertPreTokenizer)
        self._words = _words if is_bert else _whole
        self._tokenizer = tokenizer
        self._known: dict[str, Sequence[int]] = {}
        self._chars = 0

    def ids(self, texts: Sequence[str], *, most: int | None = None) -> list[list[int]]:
        """Return the pieces of each text without marks, the first `most` of them where given."""
        rows = [self._words(text) for text in texts]
        # nearly every word has a piece, so no more words than pieces need to be cut
        heads = rows if most is None else [row[:most] for row in rows]
        known = self._learned(heads)
        found = [list(chain.from_iterable(map(known.__getitem__, head))) for head in heads]
        if most is None:
            return found
        for number, (row, head) in enumerate(zip(rows, heads, strict=True)):
            if len(found[number]) < most and len(head) < len(row):
                found[number] = self.ids([texts[number]])[0]
        return [pieces[:most] for pieces in found]

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the number of pieces of each text, without marks."""
        counts: list[int] = []
        for start in range(0, len(texts), _BLOCK):
            rows = [self._words(text) for text in texts[start : start + _BLOCK]]
            known = self._learned(rows)
            counts += [sum(map(len, map(known.__getitem__, row))) for row in rows]
        return counts

    def _learned(self, rows: Iterable[Sequence[str]]) -> Pieces:
        """Return the pieces of every word in `rows`, and of others."""
        if self._chars > _KEPT_CHARS:  # a new one: other threads may still read the old one
            self._known, self._chars = {}, 0
        known = self._known
        new = [word for word in set(chain.from_iterable(rows)) if word not in known]
        groups = [new[at : at + _TOGETHER] for at in range(0, len(new), _TOGETHER)]
        encoded = self._tokenizer.encode_batch(
            groups, is_pretokenized=True, add_special_tokens=False
        )
        for group, encoding in zip(groups, encoded, strict=True):
            cut: list[list[int]] = [[] for _ in group]
            for word, piece in zip(encoding.word_ids, encoding.ids, strict=True):
                cut[word].append(piece)  # type: ignore[index] # None only for marks
            known.update(zip(group, cut, strict=True))
        self._chars += sum(map(len, new))
        return known


def _words(text: str) -> list[str]:
    # Only what the tokenizer takes for a space, too: it drops other control characters, and so
    # joins what stands around them.
    spaced = well_formed(text).replace("\n", " ").replace("\t", " ").replace("\r", " ")
    return spaced.split(" ")


def _whole(text: str) -> list[str]:
    return [well_formed(text)]
