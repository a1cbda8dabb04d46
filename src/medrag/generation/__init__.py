"""Hits to prompt to completion to draft answer."""
