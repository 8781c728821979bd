"""Records of mainframes by their COBOL copybook: text, zoned, packed and binary numbers, arrays, several views of the same bytes."""

from .items import Item, Usage
from .parse import parse_copybook
from .reader import CopybookReader

__all__ = ["CopybookReader", "Item", "Usage", "parse_copybook"]
