"""Tiny encoders of real architectures with random weights, laid out as their authors publish them.

What they say means nothing; what is tested is how they are used. Nobody's weights, no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
import transformers
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import (
    Dense,
    Normalize,
    Pooling,
    Transformer,
)
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

from tiny_models import train_tokenizer

_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def write_bert(folder: Path, texts: Sequence[str], *, seed: int = 0) -> Path:
    """Write a BERT as MedCPT's encoders are published: no word on how vectors become one."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    learner = trainers.WordPieceTrainer(
        vocab_size=400, special_tokens=_SPECIAL, show_progress=False
    )
    tokenizer.train_from_iterator(texts, learner)
    marks = [(mark, tokenizer.token_to_id(mark)) for mark in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=marks
    )
    transformers.BertTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=64, do_lower_case=True
    ).save_pretrained(folder)
    torch.manual_seed(seed)
    config = transformers.BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.2,  # so that vectors of two texts differ
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def write_sentence_bert(
    folder: Path,
    texts: Sequence[str],
    *,
    pooling: str,
    prompts: Mapping[str, str] | None = None,
) -> Path:
    """Write a BERT as BGE and E5 are published: pooling and normalisation stand in its files."""
    transformer = Transformer(str(write_bert(folder / "bare", texts)))
    modules = [transformer, Pooling(32, pooling), Normalize()]
    SentenceTransformer(modules=modules, prompts=dict(prompts or {})).save(str(folder / "model"))
    return folder / "model"


def write_embedding_gemma(folder: Path, texts: Sequence[str]) -> Path:
    """Write a Gemma 3 encoder as EmbeddingGemma is published: dense layers, prompts, bfloat16."""
    tokenizer = train_tokenizer(texts)
    tokenizer.model_max_length = 128
    tokenizer.chat_template = None
    marks = [(mark, tokenizer.convert_tokens_to_ids(mark)) for mark in ("<bos>", "<eos>")]
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A <eos>", special_tokens=marks
    )
    tokenizer.save_pretrained(folder / "bare")
    torch.manual_seed(0)
    config = transformers.Gemma3TextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        layer_types=["sliding_attention", "full_attention"],
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        sliding_window=32,
        max_position_embeddings=128,
        use_bidirectional_attention=True,
        initializer_range=0.2,
    )
    transformers.Gemma3TextModel(config).to(torch.bfloat16).save_pretrained(folder / "bare")
    modules = [
        Transformer(str(folder / "bare")),
        Pooling(32, "mean"),
        Dense(32, 96, bias=False, activation_function=torch.nn.Identity()),
        Dense(96, 32, bias=False, activation_function=torch.nn.Identity()),
        Normalize(),
    ]
    prompts = {"query": "task: search result | query: ", "document": "title: none | text: "}
    SentenceTransformer(modules=modules, prompts=prompts).save(str(folder / "model"))
    return folder / "model"
