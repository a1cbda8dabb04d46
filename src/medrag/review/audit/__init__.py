"""A tamper-evident log of what was asked, answered, signed and released."""

from medrag.review.audit.files import TreeHead
from medrag.review.audit.log import AuditLog
from medrag.review.audit.proofs import prove, prove_growth
from medrag.review.audit.recorder import Recorder
from medrag.review.audit.signing import SigningKey, VerifyingKey
from medrag.review.audit.verification import LogReport, records_of, verify_log

__all__ = [
    "AuditLog",
    "LogReport",
    "Recorder",
    "SigningKey",
    "TreeHead",
    "VerifyingKey",
    "prove",
    "prove_growth",
    "records_of",
    "verify_log",
]
