"""Films that a model makes in its own time: named, watched, and labelled when they are fetched."""
