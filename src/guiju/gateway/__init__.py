"""The data plane: the ASGI application every chat crosses on its way to a model and back."""
