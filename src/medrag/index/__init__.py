"""Vectors, words, passages and their manifest, as generations on disk."""
