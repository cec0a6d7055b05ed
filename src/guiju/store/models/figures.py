"""Counts of days that are over, kept so that no screen has to count the same rows again."""

from __future__ import annotations

from django.db import models


class DayFigure(models.Model):
    """What one kind of count gave for one day in China. Made anew from the rows themselves wherever it is missing."""

    kind = models.CharField(max_length=20, help_text="names the count; `guiju.store.finished_days.Kind`")
    day = models.DateField(help_text="a day in China that is over")
    counts = models.TextField(help_text="JSON: a list of the kind's items")

    class Meta:
        ordering = ["kind", "day"]
        constraints = [models.UniqueConstraint(fields=["kind", "day"], name="figure_once")]
