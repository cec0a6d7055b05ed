"""Explicit labels in films (GB 45438-2025, 5.4): on the opening frame, for at least two seconds; the sound is untouched."""
