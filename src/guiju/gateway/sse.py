"""Server-sent events: cutting a byte stream into events within bounds, and writing events."""

from __future__ import annotations

from guiju.errors import UpstreamTooLarge

DONE = b"data: [DONE]\n\n"


class EventReader:
    """Cuts bytes into the ``data`` of events. Lines may end in LF, CRLF or CR; comments and other fields are dropped."""

    __slots__ = ("_buffer", "_data", "_limit", "_size")

    def __init__(self, limit: int) -> None:
        """``limit``: most bytes one event may hold."""
        self._buffer = b""
        self._data: list[bytes] = []
        self._limit = limit
        self._size = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of every event that ``chunk`` completes.

        Raises:
            UpstreamTooLarge: an event exceeds the limit.
        """
        buffer = self._buffer + chunk if self._buffer else chunk
        if b"\r" in buffer:
            held = buffer.endswith(b"\r")  # the LF of a CRLF may come with the next chunk
            buffer = buffer[:-1] if held else buffer
            buffer = buffer.replace(b"\r\n", b"\n").replace(b"\r", b"\n") + (b"\r" if held else b"")
        elif not self._data and (plain := self._plain(buffer)) is not None:
            return plain
        events: list[bytes] = []
        start = 0
        while (end := buffer.find(b"\n", start)) >= 0:
            line = buffer[start:end]
            start = end + 1
            if line.startswith(b"data:"):
                data = line[6:] if line[5:6] == b" " else line[5:]
                self._size += len(line) + 1  # empty lines take room too
                if self._size > self._limit:
                    raise UpstreamTooLarge(limit=self._limit)
                self._data.append(data)
            elif not line and self._data:
                events.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                self._data, self._size = [], 0
        self._buffer = buffer[start:]
        if len(self._buffer) > self._limit:
            raise UpstreamTooLarge(limit=self._limit)
        return events

    def _plain(self, buffer: bytes) -> list[bytes] | None:
        """The events of a buffer that begins with one and whose events are a line of ``data`` each, as nearly all are."""
        *whole, rest = buffer.split(b"\n\n")
        for event in whole:
            if not event.startswith(b"data: ") or b"\n" in event or len(event) >= self._limit:
                return None
        if len(rest) > self._limit or b"\n" in rest:
            return None
        self._buffer = rest
        return [event[6:] for event in whole]

    def finish(self) -> list[bytes]:
        """What a stream that ended without a blank line still holds."""
        events = self.feed(b"\n\n")
        return events


def event(data: bytes, name: bytes = b"") -> bytes:
    """One event as bytes."""
    return b"event: %b\ndata: %b\n\n" % (name, data) if name else b"data: %b\n\n" % data
