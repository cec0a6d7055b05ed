"""Copies without the explicit label, for users who ask for one (标识办法 Art. 9): found, made, and on the evidence chain."""
