"""`medrag eval import`: evaluation sets of others as judged sets."""

from __future__ import annotations

from pathlib import Path

import click

from medrag.cli.eval.writing import write_set
from medrag.cli.jsonlines import write_text
from medrag.errors import InputError


@click.command("import")
@click.argument("name", metavar="FORMAT")
@click.argument("source", metavar="SOURCE", type=click.Path(path_type=Path))
@click.option("--out", required=True, metavar="FILE", help="A .yaml or .jsonl file to write.")
@click.option(
    "--corpus",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the texts that come with it here, in the layout of BEIR, and expect them as the "
    "documents that answer.",
)
def command(name: str, source: Path, out: str, corpus: Path | None) -> None:
    """Make a judged set of SOURCE, an evaluation set in another FORMAT.

    \b
    FORMAT:
      beir                  folder with corpus.jsonl, queries.jsonl, qrels/test.tsv
      llamaindex-rag        JSON of a LabelledRagDataset
      llamaindex-embedding  JSON of an EmbeddingQAFinetuneDataset
      mirage                JSON as of MIRAGE, or JSON Lines as of MedQA: multiple choice
      squad                 JSON as of SQuAD 1.1 or 2.0: judged answer spans

    With --corpus, `medrag eval retrieval DIR --index INDEX` indexes the texts and measures
    retrieval; `medrag eval run FILE --index INDEX` then asks the questions of them.

    \b
    Examples:
      medrag eval import squad dev.json --out dev.yaml --corpus dev-corpus
      medrag eval import mirage benchmark.json --out mirage.jsonl
    """
    from medrag.evaluation.importing import import_set

    found = import_set(name, source)
    if corpus and not found.corpus:
        raise InputError(f"{source}: no text comes with it. Leave --corpus out.")
    judged = found.over_corpus() if corpus else found.judged
    write_set(out, judged)
    click.echo(f"{out}: {len(judged.cases)} cases")
    if corpus:
        for file, text in found.beir():
            (corpus / file).parent.mkdir(parents=True, exist_ok=True)
            write_text(str(corpus / file), [text])
        click.echo(f"{corpus}: {len(found.corpus)} texts")
