"""A tamper-evident log of what was asked, answered, signed and released."""

from medrag.review.audit.files import TreeHead
from medrag.review.audit.log import AuditLog
from medrag.review.audit.recorder import Recorder
from medrag.review.audit.signing import SigningKey, VerifyingKey
from medrag.review.audit.verification import (
    InclusionProof,
    LogReport,
    prove,
    records_of,
    verify_log,
)

__all__ = [
    "AuditLog",
    "InclusionProof",
    "LogReport",
    "Recorder",
    "SigningKey",
    "TreeHead",
    "VerifyingKey",
    "prove",
    "records_of",
    "verify_log",
]
