"""The values that stages pass along, and the seams between them; no numpy, no I/O."""
