"""``guiju doctor``: what is configured, what is missing, and how to mend it. One module per part of the installation."""
