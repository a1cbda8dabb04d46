"""A recognizer over a token-classification model of `transformers`, from a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

from medrag.errors import InputError
from medrag.privacy.evidence import SOFT, STRONG, Found
from medrag.privacy.values import Kind

KINDS: tuple[tuple[str, Kind], ...] = (
    ("PER", "name"),
    ("NAME", "name"),
    ("PATIENT", "name"),
    ("STAFF", "name"),
    ("DOCTOR", "name"),
    ("USERNAME", "id"),
    ("LOC", "place"),
    ("CITY", "place"),
    ("STREET", "place"),
    ("ZIP", "place"),
    ("ADDRESS", "place"),
    ("HOSP", "organization"),
    ("ORG", "organization"),
    ("PATORG", "organization"),
    ("PHONE", "phone"),
    ("EMAIL", "email"),
    ("ID", "id"),
    ("MEDICALRECORD", "mrn"),
    ("SSN", "ssn"),
    ("URL", "url"),
)
"""What a label of a model means, by how it begins after `B-` or `I-`: of CoNLL, i2b2 and others."""
_SURE = 0.95
_STRIDE = 32


class TokenClassifierRecognizer:
    """Asks a local model which words identify somebody. Nothing is downloaded.

    A text longer than the model's window is read in windows that overlap by 32 tokens.

    Args:
        folder: Holds the model and its fast tokenizer, as `save_pretrained` writes them.
        kinds: From a label without `B-` or `I-` to a kind; None reads usual labels by their names.
        least: Words with a lower probability are let pass, in [0, 1].

    Raises:
        InputError: The folder holds no model, or a tokenizer that gives no offsets.
    """

    def __init__(
        self, folder: Path, *, kinds: Mapping[str, Kind] | None = None, least: float = 0.5
    ) -> None:
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model = AutoModelForTokenClassification.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError) as error:
            raise InputError(
                f"{folder}: holds no token-classification model. Give a folder that "
                "save_pretrained wrote."
            ) from error
        if not self._tokenizer.is_fast:
            raise InputError(f"{folder}: its tokenizer gives no offsets. Save it as a fast one.")
        self._model = model.eval()
        labels: Mapping[int, str] = model.config.id2label
        self._kinds = {number: _kind(label, kinds) for number, label in labels.items()}
        self._least = least

    def find(self, text: str) -> Iterable[Found]:
        """Return the words that the model calls identifying, joined where they touch."""
        windows = self._tokenizer(
            text,
            return_offsets_mapping=True,
            return_overflowing_tokens=True,
            truncation=True,
            max_length=min(int(self._model.config.max_position_embeddings), 512),
            stride=_STRIDE,
        )
        for ids, offsets in zip(windows["input_ids"], windows["offset_mapping"], strict=True):
            with torch.inference_mode():
                scores = self._model(input_ids=torch.tensor([ids])).logits[0].softmax(-1)
            best, labels = scores.max(-1)
            yield from self._joined(text, offsets, best.tolist(), labels.tolist())

    def _joined(
        self,
        text: str,
        offsets: list[tuple[int, int]],
        scores: list[float],
        labels: list[int],
    ) -> Iterator[Found]:
        """Yield runs of tokens of one kind; only a space may stand between two of them."""
        start, end, current, least = 0, 0, None, 1.0
        for (first, last), score, label in zip(offsets, scores, labels, strict=True):
            kind = self._kinds[label] if score >= self._least and last > first else None
            if current is not None and kind == current and not text[end:first].strip():
                end, least = last, min(least, score)
                continue
            if current is not None:
                yield Found(start, end, current, STRONG if least >= _SURE else SOFT)
            start, end, current, least = first, last, kind, score
        if current is not None:
            yield Found(start, end, current, STRONG if least >= _SURE else SOFT)


def _kind(label: str, kinds: Mapping[str, Kind] | None) -> Kind | None:
    """Return the kind of a label; None for `O` and for what is no identifier."""
    name = label.upper().removeprefix("B-").removeprefix("I-")
    if kinds is not None:
        return kinds.get(name)
    return next((kind for prefix, kind in KINDS if name.startswith(prefix)), None)
