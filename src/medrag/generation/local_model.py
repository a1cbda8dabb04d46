"""What the name of a local model means."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import parse_qsl

from medrag.errors import InputError, nearest_name
from medrag.generation.terms import HUB_NAMES, TERMS_URL, notice_for

Precision = Literal["bf16", "4bit"]

_OPTIONS = ("batch", "device", "download", "load", "reuse", "revision", "terms")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalModel:
    """A model and how to load it, as in `medgemma-27b?load=4bit&batch=2`.

    Attributes:
        name: A short name, a name at the model hub, or a folder.
        load: `bf16`, or `4bit` (NF4, needs `medrag[quantized]`). Never float16: activations of
            Gemma 3 grow beyond its 65,504.
        device: `auto` spreads the layers over all GPUs where accelerate is installed, else takes
            the first GPU or the processor; or a device of torch (`cpu`, `cuda:1`, `mps`).
        batch: The most replies under way at once; each needs memory for its keys and values.
        reuse: Whether what prompts share at their head is read once.
        revision: A commit, branch or tag at the hub.
        download: Whether weights that are not on this machine may be fetched from the hub.
    """

    name: str
    load: Precision = "bf16"
    device: str = "auto"
    batch: int = 4
    reuse: bool = True
    revision: str | None = None
    download: bool = False

    @property
    def where(self) -> str:
        """The folder, or the name at the hub."""
        return HUB_NAMES.get(self.name, self.name)

    @property
    def is_folder(self) -> bool:
        """Whether the weights are named by a folder of this machine."""
        return Path(self.where).is_dir()

    @classmethod
    def parse(cls, text: str) -> LocalModel:
        """Return the model that `text` names: `NAME?option=value&...`.

        Raises:
            InputError: An option is unknown or its value is out of range, or weights under terms
                are to be fetched and `terms=accepted` is missing.
        """
        name, _, tail = text.partition("?")
        options = dict(parse_qsl(tail, keep_blank_values=True))
        for option in options:
            if option not in _OPTIONS:
                raise InputError(f"{text}: {nearest_name(option, _OPTIONS, 'option')}")
        model = cls(
            name=name,
            load=_precision(options.get("load", "bf16")),
            device=options.get("device", "auto"),
            batch=_positive(options.get("batch", "4")),
            reuse=_yes("reuse", options.get("reuse", "yes")),
            revision=options.get("revision"),
            download=_yes("download", options.get("download", "no")),
        )
        if model.download and notice_for(model.where) and options.get("terms") != "accepted":
            raise InputError(
                f"{model.where} is under the Health AI Developer Foundations Terms of Use. Read "
                f"{TERMS_URL}, accept them at https://huggingface.co/{model.where}, and add "
                "terms=accepted."
            )
        return model


def _precision(value: str) -> Precision:
    if value not in get_args(Precision):
        raise InputError(f"load={value}: expected one of {', '.join(get_args(Precision))}.")
    return cast("Precision", value)


def _positive(value: str) -> int:
    if not value.isdecimal() or int(value) == 0:
        raise InputError(f"batch={value}: expected a whole number above 0.")
    return int(value)


def _yes(option: str, value: str) -> bool:
    if value not in ("yes", "no"):
        raise InputError(f"{option}={value}: expected yes or no.")
    return value == "yes"
