"""Films that a model makes in its own time: named, listed, watched, and labelled when they are first fetched."""
