"""The answer, stage by stage: draft, quoted, checked, reviewed.

Each stage is a type of its own, so that what renders a card cannot be given a draft and
what releases an action cannot be given an unreviewed answer.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone
from typing import Literal

from pydantic import AwareDatetime, Field, field_validator, model_validator

from medrag.core.document import Page, Source
from medrag.core.finding import Finding, NotChecked
from medrag.core.patient import Patient
from medrag.core.person import canonical_name, name_problem
from medrag.core.place import place_of
from medrag.core.prompt import Completion
from medrag.core.query import Filters, Hit, NotSearched
from medrag.core.span import Span, Value, WholeText

_NEWER = frozenset({"not_searched"})
DISCLAIMER = (
    "Research and development software, not a medical device. "
    "Verify independently before any clinical use."
)

QuoteStatus = Literal["exact", "normalized", "clipped", "altered", "ambiguous", "not_found"]
VERIFIED: frozenset[QuoteStatus] = frozenset({"exact", "normalized"})


def _digest(value: Value, *, without: frozenset[str] = frozenset()) -> str:
    canonical = json.dumps(
        value.model_dump(mode="json", exclude=set(without)),
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


class Quote(Value):
    """What the answerer says stands in a passage: a claim about a text, not yet a fact.

    Attributes:
        span: Where it was copied from, in characters of the passage, where the reply says so
            (by a sentence's id, or as a whole citable unit); None where the words must be found.
    """

    passage_id: WholeText
    text: WholeText
    span: Span | None = None


class QuoteChange(Value):
    """One difference between a quotation and its nearest source words.

    Attributes:
        kind: What sort of thing differs.
        quoted: The words of the quotation; empty for an omission.
        source: The words of the source; empty for an insertion.
    """

    kind: Literal[
        "number", "unit", "negation", "comparator", "drug", "omission", "insertion", "word"
    ]
    quoted: str
    source: str


class QuoteMatch(Value):
    """What the gate decided about one quotation against one text.

    Attributes:
        status: Only `exact` and `normalized` verify.
        span: Where it stands, in offsets of the text it was verified against.
        text: That text's own slice at `span`; never the answerer's words.
        diff: What was altered, or which words outside the quotation turn its meaning
            (`omission`s, for `clipped`).
    """

    status: QuoteStatus
    span: Span | None = None
    text: str | None = None
    diff: tuple[QuoteChange, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether the quotation may be shown as one."""
        return self.status in VERIFIED


class VerifiedQuote(Value):
    """A quotation with the gate's decision and its place in the document.

    Attributes:
        quote: What the answerer offered.
        match: The decision; its span counts characters of the *document's* text.
        source, section, pages: Where the words stand; None and empty where not verified.
    """

    quote: Quote
    match: QuoteMatch
    document_id: str | None = None
    source: Source | None = None
    section: tuple[str, ...] = ()
    pages: tuple[Page, ...] = ()

    @property
    def place(self) -> str:
        """Title, edition, pages and section in words; empty where it stands nowhere."""
        return place_of(self.source, self.section, self.pages) if self.source else ""


Support = Literal["supported", "partly", "unsupported"]


class DraftClaim(Value):
    """One statement with the quotations it is said to rest on."""

    text: WholeText
    quotes: tuple[Quote, ...]


class DraftAnswer(Value):
    """A parsed reply; nothing in it has been verified and nothing may show it.

    Attributes:
        status: `insufficient` where the answerer says the passages do not answer.
        missing: What would be needed, where insufficient.
    """

    status: Literal["answered", "insufficient"]
    claims: tuple[DraftClaim, ...] = ()
    missing: WholeText | None = None
    completion: Completion


class Claim(Value):
    """One statement with its verified quotations.

    Attributes:
        support: `supported` when every quotation verified and there is at least one;
            `partly` when some did; else `unsupported`.
    """

    text: str
    quotes: tuple[VerifiedQuote, ...]
    support: Support

    @property
    def verified_quotes(self) -> tuple[VerifiedQuote, ...]:
        """The quotations that may be shown, in order."""
        return tuple(quote for quote in self.quotes if quote.match.verified)


class QuotedAnswer(Value):
    """An answer whose quotations went through the gate.

    Attributes:
        withheld: Claims that no verified quotation supports: never shown, kept for audit.
        hits: The passages that could be cited, best first.
        left_out: Ids of retrieved passages that did not fit the model's context, best first.
        completion: The reply, raw.
        repair: The reply to the repair request, raw, where there was one.
    """

    question: str
    status: Literal["answered", "insufficient"]
    claims: tuple[Claim, ...] = ()
    missing: str | None = None
    withheld: tuple[Claim, ...] = ()
    hits: tuple[Hit, ...] = ()
    left_out: tuple[str, ...] = ()
    completion: Completion
    repair: Completion | None = None

    @property
    def text(self) -> str:
        """The claims, one a line: the text that findings' spans count characters of."""
        return "\n".join(claim.text for claim in self.claims)

    @property
    def verified_quotes(self) -> tuple[VerifiedQuote, ...]:
        """The quotations of all claims that may be shown, in order."""
        return tuple(quote for claim in self.claims for quote in claim.verified_quotes)


AnswerStatus = Literal["answered", "partly_supported", "abstained", "emergency", "blocked"]


class Versions(Value):
    """What an answer depended on; enough to repeat it.

    Attributes:
        settings: Digest of the settings it was made with; empty where they are not known.
    """

    medrag: str
    model: str
    index: str
    prompt: str
    rules: str
    settings: str = ""


class CheckedAnswer(Value):
    """An answer that the checker has examined: the first stage that may be shown.

    Attributes:
        status: `blocked` where a critical finding stands against it; `abstained` where
            nothing supported remains.
        patient: The facts the checks were made for.
        filters: Which sources could answer, and the day on which they had to be in force.
        rules_run: Ids of the rules that ran, sorted.
        not_searched: Parts of the index that could not be searched; the answer is made without
            them, is never `answered`, and lists them in `not_checked` too.
    """

    status: AnswerStatus
    reason: str | None = None
    quoted: QuotedAnswer
    patient: Patient | None = None
    filters: Filters = Field(default_factory=Filters)
    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    rules_run: tuple[str, ...] = ()
    versions: Versions
    disclaimer: str = DISCLAIMER
    not_searched: tuple[NotSearched, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether a part of the index was not searched."""
        return bool(self.not_searched)

    @property
    def digest(self) -> str:
        """The SHA-256 of everything in this answer: what a sign-off binds to."""
        # Of a whole search as before there were partial ones: sign-offs stay bound.
        return _digest(self, without=frozenset() if self.is_partial else _NEWER)

    def _repr_html_(self) -> str:
        from medrag.core.html import answer_html

        return answer_html(self)


OverrideCode = Literal[
    "will-monitor",
    "tolerated-before",
    "not-applicable",
    "data-outdated",
    "no-alternative",
    "will-adjust",
    "specialist-advice",
    "comfort-care",
    "finding-wrong",
    "other",
]


class Override(Value):
    """A reviewer's reason for going against one finding.

    Attributes:
        code: The kind of reason; `medrag.review.override_coding` says it in words.
        reason: In the reviewer's own words; needed where the code is `other`.
    """

    rule_id: str
    code: OverrideCode = "other"
    reason: str = ""


class Review(Value):
    """One person's decision about exactly one answer.

    Attributes:
        reviewer: Who decided; a name that `medrag.core.person.name_problem` has nothing against.
        answer_digest: `CheckedAnswer.digest` of what was reviewed.
        at: When, in UTC, whatever zone it was given in.
        expires: After this moment the sign-off no longer counts.
        overrides: One for each critical finding, where the decision is `accept`.
        persons: How many must accept before the answer may act.
        confirms: Of a second person's review, the digest of the first one's; else None.
        policy: Digest of the policy it was signed under; empty for the default.

    Raises:
        ValueError: Nobody can sign under that name, or a moment cannot be told in UTC.
    """

    reviewer: str
    decision: Literal["accept", "reject"]
    reason: str
    at: AwareDatetime
    expires: AwareDatetime
    overrides: tuple[Override, ...] = ()
    answer_digest: str
    persons: Literal[1, 2] = 1
    confirms: str | None = None
    policy: str = ""

    @field_validator("reviewer")
    @classmethod
    def _nameable(cls, name: str) -> str:
        problem = name_problem(name)
        if problem:
            raise ValueError(problem)
        return name

    @field_validator("at", "expires")
    @classmethod
    def _in_utc(cls, moment: datetime) -> datetime:
        try:
            return moment.astimezone(timezone.utc)
        except OverflowError as error:
            raise ValueError("a moment of a review is one that UTC can tell") from error

    @property
    def digest(self) -> str:
        """The SHA-256 of everything in this review: what a second person confirms."""
        return _digest(self)

    @property
    def person(self) -> str:
        """The reviewer without the differences that make no other person."""
        return canonical_name(self.reviewer)


class ReviewedAnswer(Value):
    """An answer bound to its sign-off; made with `ReviewedAnswer.bind`.

    The seal finds what was changed by mistake or by hand, in the answer or in a review. It
    is a plain digest: whoever can write the file and knows how can make another, so the folder
    of sign-offs is to be protected like a record, or the audit log to be asked
    (`medrag review export --audit`).

    Attributes:
        second: The review of the second person, where there is one.
        seal: SHA-256 over the review, which holds the answer's digest; where there is a second
            review, over that one, which holds the first one's digest.

    Raises:
        ValueError: A review is of another answer, or one of them was changed.
    """

    answer: CheckedAnswer
    review: Review
    second: Review | None = None
    seal: str

    @classmethod
    def bind(
        cls, answer: CheckedAnswer, review: Review, second: Review | None = None
    ) -> ReviewedAnswer:
        """Return the answer with its reviews and the seal over all of them."""
        return cls(answer=answer, review=review, second=second, seal=(second or review).digest)

    @model_validator(mode="after")
    def _bound(self) -> ReviewedAnswer:
        if not self.is_bound:
            raise ValueError("the answer or its review was changed: review it again")
        return self

    @property
    def is_bound(self) -> bool:
        """Whether answer and reviews still are, byte for byte, what was signed."""
        digest = self.answer.digest
        if self.review.answer_digest != digest or self.review.confirms is not None:
            return False
        if self.second is None:
            return self.seal == self.review.digest
        confirmed = self.second.confirms == self.review.digest
        return confirmed and self.second.answer_digest == digest and self.seal == self.second.digest

    def is_current(self, now: datetime) -> bool:
        """Return whether no review has expired at `now` (aware)."""
        return now <= min(review.expires for review in self.reviews)

    @property
    def reviews(self) -> tuple[Review, ...]:
        """The first person's review, then the second one's."""
        return (self.review,) if self.second is None else (self.review, self.second)
