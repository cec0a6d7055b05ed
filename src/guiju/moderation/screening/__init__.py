"""Proving quickly that a text holds nothing, so that the detectors need not look; see ``screen``."""
