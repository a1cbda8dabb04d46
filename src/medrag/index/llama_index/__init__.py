"""An index whose vectors lie in a LlamaIndex vector store, and everything else in a folder.

See docs/decisions/0216-vectors-in-any-llamaindex-store.md.
"""
