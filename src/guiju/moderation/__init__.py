"""Checking text: detectors find, the policy decides, the checker and the stream guard put both to work."""
