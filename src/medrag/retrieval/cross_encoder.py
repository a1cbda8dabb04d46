"""A cross-encoder that reads question and passage together, from a folder or the local cache."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from sentence_transformers import CrossEncoder
from torch import nn

from medrag.core.query import Hit
from medrag.errors import BackendError, InputError
from medrag.retrieval.reranking import shown

_BATCH = 32


def open_cross_encoder(model: str) -> CrossEncoderReranker:
    """Return the reranker over `model`: a folder, or the name of a model in the hub's local cache.

    Nothing is fetched.

    Raises:
        InputError: The model is not on this machine, cannot be loaded, or gives more than one
            score for a pair.
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
    if encoder.num_labels != 1:
        raise InputError(
            f"{model}: gives {encoder.num_labels} scores for a pair; expected one. Give a model "
            "for ranking, such as cross-encoder/ms-marco-MiniLM-L6-v2."
        )
    return CrossEncoderReranker(model, encoder)


class CrossEncoderReranker:
    """Scores passages with any `CrossEncoder` of one output.

    Calls from several threads wait for each other. Title and headings stand before the passage;
    what is longer than the model reads is cut at the end.
    """

    def __init__(self, name: str, encoder: CrossEncoder) -> None:
        self.name = f"cross-encoder:{name}"
        self._encoder = encoder
        self._lock = Lock()

    def rerank(self, question: str, hits: Sequence[Hit]) -> list[float]:
        """Return the model's score of each hit after a sigmoid; see `core.protocols.Reranker`.

        Raises:
            BackendError: The model failed.
        """
        if not hits:
            return []
        pairs = [(question, shown(hit)) for hit in hits]
        try:
            with self._lock:
                scores = self._encoder.predict(
                    pairs,
                    batch_size=_BATCH,
                    activation_fn=nn.Sigmoid(),
                    show_progress_bar=False,
                )
        except RuntimeError as error:
            raise BackendError(
                f"{self.name}: the model failed ({type(error).__name__})."
            ) from error
        return [float(score) for score in scores]
