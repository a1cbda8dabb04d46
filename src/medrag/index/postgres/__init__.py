"""An index in PostgreSQL with pgvector: pushed from a folder, searched there, pulled back.

What a reader asks is answered by tables of one push, which never change; a push writes new ones
beside them in one transaction. See docs/decisions/0214-an-index-in-postgresql.md.
"""
