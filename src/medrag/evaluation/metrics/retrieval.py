"""How well retrieval found what answers.

The ranking is that of documents among the passages that the answerer was given, best passage
first. Values are trec_eval's.
"""

from __future__ import annotations

from collections.abc import Callable

from medrag.evaluation.beir import trec_name
from medrag.evaluation.judged_set import Case
from medrag.evaluation.metric import Metric, Parts, is_so, share
from medrag.evaluation.observed import Observed
from medrag.evaluation.retrieval import measure
from medrag.evaluation.wording import stands_in

_UNDEFINED = "Cases without expected documents."


def _of_trec_eval(name: str) -> Callable[[Case, Observed], Parts]:
    def measured(case: Case, observed: Observed) -> Parts:
        wanted = case.expect.documents if case.expect else ()
        if not wanted or observed.traced is None:
            return {}
        run = {}
        for rank, names in enumerate(observed.documents):
            judged = sorted(names.intersection(wanted)) or sorted(names)
            run[trec_name(judged[0])] = -float(rank)
        found = measure({"q": dict.fromkeys(wanted, 1)}, {"q": run})
        return {"": (found["q"][name], 1.0)}

    return measured


NDCG = Metric(
    name="ndcg-10",
    title="nDCG@10 of documents",
    definition="The discounted gain of the expected documents among the first ten, over the "
    "most there could be.",
    undefined=_UNDEFINED,
    source="Järvelin and Kekäläinen, TOIS 20(4), 2002, doi:10.1145/582415.582418",
    measure=_of_trec_eval("nDCG@10"),
)
RECALL = Metric(
    name="recall-10",
    title="recall@10 of documents",
    definition="The share of the expected documents among the first ten.",
    undefined=_UNDEFINED,
    source="Buckley and Voorhees, in TREC: Experiment and Evaluation, MIT Press 2005",
    measure=_of_trec_eval("recall@10"),
)
MRR = Metric(
    name="mrr",
    title="mean reciprocal rank",
    definition="One over the rank of the first expected document; 0 where none was found.",
    undefined=_UNDEFINED,
    source="Voorhees, The TREC-8 Question Answering Track Report, 1999",
    measure=_of_trec_eval("MRR"),
)


def _first(case: Case, observed: Observed) -> Parts:
    wanted = case.expect.documents if case.expect else ()
    if not wanted or observed.traced is None:
        return {}
    return is_so(any(names.intersection(wanted) for names in observed.documents[:1]))


PRECISION = Metric(
    name="precision-1",
    title="first document is an expected one",
    definition="Whether the first document is an expected one.",
    undefined=_UNDEFINED,
    source="Buckley and Voorhees, in TREC: Experiment and Evaluation, MIT Press 2005",
    measure=_first,
)


def _passages(case: Case, observed: Observed) -> Parts:
    if case.expect is None or observed.traced is None:
        return {}
    ids = {hit.passage.id for hit in observed.hits}
    texts = [hit.passage.text for hit in observed.hits]
    found = [passage in ids for passage in case.expect.passages]
    found += [stands_in(quotation.text, texts) for quotation in case.expect.quotations]
    return share(sum(found), len(found))


PASSAGES = Metric(
    name="passage-recall",
    title="recall of judged passages",
    definition="The share of the judged passages and quotations that stand in a passage which "
    "the answerer was given: what it could have quoted.",
    undefined="Cases without expected passages or quotations.",
    source="Karpukhin et al., EMNLP 2020, arXiv:2004.04906 (top-k retrieval accuracy), for each "
    "judged passage",
    measure=_passages,
)
