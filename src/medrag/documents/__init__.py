"""Files to documents to passages.

`discover` lists the files under some folders, `read` turns one into documents with their
provenance, `chunk` cuts a document into passages. Each format is one loader file, reached by name.
"""

from medrag.documents.chunking import CHUNKER_VERSION, chunk
from medrag.documents.discovery import Discovery, SourceFile, discover, is_as_found
from medrag.documents.llama_index import from_llama_index
from medrag.documents.provenance import missing_provenance
from medrag.documents.reading import read, stream
from medrag.documents.table_heads import table_headers

__all__ = [
    "CHUNKER_VERSION",
    "Discovery",
    "SourceFile",
    "chunk",
    "discover",
    "from_llama_index",
    "is_as_found",
    "missing_provenance",
    "read",
    "stream",
    "table_headers",
]
