"""Persistence: Django models, and the only code that writes them."""
