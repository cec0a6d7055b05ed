"""The control plane: the screens reviewers, compliance officers and administrators work in."""
