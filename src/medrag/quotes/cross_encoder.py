"""A natural-language-inference cross-encoder as second reader, from a folder or the local cache."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from sentence_transformers import CrossEncoder

from medrag.core.protocols import Judgement
from medrag.errors import BackendError, InputError

_BATCH = 32


def open_cross_encoder(model: str) -> CrossEncoderEntailment:
    """Return the reader over `model`: a folder, or the name of a model in the hub's local cache.

    Nothing is fetched.

    Raises:
        InputError: The model is not on this machine, cannot be loaded, or its labels are not
            those of inference (entailment, contradiction).
    """
    try:
        encoder = CrossEncoder(model, local_files_only=True)
    except ModuleNotFoundError:
        raise
    except Exception as error:  # the loader's errors share no root
        raise InputError(
            f"{model}: no cross-encoder could be opened ({type(error).__name__}). Give a folder, "
            "or fetch the model once where there is a network."
        ) from error
    return CrossEncoderEntailment(model, encoder)


class CrossEncoderEntailment:
    """Judges pairs with a cross-encoder whose labels are entailment and contradiction.

    Calls from several threads wait for each other. Longer pairs are cut at the model's own
    limit, so quotations are best kept to sentences.
    """

    def __init__(self, name: str, encoder: CrossEncoder) -> None:
        self.name = f"cross-encoder:{name}"
        self._encoder = encoder
        self._lock = Lock()
        named = getattr(encoder.config, "id2label", None) or {}
        labels = {str(text).lower(): int(number) for number, text in named.items()}
        self._supports = _label(labels, "entail", name)
        self._contradicts = _label(labels, "contradict", name)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return how far each quotation supports and contradicts its claim, in input order.

        Raises:
            BackendError: The model failed.
        """
        if not pairs:
            return []
        try:
            with self._lock:
                rows = self._encoder.predict(
                    list(pairs),
                    batch_size=_BATCH,
                    apply_softmax=True,
                    show_progress_bar=False,
                )
        except RuntimeError as error:
            raise BackendError(
                f"{self.name}: the model failed ({type(error).__name__})."
            ) from error
        return [
            Judgement(float(row[self._supports]), float(row[self._contradicts])) for row in rows
        ]


def _label(labels: dict[str, int], start: str, name: str) -> int:
    for text, number in labels.items():
        if text.startswith(start):
            return number
    raise InputError(
        f"{name}: the labels are {', '.join(sorted(labels))}; expected entailment and "
        "contradiction. Give a model for natural-language inference."
    )
