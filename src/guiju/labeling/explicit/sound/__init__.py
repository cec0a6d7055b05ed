"""Explicit labels in sound (GB 45438-2025, 5.3): a spoken label, or the rhythm short long, short short."""
