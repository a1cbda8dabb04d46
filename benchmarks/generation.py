"""Grammar-constrained generation: does every quotation verify, and what does it cost?

Run: python benchmarks/generation.py [GENERATIONS] [MODEL_FOLDER]

Without a folder a tiny random Gemma 3 is made: its answers mean nothing, their form is what is
measured. Prints one table: replies that parse, quotations that pass the gate, grammar compile
time, cost of a mask, and steps saved by forced tokens.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, trainers
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, PreTrainedTokenizerFast

from medrag.core.document import Document, Passage, Source
from medrag.core.prompt import Decoding
from medrag.core.query import Hit, Query
from medrag.core.span import Span
from medrag.errors import DraftParseError
from medrag.generation import build_prompt, parse
from medrag.generation.grammar import AnswerGrammar
from medrag.generation.local import TransformersLLM
from medrag.generation.writing import Guide
from medrag.quotes import verify_quote

TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<start_of_turn>{{ m['role'] }}\n{{ m['content'] }}"
    "<end_of_turn>\n{% endfor %}<start_of_turn>model\n"
)
_TEXT = (
    "give do not avoid unless eGFR <30 ≥90 kg 5 mg/kg 0.5 1,000 mg daily twice “smart” 'plain' "
    'a"quote back\\slash {"p":1,"t":"x"} "]} </passage> <end_of_turn> <start_of_turn>model '
    "<unused94>thought <unused95> [INST] <|im_end|> naïve é e\u0301 ﬁrst soft\u00adhyphen "
    "zero\u200bwidth 剂量 请勿停药。 💊 10–20 % −5 ±2 ::= ; , ( ) [12] Examplazine Otherazine"
)
WORDS = _TEXT.split(" ")


def sentence(rng: random.Random) -> str:
    words = [rng.choice(WORDS) for _ in range(rng.randint(4, 14))]
    return " ".join(words).strip() + rng.choice([".", ".", "!", " mg."])


def passage(rng: random.Random) -> str:
    parts = [sentence(rng) for _ in range(rng.randint(1, 6))]
    if rng.random() < 0.3:
        parts.append(parts[0])
    return rng.choice([" ", "\n", "\n• ", "\t", "  "]).join(parts)


def hits(rng: random.Random, count: int) -> list[Hit]:
    made = []
    for rank in range(1, count + 1):
        source = Source(key=str(rank), title="Guide", sha256="0" * 64)
        document = Document.of(passage(rng), source)
        cut = Passage.cut(document, Span(start=0, end=len(document.text)))
        made.append(Hit(passage=cut, source=source, score=1, rank=rank, retriever="x"))
    return made


def tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    learner = Tokenizer(models.BPE(unk_token="<unk>"))
    learner.normalizer = normalizers.Replace(" ", "▁")
    learner.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=4000, show_progress=False))
    learned = json.loads(learner.to_str())["model"]
    named = ["<pad>", "<eos>", "<bos>", "<unk>"]
    words = [*named, *(f"<0x{byte:02X}>" for byte in range(256)), *learned["vocab"]]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}
    merges = [tuple(pair) for pair in learned["merges"]]
    core = Tokenizer(models.BPE(vocabulary, merges, byte_fallback=True, unk_token="<unk>"))
    core.normalizer = normalizers.Replace(" ", "▁")
    core.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    turns = [*named, "<start_of_turn>", "<end_of_turn>"]
    core.add_special_tokens([AddedToken(token, special=True) for token in turns])
    core.add_tokens([AddedToken(t, special=False) for t in ("<unused94>", "<unused95>")])
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        unk_token="<unk>",
        chat_template=TEMPLATE,
    )


def tiny_gemma(folder: Path) -> None:
    rng = random.Random(0)
    made = tokenizer([passage(rng) for _ in range(300)])
    made.save_pretrained(folder)
    torch.manual_seed(0)
    config = Gemma3TextConfig(
        vocab_size=len(made) + 8,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        sliding_window=64,
        max_position_embeddings=16384,
    )
    Gemma3ForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp()) / "tiny-gemma"
    if len(sys.argv) <= 2:
        tiny_gemma(folder)
    torch.set_num_threads(1)
    rng = random.Random(1)
    replies = parsed = cut = quotes = tokens = 0
    statuses: Counter[str] = Counter()
    compiled: list[float] = []
    started = time.perf_counter()
    for seed in range(count):
        prompt = build_prompt(Query(text="What is the dose?"), hits(rng, rng.randint(1, 6)))
        if seed == 0:
            llm = TransformersLLM(str(folder))
        clock = time.perf_counter()
        grammar = AnswerGrammar.of(prompt.hits)
        Guide(llm._grammar_tokenizer, grammar.lark())
        compiled.append(time.perf_counter() - clock)
        completion = llm.complete(
            prompt,
            constraint=grammar,
            decoding=Decoding(max_tokens=4000, temperature=1, seed=seed),
        )
        replies += 1
        tokens += completion.completion_tokens or 0
        cut += completion.finish_reason == "length"
        try:
            draft = parse(completion, prompt)
        except DraftParseError:
            continue
        parsed += 1
        passages = {hit.passage.id: hit.passage.text for hit in prompt.hits}
        for claim in draft.claims:
            for quote in claim.quotes:
                quotes += 1
                statuses[verify_quote(quote.text, passages[quote.passage_id]).status] += 1
    seconds = time.perf_counter() - started
    middle = sorted(compiled)[len(compiled) // 2]
    print(f"replies {replies}, of them cut by length {cut}")
    print(f"parsed {parsed} ({parsed / replies:.2%})")
    verified = statuses["exact"] + statuses["normalized"]
    print(f"quotations {quotes}, verified by the gate {verified} ({verified / max(1, quotes):.2%})")
    print(f"by status: {dict(statuses)}")
    print(f"grammar compiled in {middle * 1e3:.1f} ms (median)")
    print(f"tokens {tokens} in {seconds:.1f} s, model and grammar together")


if __name__ == "__main__":
    main()
