"""What the kernels of the encoder know of a column: places in its row of integers, kinds, and faults."""

(
    KIND,
    LENGTH,
    IN_BYTES,
    PADDED,
    PRECISION,
    SCALE,
    DIGITS,
    NOT_NULL,
    RAW,
    STEPS,
    STEPS_END,
    QUICK,
    QUICK_END,
    FLOATS,
    BLANK_IS_NULL,
    ROUNDS,
    WIDTH,
) = range(17)

TEXT, INT2, INT4, INT8, DECIMAL, FLOAT4, FLOAT8, DATE, TIMESTAMP, TIMESTAMPTZ, BYTES, BOOL = range(1, 13)
UUID, JSON, JSONB = 16, 17, 18
"""As in ``datatypes.model.Kind``."""

NULL_REFUSED, TOO_PRECISE, TOO_LONG, NUL, RANGE, BAD_BOOLEAN, BAD_UUID, BAD_HEX = (
    1400,
    1438,
    12899,
    9001,
    9002,
    9003,
    9004,
    1465,
)

W_STATUS, W_DETAIL, W_SIZE = 0, 1, 2
"""Elements of ``work``: the fault of a value, and what it says more."""
