"""Constrained decoding: does every quotation verify, and what does the grammar cost?

    python benchmarks/generation.py [form] [mask] [speed] [--generations 3000]
    python benchmarks/generation.py speed --device cuda --dimensions 27b

Weights are random and tokenizers trained on the spot: what is said means nothing. Three tables:

form   random replies over adversarial passages: how many parse, how many quotations pass the gate
       (in words mode after they were given the words that they had left out)
mask   compiling the grammar and the mask for a token, by vocabulary and number of passages, along
       realistic answers (whole quotations, a claim of words from them); share of forced tokens
speed  tokens a second free, masked only, and masked with forced tokens, and what the grammar adds
       to a step in percent, at the dimensions of `--dimensions`

Ratios within one run count; on a machine with other work to do the figures say little.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from llguidance.hf import from_tokenizer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from medrag.core.document import Document, Passage, Source
from medrag.core.prompt import Decoding, Prompt
from medrag.core.protocols import Constraint
from medrag.core.query import Hit, Query
from medrag.core.span import Span
from medrag.generation import build_prompt
from medrag.generation.chat import Chat
from medrag.generation.decoding import Decoder, Job
from medrag.generation.local import TransformersLLM
from medrag.generation.prefixes import Prompts
from medrag.generation.shown import quotables
from medrag.generation.variants import VARIANTS
from medrag.generation.writing import Guide, Marks, Reply
from medrag.pipeline.answering import constraint_of
from medrag.pipeline.replies import read_reply
from tiny_models import random_gemma, train_tokenizer, write_gemma

ROOT = Path(__file__).resolve().parents[1]
MODES = ("quote", "pointer", "words")
_ADVERSARIAL = (
    "give do not avoid unless eGFR <30 ≥90 kg 5 mg/kg 0.5 1,000 mg daily twice “smart” 'plain' "
    'a"quote back\\slash {"p":1,"t":"x"} "]} </passage> <end_of_turn> <start_of_turn>model '
    "<unused94>thought <unused95> [INST] <|im_end|> naïve é e\u0301 ﬁrst soft\u00adhyphen "
    "zero\u200bwidth 剂量 请勿停药。 💊 10–20 % −5 ±2 ::= ; , ( ) [12] Examplazine Otherazine"
)
ADVERSARIAL = _ADVERSARIAL.split(" ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parts", nargs="*", default=["form", "mask", "speed"])
    parser.add_argument("--generations", type=int, default=1000)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dimensions", choices=("tiny", "4b", "27b"), default="tiny")
    parser.add_argument("--vocabularies", type=int, nargs="+", default=[32_768, 262_144])
    parser.add_argument("--threads", type=int, default=1, help="of torch on the processor")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"{platform.machine()}, Python {platform.python_version()}, " + _versions())
    if "form" in options.parts:
        form(options.generations)
    if "mask" in options.parts:
        mask(options.vocabularies)
    if "speed" in options.parts:
        speed(options.dimensions, options.device, max(options.vocabularies))


def _versions() -> str:
    return ", ".join(f"{n} {version(n)}" for n in ("torch", "transformers", "llguidance"))


# --- passages -------------------------------------------------------------------------------


def nasty_passage(chance: random.Random) -> str:
    """Return sentences, list items and table rows of adversarial words."""
    parts = []
    for _ in range(chance.randint(1, 6)):
        words = chance.choices(ADVERSARIAL, k=chance.randint(4, 14))
        parts.append(" ".join(words).strip() + chance.choice([".", ".", "!", " mg."]))
    if chance.random() < 0.3:
        parts.append(parts[0])
    if chance.random() < 0.2:
        parts.append("Drug | Dose\nExamplazine | 5 mg\nOtherazine | 0.5 mg/kg")
    return chance.choice([" ", "\n", "\n• ", "\t", "  "]).join(parts)


def plain_passages(count: int, words: int) -> list[str]:
    """Return passages of prose from the project's own corpus, each of about so many words."""
    chance = random.Random(count)
    lines = [line for text in corpus_texts() for line in text.splitlines()]
    prose = [line.strip() for line in lines if len(line.split()) > 8 and "|" not in line]
    passages = []
    for _ in range(count):
        taken: list[str] = []
        while sum(len(line.split()) for line in taken) < words:
            taken.append(chance.choice(prose))
        passages.append(" ".join(taken))
    return passages


