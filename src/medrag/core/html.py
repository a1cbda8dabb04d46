"""Values as HTML fragments for notebooks: escaped text and inline styles, no script, no link out.

Colors are translucent, so that a fragment reads on a light and on a dark page.
"""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from medrag.core.place import place_of
from medrag.core.span import Span

if TYPE_CHECKING:
    from medrag.core.answer import CheckedAnswer, Claim, VerifiedQuote
    from medrag.core.document import Document
    from medrag.core.finding import CheckReport, Finding, NotChecked
    from medrag.core.patient import Patient
    from medrag.core.query import Hit
    from medrag.core.understanding import Explanation

_CONTEXT = 160
"""Characters of the passage shown on either side of a quotation."""

_CARD = "border:1px solid rgba(128,128,128,.4);border-radius:6px;padding:.8em 1em;max-width:60em"
_QUOTE = "border-left:3px solid rgba(60,120,216,.7);margin:.3em 0 .6em 1em;padding-left:.7em"
_SMALL = "font-size:85%;opacity:.75"
_MARK = "background:rgba(255,213,79,.45);color:inherit;padding:0 .1em"
_COLORS = {
    "critical": "rgba(211,47,47,.16)",
    "warning": "rgba(245,150,0,.18)",
    "info": "rgba(60,120,216,.12)",
}


def answer_html(answer: CheckedAnswer) -> str:
    """Return the card of `answer`: status, claims with quotations, findings, what was not checked.

    A quotation is shown in its passage's own words, highlighted, with the place it stands in.
    One that the gate did not verify is not shown as a quotation.
    """
    hits = {hit.passage.id: hit for hit in answer.quoted.hits}
    claims = enumerate(answer.quoted.claims, 1)
    checked = (_findings(answer.findings), _not_checked(answer.not_checked))
    waiting = "waiting for sign-off" if answer.quoted.claims else "nothing is stated"
    parts = [
        f"<p><strong>{escape(answer.status.replace('_', ' '))}</strong>"
        + (f" &middot; {escape(answer.reason)}" if answer.reason else "")
        + "</p>",
        *(_claim(number, claim, hits) for number, claim in claims),
        *(checked if answer.quoted.claims else ()),
        f'<p style="{_SMALL}">{len(answer.rules_run)} rules ran &middot; {waiting} '
        f"&middot; {escape(answer.disclaimer)}</p>",
    ]
    return f'<div class="medrag-answer" style="{_CARD}">{"".join(parts)}</div>'


def hit_html(hit: Hit) -> str:
    """Return one hit: rank, score, place and the passage's words."""
    head = f"{hit.rank}. {hit.place}"
    stale = "" if hit.in_force else " &middot; <strong>not in force</strong>"
    return (
        f'<div style="{_CARD}"><p style="{_SMALL}">{escape(head)} &middot; {escape(hit.retriever)} '
        f'{hit.score:.3f}{stale}</p><div style="white-space:pre-wrap">'
        f"{escape(hit.passage.text)}</div></div>"
    )


def explanation_html(explanation: Explanation) -> str:
    """Return how a question was read, then each hit with why it ranks where it does."""
    from medrag.core.explaining import answerable_line, understood_lines, why_lines

    chance = answerable_line(explanation)
    read = [*understood_lines(explanation.understood), *([chance] if chance else [])]
    parts = [
        f"<p><strong>{escape(explanation.understood.question)}</strong></p>"
        f'<div style="{_SMALL};white-space:pre-wrap">{escape(chr(10).join(read))}</div>'
    ]
    for item in explanation.hits:
        why = "<br>".join(escape(line) for line in why_lines(item.scores))
        parts.append(f'{hit_html(item.hit)}<p style="{_SMALL}">{why}</p>')
    return f'<div class="medrag-explanation">{"".join(parts)}</div>'


def report_html(report: CheckReport) -> str:
    """Return what the checker says of a text: findings, and what it could not check."""
    parts = (_findings(report.findings), _not_checked(report.not_checked))
    ran = f'<p style="{_SMALL}">{len(report.rules_run)} rules ran</p>'
    return f'<div class="medrag-report" style="{_CARD}">{"".join(parts)}{ran}</div>'


