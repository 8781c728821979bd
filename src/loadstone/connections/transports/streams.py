"""A stream over whatever gives the next bytes, with the errors of its protocol translated."""

from __future__ import annotations

import io
from collections.abc import Callable

CHUNK_SIZE_BYTES = 1 << 20
"""How much is asked of a place at once."""


class Pulled(io.RawIOBase):
    """
    Bytes that ``pull(size)`` gives, at most ``size`` of them and none at the end.

    ``pull`` raises errors of a transport; ``done`` is called once, when the stream is closed, with whether its end was reached.
    """

    def __init__(
        self, pull: Callable[[int], bytes], done: Callable[[bool], None] = lambda ended: None
    ) -> None:
        super().__init__()
        self._pull, self._done, self._ended = pull, done, False

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """As files read: fewer bytes than asked only at the end."""
        wanted = size if size is not None and size >= 0 else None
        parts: list[bytes] = []
        while (wanted is None or wanted > 0) and not self._ended:
            data = self.read1(CHUNK_SIZE_BYTES if wanted is None else wanted)
            parts.append(data)
            wanted = None if wanted is None else wanted - len(data)
        return b"".join(parts)

    def read1(self, size: int = CHUNK_SIZE_BYTES, /) -> bytes:
        """What comes next, however little; an error then costs nothing that has come already."""
        data = b"" if self._ended else self._pull(min(size, CHUNK_SIZE_BYTES))
        self._ended = not data
        return data

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """For buffered readers around it."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Let go of what it reads from; errors of that are no news once the end was reached."""
        if not self.closed:
            super().close()
            self._done(self._ended)
