"""Metrics, one file for each thing that is looked at; each is a row of `medrag.registry`."""