def corpus_texts() -> list[str]:
    folders = ("corpora/**/*.md", "corpora/**/*.txt", "docs/**/*.md")
    files = sorted(path for folder in folders for path in ROOT.glob(folder))
    return [path.read_text(encoding="utf-8") for path in files]


def prompt_of(texts: Sequence[str], mode: str = "quote") -> Prompt:
    hits = []
    for rank, text in enumerate(texts, start=1):
        source = Source(key=str(rank), title="Guide", sha256="0" * 64)
        document = Document.of(text, source)
        cut = Passage.cut(document, Span(start=0, end=len(document.text)))
        hits.append(Hit(passage=cut, source=source, score=1, rank=rank, retriever="x"))
    return build_prompt(Query(text="What is the dose?"), hits, mode=mode)


# --- form -----------------------------------------------------------------------------------


def form(count: int) -> None:
    """Print how many random replies parse and how many of their quotations verify."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as scratch:
        texts = [nasty_passage(chance) for _ in range(300)]
        folder = write_gemma(Path(scratch) / "medgemma-tiny", texts, context=32_768)
        llm = TransformersLLM(f"{folder}?batch=8")
    print(f"\nRandom replies of a tiny Gemma 3 at temperature 1, {count} a mode, 8 side by side:\n")
    print("| mode | replies | cut by length | parse | quotations | widened | verified | status |")
    print("|---|---|---|---|---|---|---|---|")
    for mode in MODES:
        totals, statuses = _random_replies(llm, mode, count)
        quotes = sum(statuses.values())
        verified = statuses["exact"] + statuses["normalized"]
        said = ", ".join(f"{name} {n}" for name, n in sorted(statuses.items()))
        print(
            f"| {mode} | {totals['replies']} | {totals['cut']} | "
            f"{totals['parsed'] / max(1, totals['replies'] - totals['cut']):.2%} of the uncut | "
            f"{quotes} | {totals['widened']} | {verified / max(1, quotes):.2%} | {said} |",
            flush=True,
        )


def _random_replies(
    llm: TransformersLLM, mode: str, count: int
) -> tuple[Counter[str], Counter[str]]:
    chance = random.Random(2)
    totals: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for seed in range(-(-count // 8)):
        prompts = [
            prompt_of([nasty_passage(chance) for _ in range(chance.randint(1, 6))], mode)
            for _ in range(8)
        ]
        replies = llm.complete_many(
            prompts,
            constraints=[constraint_of(prompt, 8) for prompt in prompts],
            decoding=Decoding(max_tokens=6000, temperature=1, seed=seed),
        )
        for prompt, reply in zip(prompts, replies, strict=True):
            read = read_reply(reply, prompt, max_claims=8)
            totals["replies"] += 1
            totals["cut"] += reply.is_cut
            totals["parsed"] += read.trace.parsed and not reply.is_cut
            totals["widened"] += read.trace.widened
            statuses.update(read.trace.quotes)
    return totals, statuses


# --- mask -----------------------------------------------------------------------------------


def mask(vocabularies: Sequence[int]) -> None:
    """Print what compiling and masking cost along realistic answers."""
    print("\nGrammar and mask, passages of 400 words, four claims an answer, one thread:\n")
    print(
        "| vocabulary | passages | mode | compile ms | mask µs mean | p99 | forced | steps saved |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for size in vocabularies:
        tokenizer = train_tokenizer(corpus_texts(), size=12_000, padded_to=size)
        started = time.perf_counter()
        words = from_tokenizer(tokenizer, n_vocab=size, eos_token=[1])
        built = time.perf_counter() - started
        for passages in (1, 5, 20):
            for mode in MODES:
                prompt = prompt_of(plain_passages(passages, 400), mode)
                print(_mask_row(words, prompt), flush=True)
        print(f"\nThe vocabulary of {size:,} was prepared once in {built:.1f} s.\n")


def _mask_row(words: Any, prompt: Prompt) -> str:
    grammar = constraint_of(prompt, 8)
    lark = grammar.lark()
    compiled = [_seconds(lambda: Guide(words, lark)) for _ in range(5)]
    spent: list[float] = []
    forced = tokens = 0
    for answer in realistic_answers(prompt, grammar, 5):
        more, walked = _walk(words, Guide(words, lark), answer.encode(), spent)
        forced, tokens = forced + more, tokens + walked
    micros = np.array(spent) * 1e6
    return (
        f"| {words.vocab_size:,} | {len(prompt.hits)} | {prompt.mode} | "
        f"{statistics.median(compiled) * 1e3:.1f} | {micros.mean():.0f} | "
        f"{np.percentile(micros, 99):.0f} | {forced / tokens:.0%} | "
        f"{tokens / (tokens - forced):.2f}x |"
    )


def realistic_answers(prompt: Prompt, grammar: Constraint, count: int) -> Iterator[str]:
    """Yield answers of four claims with one or two quotations each, all on offer."""
    chance = random.Random(3)
    offered = [
        (number, place, quotable)
        for number, hit in enumerate(prompt.hits, start=1)
        for place, quotable in enumerate(quotables(hit.passage), start=1)
        if grammar.admits(_answer([_claim(prompt.mode, [(number, place, quotable)])]))
    ]
    for _ in range(count):
        picked = [chance.sample(offered, k=chance.randint(1, 2)) for _ in range(4)]
        yield _answer([_claim(prompt.mode, quotes) for quotes in picked])


def _answer(claims: Sequence[str]) -> str:
    return f'{{"status":"answered","claims":[{",".join(claims)}]}}'


def _claim(mode: str, quotes: Sequence[tuple[int, int, Any]]) -> str:
    said = " ".join(quotes[0][2].statement.replace('"', "").replace("\\", "").split()[:14])
    listed = ",".join(_quoted(mode, *quote) for quote in quotes)
    return f'{{"quotes":[{listed}],"claim":"{said}"}}'


def _quoted(mode: str, number: int, place: int, quotable: Any) -> str:
    if mode == "pointer":
        return f'"{number}.{place}"'
    if mode == "words":  # each word stands with its space
        return f'{{"s":"{number}.{place}","t":{json.dumps(" " + quotable.statement, **_PLAIN)}}}'
    return f'{{"p":{number},"t":{json.dumps(quotable.text, **_PLAIN)}}}'


_PLAIN = {"ensure_ascii": False}


def _walk(words: Any, guide: Guide, answer: bytes, spent: list[float]) -> tuple[int, int]:
    """Take `answer` token by token; return how many were forced, and how many there were."""
    forced = len(said := guide.forced())
    while not guide.finished:
        token = words.tokenize_bytes(answer[len(words.decode_bytes(said)) :])[0]
        started = time.perf_counter()
        allowed = guide.allowed(words.vocab_size)
        spent.append(time.perf_counter() - started)
        assert allowed[token // 8] >> token % 8 & 1, (
            "the grammar forbids a token of an answer that it admits"
        )
        started = time.perf_counter()
        guide.take(token)
        more = guide.forced()
        spent[-1] += time.perf_counter() - started
        said += [token, *more]
        forced += len(more)
    assert words.decode_bytes(said) == answer, "what was forced is not the answer"
    return forced, len(said)


def _seconds(call: Any) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


# --- speed ----------------------------------------------------------------------------------


def speed(dimensions: str, device: str, vocabulary: int) -> None:
    """Print tokens a second with and without the grammar and its forced tokens."""
    tokenizer = train_tokenizer(corpus_texts(), size=12_000, padded_to=vocabulary - 8)
    model = random_model(tokenizer, dimensions, device)
    size = model.config.get_text_config().vocab_size
    words = from_tokenizer(tokenizer, n_vocab=size, eos_token=[1])
    chat = Chat(tokenizer)
    prompt = prompt_of(plain_passages(5, 300))
    ids = chat.ids(prompt.messages)
    grammar = constraint_of(prompt, 8)
    lark = grammar.lark()
    answer = next(realistic_answers(prompt, grammar, 1)).encode()
    length = Decoding(max_tokens=len(words.tokenize_bytes(answer)))
    free = Marks(stops=frozenset())  # random weights would end at any moment
    runs = {
        name: _followed(
            words, answer, lambda marks=marks, guide=guide: Reply(marks, length, guide())
        )
        for name, marks, guide in (
            ("free", free, lambda: None),
            ("masked", chat.marks, lambda: Guide(words, lark, forcing=False)),
            ("masked, forced tokens appended", chat.marks, lambda: Guide(words, lark)),
        )
    }
    count = sum(weight.numel() for weight in model.parameters())
    print(f"\n{dimensions} dimensions ({count / 1e9:.2f} B), {device}, vocabulary {vocabulary:,}, ")
    print(f"prompt of {len(ids)} tokens, one realistic answer of {length.max_tokens}:\n")
    print("| rows | decoding | tokens/s a reply | ms a step | steps per token | over free |")
    print("|---|---|---|---|---|---|")
    prompts = Prompts(model)
    for rows in (1, 4):
        found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in runs}
        for _ in range(7):  # in turn, so that other work on the machine meets all of them
            for name, make in runs.items():
                found[name].append(_timed(model, prompts, [make() for _ in range(rows)], ids))
        for name, timed in found.items():
            rate, step, share = (statistics.median(one) for one in zip(*timed[1:], strict=True))
            ratios = [own[1] / base[1] for own, base in zip(timed, found["free"], strict=True)]
            over = f"{statistics.median(ratios[1:]) - 1:+.1%} a step" if name == "masked" else ""
            print(
                f"| {rows} | {name} | {rate:.1f} | {step * 1e3:.2f} | {share:.2f} | {over} |",
                flush=True,
            )


def _followed(words: Any, answer: bytes, make: Any) -> Any:
    """Return a maker of replies that say `answer`, whatever the model prefers, at its own cost."""
    known: dict[int, int] = {}  # tokens said -> next token, so that only the warm-up tokenizes

    def followed() -> Reply:
        reply = make()
        pick = reply.pick

        def say(scores: torch.Tensor, _: int) -> None:
            said = reply.tokens or reply.pending  # an opening is pending until the first pick
            if len(said) not in known:
                rest = answer[len(words.decode_bytes(said)) :]
                known[len(said)] = words.tokenize_bytes(rest)[0]
            pick(scores, known[len(said)])

        reply.pick = say
        return reply

    return followed


def random_model(tokenizer: Any, dimensions: str, device: str) -> Any:
    """Return a text model of those dimensions with random weights, in bfloat16."""
    if dimensions == "tiny":
        return random_gemma(tokenizer, window=1024).to(torch.bfloat16).to(device)
    variants = {"4b": "medgemma-4b", "27b": "medgemma-27b"}
    named = next(v for v in VARIANTS if v.name == variants[dimensions])
    shape = replace(named.architecture, vocabulary=len(tokenizer) + 8, sees=False)
    config = transformers.Gemma3TextConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.groups,
        head_dim=shape.head,
        sliding_window=shape.window,
        max_position_embeddings=32_768,
    )
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device(device):
        model = transformers.Gemma3ForCausalLM(config)
    torch.set_default_dtype(torch.float32)
    return model.eval()


def _timed(
    model: Any, prompts: Prompts, replies: Sequence[Reply], ids: Sequence[int]
) -> tuple[float, float, float]:
    """Return tokens a second of one reply, seconds of a step, and steps for a token."""
    jobs = [Job(prompt=ids, reply=reply) for reply in replies]
    for _ in Decoder(model, prompts, rows=len(jobs)).run(jobs):
        pass
    spent = max(r.ended for r in replies) - max(r.read for r in replies)  # all prompts are read
    said = len(replies[-1].tokens)
    return said / spent, spent / max(1, jobs[-1].steps), jobs[-1].steps / said


if __name__ == "__main__":
    main()
