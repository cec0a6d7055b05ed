"""The law room: rules as data, applicability with its reason, checks over evidence, and the status they add up to."""
