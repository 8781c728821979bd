"""Columns of the field program and of the condition program: plain integers, for the kernels."""

MODE = 0
"""0 takes nothing from the record, 1 predetermined size, 2 delimited, 3 length-prefixed."""
POSITION = 1
"""0 after the previous field, 1 absolute, 2 relative with an offset, 3 so and up to a byte of the record (in SIZE)."""
START = 2
SIZE = 3
"""Bytes (or characters) of a predetermined field; the most of a delimited one, -1 = any."""
TERM, TERM_SIZE = 4, 5
"""Offset of the terminator in the pool and its bytes; 0 = none, -1 = white space."""
LEFT, LEFT_SIZE, RIGHT, RIGHT_SIZE = 6, 7, 8, 9
OPTIONAL = 10
KEEP = 11
"""0 blanks go as SQL*Loader has it, 1 they stay, 2 they go at both ends, 3 on the left, 4 on the right."""
NULLCOLS = 12
CHARS = 13
LOADED = 14
"""Neither filler nor generated."""
PREFIX = 15
"""Bytes of a binary length (2, 4), or minus the digits of a character length."""
DECODER = 16
"""0 text, 1 packed, 2 zoned, 3 integer, 4 float, 5 raw."""
SCALE = 17
BIG = 18
UNSIGNED = 19
NULLIF, NULLIF_COUNT = 20, 21
DEFAULTIF, DEFAULTIF_COUNT = 22, 23
NUMERIC = 24
DECODED = 25
"""Its text is used: it is loaded, or bound in SQL, or names a file; of other fillers only conditions read the bytes."""
FIELD_WIDTH = 26

MODE_NONE, MODE_FIXED, MODE_DELIMITED, MODE_PREFIXED = 0, 1, 2, 3
LDRTRIM, NOTRIM, LRTRIM, LTRIM, RTRIM = 0, 1, 2, 3, 4
NEXT, ABSOLUTE, RELATIVE, UNTIL = 0, 1, 2, 3
TEXT, PACKED, ZONED, INTEGER, FLOAT, RAW = 0, 1, 2, 3, 4, 5

TEST_FIELD = 0
"""Field number, or -1 for a position, or -2 for the field that the test stands at."""
TEST_START, TEST_END = 1, 2
TEST_EQUAL = 3
TEST_LITERAL, TEST_SIZE = 4, 5
TEST_BLANKS = 6
TEST_PAD = 7
TEST_WIDTH = 8

TABLE_FIRST, TABLE_COUNT, TABLE_WHEN, TABLE_WHEN_COUNT = 0, 1, 2, 3
TABLE_WIDTH = 4
