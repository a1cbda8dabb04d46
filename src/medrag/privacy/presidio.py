"""A recognizer over Microsoft Presidio's `AnalyzerEngine`, if that is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Protocol

from medrag.errors import BackendMissingError
from medrag.privacy.evidence import SOFT, STRONG, Found
from medrag.privacy.values import Kind

KINDS: Mapping[str, Kind] = {
    "PERSON": "name",
    "LOCATION": "place",
    "ORGANIZATION": "organization",
    "DATE_TIME": "date",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "URL": "url",
    "IP_ADDRESS": "ip",
    "US_SSN": "ssn",
    "UK_NHS": "ssn",
    "UK_NINO": "ssn",
    "CREDIT_CARD": "account",
    "IBAN_CODE": "account",
    "US_BANK_NUMBER": "account",
    "US_DRIVER_LICENSE": "license",
    "MEDICAL_LICENSE": "license",
    "US_PASSPORT": "license",
}
"""Presidio's entities; those not named here (ages, nationalities, times) are let pass."""
_SURE = 0.85


class Result(Protocol):
    """What Presidio calls a `RecognizerResult`."""

    entity_type: str
    start: int
    end: int
    score: float


class Analyzer(Protocol):
    """The part of `presidio_analyzer.AnalyzerEngine` that is used."""

    def analyze(self, text: str, language: str) -> Iterable[Result]:
        """Return what identifies somebody in `text`."""
        ...


class PresidioRecognizer:
    """Asks an analyzer of Presidio for identifiers.

    A find with a score of 0.85 or more counts as strong; a lower one gives way to any clinical
    name. Dates are left to the rules, which know a score from a day.

    Args:
        analyzer: A ready analyzer; None builds Presidio's own, which loads its language model.
        language: Of the texts.
        least: Finds with a lower score are let pass, in [0, 1].

    Raises:
        BackendMissingError: Presidio is not installed and no analyzer was given.
    """

    def __init__(
        self, analyzer: Analyzer | None = None, *, language: str = "en", least: float = 0.5
    ) -> None:
        self._analyzer = _default() if analyzer is None else analyzer
        self._language = language
        self._least = least

    def find(self, text: str) -> Iterable[Found]:
        """Return what the analyzer finds, as medrag's kinds."""
        for result in self._analyzer.analyze(text=text, language=self._language):
            kind = KINDS.get(result.entity_type)
            if kind is None or kind == "date" or result.score < self._least:
                continue
            yield Found(result.start, result.end, kind, STRONG if result.score >= _SURE else SOFT)


def _default() -> Analyzer:
    try:
        engine: Analyzer = import_module("presidio_analyzer").AnalyzerEngine()
    except ImportError as error:
        raise BackendMissingError("presidio_analyzer", extra="presidio") from error
    return engine
