"""Files at the gateway: labelled, examined, released."""
