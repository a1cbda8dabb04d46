"""Who does the work of a build that can be shared out: this process, or workers elsewhere.

The engine reads, cuts and embeds; planning, writing and the one commit stay with the build. Each
engine is one row of the registry, and every engine gives the same index to the byte.
"""

from medrag.pipeline.engines.opening import open_engine
from medrag.pipeline.engines.protocol import BuildEngine, Embedded, Work

__all__ = ["BuildEngine", "Embedded", "Work", "open_engine"]
