"""One module per format; `guiju.media.registry` finds them."""
