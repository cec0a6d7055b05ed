"""Explicit labels in pictures (GB 45438-2025, 5.2): drawn, and found again."""
