"""Tiny models of the real architecture with random weights, and tokenizers trained on the spot.

What they say means nothing; what is tested is its form. No network and no weights of anybody's.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import torch
import transformers
from tokenizers import (
    AddedToken,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)

# Gemma's template, in the words of its documentation: no system role, roles alternate.
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<start_of_turn>"
    "{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ m['content'] | trim }}"
    "<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
ENDLESS = '%llguidance {}\nstart: x\nx: "a" | ' + " | ".join("x " * n for n in range(2, 24)) + "\n"
"""A grammar so ambiguous that llguidance gives up after some letters."""
_NAMED = ("<pad>", "<eos>", "<bos>", "<unk>")
_TURNS = ("<start_of_turn>", "<end_of_turn>")
_MARKS = ("<unused94>", "<unused95>")


def train_tokenizer(
    texts: Sequence[str], *, size: int = 600, padded_to: int = 0
) -> transformers.PreTrainedTokenizerFast:
    """Train a tokenizer built like Gemma's: four named tokens, the bytes, then the words.

    `padded_to` adds words that no text holds, put together from pieces of learned ones, until
    the vocabulary has so many.
    """
    learner = Tokenizer(models.BPE(unk_token="<unk>"))
    learner.normalizer = normalizers.Replace(" ", "▁")
    learner.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")  # words, not sentences
    trainer = trainers.BpeTrainer(vocab_size=size, show_progress=False)
    learner.train_from_iterator(texts, trainer)
    learned = json.loads(learner.to_str())["model"]
    words = [*_NAMED, *(f"<0x{byte:02X}>" for byte in range(256)), *learned["vocab"]]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}
    _pad(vocabulary, padded_to - len(_TURNS) - len(_MARKS))
    merges = [tuple(pair) for pair in learned["merges"]]
    core = Tokenizer(models.BPE(vocabulary, merges, byte_fallback=True, unk_token="<unk>"))
    core.normalizer = normalizers.Replace(" ", "▁")
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    core.add_special_tokens([AddedToken(token, special=True) for token in (*_NAMED, *_TURNS)])
    core.add_tokens([AddedToken(token, special=False) for token in _MARKS])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        unk_token="<unk>",
        chat_template=TEMPLATE,
    )


def _pad(vocabulary: dict[str, int], size: int) -> None:
    """Add halves of learned words joined, as long as the words of Gemma's vocabulary are.

    Those have 5.6 characters in the mean, 10 at the 90th percentile and 14 at the 99th.
    """
    chance = random.Random(0)
    heads = [word for word in vocabulary if len(word) > 1 and word.lstrip("▁").isalpha()]
    tails = [word for word in heads if "▁" not in word]
    while len(vocabulary) < size:
        length = min(16, max(2, round(chance.gauss(5.6, 3.2))))
        cut = chance.randint(1, length)
        word = (chance.choice(heads)[:cut] + chance.choice(tails) + chance.choice(tails))[:length]
        vocabulary.setdefault(word, len(vocabulary))


def text_config(tokenizer, *, window: int = 64, context: int = 8192):
    """Configure two layers with a sliding window around one without, as Gemma 3 mixes them."""
    return transformers.Gemma3TextConfig(
        vocab_size=len(tokenizer) + 8,  # padded, as real ones are
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        layer_types=["sliding_attention", "full_attention", "sliding_attention"],
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        sliding_window=window,
        max_position_embeddings=context,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def random_gemma(tokenizer, *, window: int = 64, seed: int = 0):
    """Return a random text model in float32, where rounding decides nothing."""
    torch.manual_seed(seed)
    return transformers.Gemma3ForCausalLM(text_config(tokenizer, window=window)).eval()


def write_gemma(
    folder: Path, texts: Sequence[str], *, pictures: bool = False, context: int = 8192
) -> Path:
    """Write a random Gemma 3 with its tokenizer; with `pictures` the multimodal class."""
    tokenizer = train_tokenizer(texts)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    text = text_config(tokenizer, context=context)
    if pictures:
        sight = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1}
        sight |= {"num_attention_heads": 2, "image_size": 28, "patch_size": 14}
        config = transformers.Gemma3Config(
            text_config=text.to_dict(), vision_config=sight, mm_tokens_per_image=4
        )
        model = transformers.Gemma3ForConditionalGeneration(config)
    else:
        model = transformers.Gemma3ForCausalLM(text)
    model.to(torch.bfloat16).save_pretrained(folder)
    return folder
