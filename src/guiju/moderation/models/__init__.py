"""Small text models that run on numpy alone, their weights and what they promise."""
