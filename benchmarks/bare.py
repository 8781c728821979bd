"""
The bare loader's process: ``python benchmarks/bare.py load ...``, with the words of ``loadstone load``.

It takes its words, and spares the processor, as the product does, and imports what it needs after that.
"""

from __future__ import annotations

import os
import sys

from loadstone.cli.main import build_parser, end_process, frugal_process
from loadstone.cli.parser import parse

WITHOUT_HASH = "BARE_WITHOUT_HASH"
"""Environment variable that lets the loader leave the hash of the file out."""


def main() -> int:
    """Load; prints how many rows."""
    frugal_process()
    arguments = parse(build_parser("load"), sys.argv[1:])
    from bare_load import load

    from loadstone.cli.load import request_of

    print(load(request_of(arguments), hashing=WITHOUT_HASH not in os.environ))
    end_process()
    return 0


if __name__ == "__main__":
    sys.exit(main())
