"""How a text is read: its normalised characters, the way back to the original, and what was undone. No policy here."""
