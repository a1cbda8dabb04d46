"""Whether what a claim says stands in its quotations.

`claims.py` compares one claim with its quotations, `answer.py` an answer claim by claim; every
other file reads one thing that may differ (numbers, drugs, directions, populations, ...) and
yields the differences. Pure functions over text: no table is opened, nothing is kept.
"""