def patient_html(patient: Patient) -> str:
    """Return a patient's facts as a table; what is not known says so, none known says so too."""
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left;vertical-align:top">'
        f"{escape(name.replace('_', ' '))}</th><td>{_fact(value)}</td></tr>"
        for name, value in patient
        if name != "unread" or value is not None
    )
    return f'<table class="medrag-patient">{rows}</table>'


def document_html(document: Document) -> str:
    """Return who says it, in which edition, and how the text begins."""
    source = document.source
    dates = (("published", source.published), ("in force from", source.effective))
    facts = (source.publisher, *(f"{name} {day}" for name, day in dates if day))
    head = place_of(source, (), ())
    small = " · ".join(part for part in (*facts, f"{len(document.text):,} characters") if part)
    begins = document.text[: 2 * _CONTEXT]
    more = " …" if len(document.text) > len(begins) else ""
    return (
        f'<div class="medrag-document" style="{_CARD}"><strong>{escape(head)}</strong>'
        f'<p style="{_SMALL}">{escape(small)}</p>'
        f'<div style="white-space:pre-wrap">{escape(begins)}{more}</div></div>'
    )


def _fact(value: object) -> str:
    if value is None:
        return "<em>not known</em>"
    if isinstance(value, tuple):
        return "<br>".join(escape(str(item)) for item in value) or "none known"
    return escape(str(value))


def _claim(number: int, claim: Claim, hits: dict[str, Hit]) -> str:
    note = "" if claim.support == "supported" else f" <em>({escape(claim.support)})</em>"
    quotes = "".join(_quote(quote, hits.get(quote.quote.passage_id)) for quote in claim.quotes)
    return f"<p>{number}. {escape(claim.text)}{note}</p>{quotes}"


def _quote(quote: VerifiedQuote, hit: Hit | None) -> str:
    if not quote.match.verified or quote.match.span is None or quote.source is None:
        status = escape(quote.match.status.replace("_", " "))
        return f'<div style="{_QUOTE}"><em>quotation not verified: {status}</em></div>'
    text = escape(quote.match.text or "")
    before = after = ""
    if hit is not None:
        before, after = around(hit, quote.match.span, _CONTEXT)
    where = quote.place
    start, end = quote.match.span.start, quote.match.span.end
    return (
        f'<blockquote style="{_QUOTE}"><span style="opacity:.7">{escape(before)}</span>'
        f'<mark style="{_MARK}">{text}</mark><span style="opacity:.7">{escape(after)}</span>'
        f'<div style="{_SMALL}">{escape(where)} &middot; characters {start}&ndash;{end} '
        f"&middot; {escape(quote.match.status)}</div></blockquote>"
    )


def around(hit: Hit, span: Span, width: int) -> tuple[str, str]:
    """Return the passage's words before and after `span` (of the document).

    At most `width` characters each, cut between words with an ellipsis.
    """
    text, offset = hit.passage.text, hit.passage.span.start
    before, after = text[: max(span.start - offset, 0)], text[max(span.end - offset, 0) :]
    if len(before) > width:
        before = "… " + before[-width:].split(" ", 1)[-1]
    if len(after) > width:
        after = after[:width].rsplit(" ", 1)[0] + " …"
    return before, after


def _findings(findings: tuple[Finding, ...]) -> str:
    if not findings:
        return "<p>The checks that ran raised nothing.</p>"
    rows = "".join(_finding(finding) for finding in findings)
    counts = Counter(finding.severity for finding in findings)
    summary = ", ".join(f"{counts[s]} {s}" for s in ("critical", "warning", "info") if counts[s])
    return f"<p><strong>Findings</strong> ({summary})</p>{rows}"


def _finding(finding: Finding) -> str:
    reference = ""
    if finding.reference is not None:
        reference = f'<div style="{_SMALL}">{escape(finding.reference.cited)}</div>'
    return (
        f'<div style="background:{_COLORS[finding.severity]};border-radius:4px;margin:.3em 0;'
        f'padding:.4em .6em"><strong>{escape(finding.severity)}</strong> '
        f"{escape(finding.message)} <code>{escape(finding.rule_id)}</code>{reference}</div>"
    )


def _not_checked(items: tuple[NotChecked, ...]) -> str:
    if not items:
        return ""
    rows = "".join(f"<li>{escape(i.check)}: {escape(i.reason)}</li>" for i in items)
    return f"<details><summary>Not checked ({len(items)})</summary><ul>{rows}</ul></details>"
