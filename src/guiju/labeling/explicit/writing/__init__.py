"""Explicit labels in texts and documents (GB 45438-2025, 5.1): words or a corner mark, at the start, end or middle."""
