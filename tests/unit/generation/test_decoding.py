"""The decode loop against the plainest one: no cache, no batch, every token computed anew."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
import torch
from llguidance.hf import from_tokenizer

from medrag.core.prompt import Decoding
from medrag.errors import BackendError
from medrag.generation.chat import Chat, Pieces
from medrag.generation.decoding import Decoder, Job, Masks
from medrag.generation.prefixes import Prompts, pieces
from medrag.generation.writing import Guide, Marks, Reply
from tiny_models import ENDLESS, random_gemma, train_tokenizer

WORDS = "Give examplazine forty milligrams once daily. Do not stop otherazine. 剂量 💊 naïve."
# Two claims of a choice of sentences and free words between: forced runs and choices in turn.
GRAMMAR = r"""%llguidance {}
start: "{\"a\":\"" (S1 | S2 | S3) "\",\"b\":\"" FREE "\",\"c\":\"" (S1 | S2 | S3) "\"}"
S1: "Give examplazine forty milligrams once daily."
S2: "Do not stop otherazine. 剂量 💊 naïve."
S3: "Give otherazine forty milligrams."
FREE: /[a-z ]{1,30}/
"""
WINDOW = 16


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer([WORDS, '{"a":"","b":"","c":""}'] * 3, size=500)


@pytest.fixture(scope="module")
def model(tokenizer):
    torch.set_num_threads(1)
    return random_gemma(tokenizer, window=WINDOW)


@pytest.fixture(scope="module")
def chat(tokenizer):
    return Chat(tokenizer)


@pytest.fixture(scope="module")
def guide_of(tokenizer, model):
    vocabulary = from_tokenizer(tokenizer, n_vocab=model.config.vocab_size, eos_token=[1])
    return lambda *, forcing=True: Guide(vocabulary, GRAMMAR, forcing=forcing)


@pytest.fixture(scope="module")
def prompts_of(tokenizer):
    """Prompts of very different lengths; the longest is read in several pieces."""

    def make(number):
        texts = [WORDS * (1 + 9 * (n % 3)) + f" case {n}" for n in range(number)]
        return [tokenizer(text, add_special_tokens=False).input_ids for text in texts]

    return make


def unpacked(allowed):
    """One truth value a token, bit by bit."""
    return torch.tensor([bool(byte >> place & 1) for byte in allowed for place in range(8)])


def plainly(model, prompt, marks, decoding, guide):
    """Decode with the whole text through the model for every token."""
    reply = Reply(marks, decoding, guide)
    reply.begin()
    ids = [*prompt, *reply.pending]
    while reply.finish is None:
        with torch.inference_mode():
            read = torch.tensor([ids], device=model.device)
            logits = model(input_ids=read).logits[0, -1].cpu()
        allowed = reply.allowed(len(logits))
        scores = (
            logits
            if allowed is None
            else logits.masked_fill(~unpacked(allowed)[: len(logits)], -1e30)
        )
        reply.pick(scores, int(scores.argmax()))
        ids += reply.pending
    return reply


def written(model, jobs, *, rows=1, remember=True):
    decoder = Decoder(model, Prompts(model, remember=remember), rows=rows)
    for _ in decoder.run(jobs):
        pass
    return [job.reply for job in jobs]


@pytest.mark.parametrize("rows", [1, 3, 8])
@pytest.mark.parametrize("remember", [True, False])
@pytest.mark.parametrize("forcing", [True, False])
def test_batches_memory_and_forced_runs_change_nothing(
    model, chat, guide_of, prompts_of, rows, remember, forcing
):
    decoding = Decoding(max_tokens=200)
    prompts = prompts_of(5)
    jobs = [
        Job(prompt=p, reply=Reply(chat.marks, decoding, guide_of(forcing=forcing))) for p in prompts
    ]
    replies = written(model, jobs, rows=rows, remember=remember)
    for prompt, reply in zip(prompts, replies, strict=True):
        plain = plainly(model, prompt, chat.marks, decoding, guide_of(forcing=forcing))
        assert reply.tokens == plain.tokens
        assert reply.finish == plain.finish == "stop"
    assert (sum(reply.forced for reply in replies) > 0) == forcing


@pytest.mark.parametrize("rows", [1, 4])
def test_thinking_goes_on_into_the_answer_without_reading_anew(
    model, chat, guide_of, prompts_of, rows
):
    opened = [[*prompt, chat.marks.think] for prompt in prompts_of(4)]
    decoding = Decoding(max_tokens=200, think_tokens=9)
    jobs = [Job(prompt=p, reply=Reply(chat.marks, decoding, guide_of())) for p in opened]
    for prompt, reply in zip(opened, written(model, jobs, rows=rows), strict=True):
        plain = plainly(model, prompt, chat.marks, decoding, guide_of())
        assert (reply.thought, reply.tokens) == (plain.thought, plain.tokens)
        assert len(reply.thought) <= 9
        assert not {chat.marks.think, chat.marks.answer} & set(reply.tokens)


def test_forced_tokens_cost_no_step_of_their_own(model, chat, guide_of, prompts_of):
    def steps(forcing):
        job = Job(
            prompt=prompts_of(1)[0],
            reply=Reply(chat.marks, Decoding(max_tokens=200), guide_of(forcing=forcing)),
        )
        written(model, [job])
        return job.steps, len(job.reply.tokens)

    few, tokens = steps(True)
    many, _ = steps(False)
    assert few < 0.75 * many < tokens


def test_free_and_guided_replies_are_written_side_by_side(model, chat, guide_of, prompts_of):
    decoding = Decoding(max_tokens=40)
    guides = [None, guide_of(), None, guide_of()]
    jobs = [
        Job(prompt=prompt, reply=Reply(chat.marks, decoding, guide))
        for prompt, guide in zip(prompts_of(4), guides, strict=True)
    ]
    for job, reply in zip(jobs, written(model, jobs, rows=4), strict=True):
        guide = guide_of() if jobs.index(job) % 2 else None
        assert reply.tokens == plainly(model, job.prompt, chat.marks, decoding, guide).tokens


def test_a_sampled_reply_depends_on_its_seed_and_not_on_its_neighbors(
    model, chat, guide_of, prompts_of
):
    def sampled(seeds, rows):
        jobs = [
            Job(
                prompt=prompts_of(1)[0],
                reply=Reply(
                    chat.marks, Decoding(max_tokens=120, temperature=1, seed=seed), guide_of()
                ),
            )
            for seed in seeds
        ]
        return [reply.tokens for reply in written(model, jobs, rows=rows)]

    alone = [sampled([seed], 1)[0] for seed in range(4)]
    assert sampled(range(4), 4) == alone
    assert len({tuple(tokens) for tokens in alone}) > 1


def test_a_free_reply_cannot_begin_to_think(model, chat, prompts_of):
    reply = Reply(chat.marks, Decoding(max_tokens=8))
    reply.begin()
    allowed = unpacked(reply.allowed(model.config.vocab_size))[: model.config.vocab_size]
    assert not allowed[chat.marks.think]
    assert not allowed[chat.marks.answer]
    assert allowed.sum() == model.config.vocab_size - 2


def test_each_of_the_stop_tokens_ends_a_reply():
    for stop in (1, 7):
        reply = Reply(Marks(stops=frozenset({1, 7})), Decoding(max_tokens=8))
        reply.begin()
        reply.pick(torch.zeros(9), 5)
        reply.pick(torch.zeros(9), stop)
        assert (reply.tokens, reply.finish) == ([5], "stop")


def test_thinking_that_ends_the_reply_is_closed_and_answered():
    marks = Marks(stops=frozenset({1}), think=2, answer=3)
    for closing in (1, 3):
        reply = Reply(marks, Decoding(max_tokens=8, think_tokens=5))
        reply.begin()
        reply.pick(torch.zeros(9), 6)
        reply.pick(torch.zeros(9), closing)
        assert (reply.thought, reply.pending, reply.finish) == ([6], [3], None)


def test_the_last_token_of_too_long_thinking_is_kept_and_the_mark_put_in():
    reply = Reply(
        Marks(stops=frozenset({1}), think=2, answer=3), Decoding(max_tokens=8, think_tokens=2)
    )
    reply.begin()
    reply.pick(torch.zeros(9), 6)
    reply.pick(torch.zeros(9), 8)
    assert (reply.thought, reply.pending) == ([6, 8], [8, 3])


def test_a_reply_is_cut_at_its_limit_even_inside_a_forced_run(model, chat, guide_of, prompts_of):
    prompt = prompts_of(1)[0]
    whole = plainly(model, prompt, chat.marks, Decoding(max_tokens=200), guide_of())
    for limit in range(1, len(whole.tokens)):
        job = Job(prompt=prompt, reply=Reply(chat.marks, Decoding(max_tokens=limit), guide_of()))
        (reply,) = written(model, [job])
        assert (reply.tokens, reply.finish) == (whole.tokens[:limit], "length")


def test_who_cancels_gets_what_was_said_so_far(model, chat, guide_of, prompts_of):
    asked = count()
    jobs = [
        Job(prompt=p, reply=Reply(chat.marks, Decoding(max_tokens=200), guide_of()))
        for p in prompts_of(3)
    ]
    decoder = Decoder(model, Prompts(model), rows=2)
    for _ in decoder.run(jobs, cancelled=lambda: next(asked) > 12):
        pass
    assert {job.reply.finish for job in jobs} == {"cancelled"}
    assert jobs[0].reply.tokens
    assert not jobs[2].reply.tokens


def test_time_is_over_between_two_tokens(model, chat, guide_of, prompts_of):
    decoding = Decoding(max_tokens=200, timeout_s=1e-9)
    job = Job(prompt=prompts_of(1)[0], reply=Reply(chat.marks, decoding, guide_of()))
    (reply,) = written(model, [job])
    assert reply.finish == "timeout"


def test_a_prompt_is_read_in_the_same_pieces_from_wherever_one_begins():
    whole = list(pieces(0, 5000))
    assert whole[-1] == 5000
    assert whole == sorted(set(whole))
    for place, end in enumerate(whole[:-1]):
        assert list(pieces(end, 5000)) == whole[place + 1 :]


def test_what_prompts_share_is_read_once(model, prompts_of):
    read = []

    class Watched:
        config, device = model.config, model.device

        def __call__(self, **inputs):
            read.append(inputs["input_ids"].shape[1])
            return model(**inputs)

    head = [*prompts_of(3)[2], *prompts_of(3)[1]]
    assert len(head) > 256
    prompts = Prompts(Watched())
    with torch.inference_mode():
        first, logits = prompts.read([*head, 5], upcoming=[[*head, 6, 7]])
        cold = len(read)
        prompts.read([*head, 6, 7])
        assert sum(read[cold:]) < len(head)
        again, same = prompts.read([*head, 5])
    assert first.lengths == again.lengths == [len(head) + 1]
    assert torch.equal(logits, same)


def test_remembering_is_bitwise_the_same_as_reading_anew(tokenizer, prompts_of):
    model = random_gemma(tokenizer, window=WINDOW).to(torch.bfloat16)
    head = [*prompts_of(3)[2], *prompts_of(3)[1]]
    with torch.inference_mode():
        warm = Prompts(model)
        for last in (5, 6, 7):
            _, logits = warm.read([*head, last])
            _, cold = Prompts(model, remember=False).read([*head, last])
            assert torch.equal(logits, cold)


def test_pieces_of_text_joined_are_the_text(tokenizer, chat):
    text = 'Give 💊 剂量 naïve "x" — 5 mg. é'
    tokens = tokenizer(text, add_special_tokens=False).input_ids
    growing = Pieces(chat)
    said = [growing.next(tokens[:end]) for end in range(1, len(tokens) + 1)]
    assert "".join(said) + growing.rest(text) == text
    assert not any("\ufffd" in piece for piece in said)
    assert sum(bool(piece) for piece in said) > 5


def test_a_character_that_is_not_whole_is_left_out_of_a_cut_reply(tokenizer, chat):
    ids = tokenizer.convert_tokens_to_ids(["n", "<0x44>", "<0xE2>", "<0x96>"])
    assert chat.text_of_cut(ids) == chat.text_of_cut(ids[:2]) == "nD"
    growing = Pieces(chat)
    said = [growing.next(ids[:end]) for end in range(1, 5)]
    assert "".join(said) + growing.rest("nD") == "nD"


def test_text_that_the_tokenizer_cannot_spell_ends_the_reply_as_an_error(tokenizer, chat):
    # The tokenizer reads the blank mark of its own vocabulary as a blank.
    guide = Guide(from_tokenizer(tokenizer, eos_token=[1]), '%llguidance {}\nstart: "Give▁40"\n')
    reply = Reply(chat.marks, Decoding(max_tokens=50), guide)
    reply.begin()
    while reply.finish is None:
        allowed = unpacked(reply.allowed(len(tokenizer)))
        reply.pick(torch.zeros(len(tokenizer)), int(allowed.int().argmax()))
    assert reply.finish == "error"


def test_a_grammar_that_is_none_is_refused_without_its_text(tokenizer):
    vocabulary = from_tokenizer(tokenizer)
    with pytest.raises(BackendError, match="refused") as caught:
        Guide(vocabulary, "start: secret_rule_name_that_is_long " * 9)
    assert len(str(caught.value)) < 200


def test_a_model_with_other_states_than_attention_is_refused():
    import transformers

    from medrag.generation.keyvalues import KeyValues

    config = transformers.MambaConfig(
        vocab_size=32, hidden_size=8, num_hidden_layers=1, state_size=4
    )
    with pytest.raises(BackendError, match="server"):
        KeyValues.empty(transformers.MambaForCausalLM(config))


def test_sampling_draws_each_token_as_often_as_it_is_likely_and_never_a_forbidden_one():
    scores = torch.log(torch.tensor([0.5, 0.0, 0.3, 0.2, 0.0]))
    drawn = []
    for seed in range(2000):
        reply = Reply(Marks(stops=frozenset()), Decoding(max_tokens=2, temperature=1, seed=seed))
        reply.begin()
        reply.pick(scores, 0)
        drawn += reply.tokens
    shares = torch.bincount(torch.tensor(drawn), minlength=5) / 2000
    assert shares[1] == shares[4] == 0
    # Four standard errors of a share of a half over 2,000 draws are 0.045.
    assert torch.allclose(shares, torch.tensor([0.5, 0, 0.3, 0.2, 0]), atol=0.045)


def test_a_low_temperature_is_almost_greedy():
    scores = torch.tensor([1.0, 3.0, 2.0])
    for seed in range(20):
        reply = Reply(Marks(stops=frozenset()), Decoding(max_tokens=2, temperature=0.01, seed=seed))
        reply.begin()
        reply.pick(scores, 1)
        assert reply.tokens == [1]


def test_masks_forbid_exactly_the_tokens_whose_bit_is_not_set():
    chance = np.random.default_rng(0)
    allowed = [chance.integers(0, 256, 3, dtype=np.uint8), None]
    logits = torch.randn(2, 20).to(torch.bfloat16)
    scores = Masks().apply(logits, allowed)
    expected = logits.float()
    expected[0] = expected[0].masked_fill(~unpacked(allowed[0])[:20], -torch.inf)
    assert torch.equal(scores, expected)


def test_a_grammar_that_gives_up_on_the_way_ends_the_reply_as_an_error(tokenizer, chat):
    guide = Guide(from_tokenizer(tokenizer, eos_token=[1]), ENDLESS)
    reply = Reply(chat.marks, Decoding(max_tokens=5000), guide)
    letter = tokenizer("a", add_special_tokens=False).input_ids[-1]
    reply.begin()
    while reply.finish is None:
        reply.allowed(len(tokenizer))
        reply.pick(torch.zeros(len(tokenizer)), letter)
    assert reply.finish == "error"
    assert 1 < len(reply.tokens) < 5000
    assert guide.failed
    assert not guide.finished


def test_nothing_is_remembered_where_memory_is_short(model, prompts_of):
    head = [*prompts_of(3)[2], *prompts_of(3)[1]]
    with torch.inference_mode():
        short = Prompts(model, free_bytes=lambda: 1000)
        short.read(head)
        assert not short._known
        ample = Prompts(model, free_bytes=lambda: 10**9)
        states, _ = ample.read(head)
        assert ample._known
    layers, heads, width = 3, 1, 16
    most = 2 * 4 * layers * heads * width * len(head)  # keys and values in float32
    assert 0 < states.size_bytes < most, "layers with a window keep less"


@pytest.mark.gpu
def test_a_gpu_says_what_the_plainest_loop_says_on_it(tokenizer, chat, guide_of, prompts_of):
    model = random_gemma(tokenizer, window=WINDOW).to("cuda")
    decoding = Decoding(max_tokens=200)
    jobs = [Job(prompt=p, reply=Reply(chat.marks, decoding, guide_of())) for p in prompts_of(5)]
    for prompt, reply in zip(prompts_of(5), written(model, jobs, rows=3), strict=True):
        assert reply.tokens == plainly(model, prompt, chat.marks, decoding, guide_of()).tokens
