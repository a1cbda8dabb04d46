"""Weights from this machine's disk into a model of transformers."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoTokenizer,
    BitsAndBytesConfig,
)

from medrag.errors import BackendError, BackendMissingError, InputError
from medrag.generation.local_model import LocalModel
from medrag.generation.terms import missing_weights

_FAILURES = (OSError, ValueError, RuntimeError, AssertionError, SafetensorError)
"""What reading weights and moving them to a device raises, out of memory included."""


def load_config(asked: LocalModel) -> Any:
    """Return the model's configuration.

    Raises:
        InputError: The folder holds no model.
        BackendError: The weights are not on this machine, or of a kind not known here.
    """
    if asked.is_folder and not (Path(asked.where) / "config.json").is_file():
        raise InputError(f"{asked.name}: the folder has no config.json. Give a transformers model.")
    try:
        return AutoConfig.from_pretrained(asked.where, **_source(asked))
    except (OSError, ValueError) as error:
        if asked.is_folder:
            raise BackendError(
                f"{asked.name}: its config.json is of no model known here."
            ) from error
        raise BackendError(missing_weights(asked.name, asked.where)) from error


def load_tokenizer(asked: LocalModel) -> Any:
    """Return the model's tokenizer.

    Raises:
        InputError: It has no chat template: the model is not instruction-tuned.
        BackendError: It does not load.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(asked.where, **_source(asked))
    except (OSError, ValueError) as error:
        raise BackendError(
            f"{asked.name}: its tokenizer does not load. Copy tokenizer.json and "
            "tokenizer_config.json of the model into the folder."
        ) from error
    if not getattr(tokenizer, "chat_template", None):
        raise InputError(f"{asked.name}: no chat template. Use an instruction-tuned model.")
    return tokenizer


def load_model(asked: LocalModel, config: Any) -> Any:
    """Return the model, ready to read, in bfloat16 or in 4 bits.

    Raises:
        BackendMissingError: 4 bits were asked for and bitsandbytes or accelerate is missing.
        BackendError: The weights do not load.
    """
    # Multimodal MedGemma answers text as well; its class is not one of the causal ones.
    pictures = any("ConditionalGeneration" in name for name in config.architectures or ())
    kind = AutoModelForImageTextToText if pictures else AutoModelForCausalLM
    spread = _device_map(asked)
    try:
        model: Any = kind.from_pretrained(
            asked.where,
            dtype=torch.bfloat16,
            device_map=spread,
            quantization_config=_quantization(asked),
            use_safetensors=True,  # a pickle can run code
            **_source(asked),
        )
        if spread is None:
            model = model.to(_device(asked))
    except _FAILURES as error:
        raise BackendError(
            f"{asked.name}: its weights do not load ({type(error).__name__}). Check that every "
            "safetensors file of the index is there and whole, that the device exists, and that "
            f"the memory suffices: 'medrag models' says how much is needed.{_second_gpu()}"
        ) from error
    return model.eval()


def label(asked: LocalModel, config: Any) -> str:
    """Return the name that answers record: model, revision and precision."""
    revision = getattr(config, "_commit_hash", None) if not asked.is_folder else None
    named = f"{Path(asked.where).name}{f'@{revision[:12]}' if revision else ''}"
    return f"{named} {'4-bit nf4' if asked.load == '4bit' else 'bf16'}"


def free_bytes(model: Any) -> int | None:
    """Return the memory that is free on the model's first GPU, or None where it is on none."""
    if model.device.type != "cuda":
        return None
    unused = torch.cuda.memory_reserved(model.device) - torch.cuda.memory_allocated(model.device)
    return int(torch.cuda.mem_get_info(model.device)[0] + unused)


def _source(asked: LocalModel) -> dict[str, Any]:
    fetch = asked.download and not asked.is_folder
    return {"local_files_only": not fetch, "revision": asked.revision or "main"}


def _quantization(asked: LocalModel) -> Any:
    if asked.load != "4bit":
        return None
    for module in ("bitsandbytes", "accelerate"):
        if find_spec(module) is None:
            raise BackendMissingError(module, extra="quantized")
    make: Any = BitsAndBytesConfig
    return make(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def _device_map(asked: LocalModel) -> Any:
    """Return where accelerate is to put the layers; None where it is not needed."""
    if find_spec("accelerate") is None:
        return None
    if asked.device != "auto":
        return {"": asked.device} if asked.load == "4bit" else None
    return "auto" if torch.cuda.is_available() or asked.load == "4bit" else None


def _device(asked: LocalModel) -> str:
    if asked.device != "auto":
        return asked.device
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _second_gpu() -> str:
    if torch.cuda.device_count() < 2 or find_spec("accelerate") is not None:
        return ""
    return " To use all GPUs: pip install 'medrag[gpus]'."
