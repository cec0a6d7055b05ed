"""Checks for callers that ask their model themselves."""
