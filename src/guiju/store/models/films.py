"""Films that were ordered: what it takes to list them. The films themselves lie at the model service."""

from __future__ import annotations

from django.db import models


class FilmOrder(models.Model):
    """One job at a model service; ``number`` is the record of its order, and sorts by time."""

    number = models.CharField(primary_key=True, max_length=32)
    integration_id = models.CharField(max_length=32)
    model = models.CharField(max_length=200)
    upstream = models.CharField(max_length=400, help_text="what the model service calls it")
    pool = models.CharField(max_length=63, blank=True)

    class Meta:
        indexes = [models.Index(fields=["integration_id", "number"], name="film_order_listed")]
