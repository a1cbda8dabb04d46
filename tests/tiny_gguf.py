"""A tiny Gemma 3 with random weights as a GGUF file, tokenizer included: for llama.cpp."""

from __future__ import annotations

import random
from pathlib import Path

TEMPLATE = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
    "{% set first = messages[0]['content'] + '\n\n' %}{% set said = messages[1:] %}"
    "{% else %}{% set first = '' %}{% set said = messages %}{% endif %}"
    "{% for m in said %}<start_of_turn>"
    "{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ first if loop.first }}"
    "{{ m['content'] | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
NAMED = ("<pad>", "<eos>", "<bos>", "<unk>")
ADDED = ("<start_of_turn>", "<end_of_turn>", "<unused94>", "<unused95>")
SHAPE = {"width": 64, "layers": 2, "heads": 2, "kv_heads": 1, "head": 32, "ffn": 96}


def vocabulary(texts: list[str], *, pieces: int, seed: int) -> list[str]:
    """Return words for a tokenizer: characters of the texts, and random pieces of them.

    Pieces lie across whatever boundaries a grammar draws; that is what is hard about masks.
    """
    chance = random.Random(seed)
    joined = " ".join(texts).replace(" ", "▁")
    chars = sorted(set(joined) | {chr(code) for code in range(33, 127)})
    found: dict[str, None] = {}
    while len(found) < pieces:
        start = chance.randrange(len(joined) - 8)
        found[joined[start : start + chance.randint(2, 8)]] = None
    return [*chars, *found]


def write(path: Path, texts: list[str], *, context: int = 4096, pieces: int = 1500, seed: int = 0):
    """Write the model to `path`; its tokenizer knows pieces of `texts`."""
    import gguf
    import numpy as np

    words = vocabulary(texts, pieces=pieces, seed=seed)
    tokens = [*NAMED, *(f"<0x{byte:02X}>" for byte in range(256)), *words, *ADDED]
    kind = gguf.TokenType
    kinds = [kind.CONTROL] * 3 + [kind.UNKNOWN] + [kind.BYTE] * 256 + [kind.NORMAL] * len(words)
    kinds += [kind.CONTROL] * 2 + [kind.USER_DEFINED] * 2
    writer = gguf.GGUFWriter(path, "gemma3")
    s = SHAPE
    writer.add_name("tiny-gemma3")
    writer.add_context_length(context)
    writer.add_embedding_length(s["width"])
    writer.add_block_count(s["layers"])
    writer.add_feed_forward_length(s["ffn"])
    writer.add_head_count(s["heads"])
    writer.add_head_count_kv(s["kv_heads"])
    writer.add_key_length(s["head"])
    writer.add_value_length(s["head"])
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_sliding_window(256)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in tokens])
    # Longer pieces merge first.
    writer.add_token_scores([float(len(token)) for token in tokens])
    writer.add_token_types([int(k) for k in kinds])
    writer.add_pad_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_unk_token_id(3)
    writer.add_eot_token_id(tokens.index("<end_of_turn>"))
    writer.add_add_space_prefix(False)
    writer.add_add_bos_token(True)
    writer.add_chat_template(TEMPLATE)
    chance = np.random.default_rng(seed)

    def random_weights(*shape: int):
        return (chance.standard_normal(shape) * 0.3).astype(np.float32)

    ones = np.zeros  # Gemma's norms add one; GGUF holds the sum
    writer.add_tensor("token_embd.weight", random_weights(len(tokens), s["width"]))
    # Its own, unlike Gemma's: a tied one with random weights says its last word for ever.
    writer.add_tensor("output.weight", random_weights(len(tokens), s["width"]))
    writer.add_tensor("output_norm.weight", ones(s["width"], np.float32) + 1)
    queries, keys = s["heads"] * s["head"], s["kv_heads"] * s["head"]
    for layer in range(s["layers"]):
        at = f"blk.{layer}."
        for norm in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
            writer.add_tensor(f"{at}{norm}.weight", ones(s["width"], np.float32) + 1)
        for norm in ("attn_q_norm", "attn_k_norm"):
            writer.add_tensor(f"{at}{norm}.weight", ones(s["head"], np.float32) + 1)
        writer.add_tensor(f"{at}attn_q.weight", random_weights(queries, s["width"]))
        writer.add_tensor(f"{at}attn_k.weight", random_weights(keys, s["width"]))
        writer.add_tensor(f"{at}attn_v.weight", random_weights(keys, s["width"]))
        writer.add_tensor(f"{at}attn_output.weight", random_weights(s["width"], queries))
        writer.add_tensor(f"{at}ffn_gate.weight", random_weights(s["ffn"], s["width"]))
        writer.add_tensor(f"{at}ffn_up.weight", random_weights(s["ffn"], s["width"]))
        writer.add_tensor(f"{at}ffn_down.weight", random_weights(s["width"], s["ffn"]))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
