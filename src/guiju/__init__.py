"""Guiju 规矩: law → obligation → control → evidence → report, for generative-AI services in China."""

__version__ = "0.1.0"
