"""The rule-based checker: text and patient to findings."""
