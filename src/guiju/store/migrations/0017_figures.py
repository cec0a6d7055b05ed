"""Counts kept by day, and findings and decisions found by integration and time."""

from django.db import migrations, models

_INTEGRATIONS = """
    UPDATE store_recordrisk
    SET integration_id = (SELECT integration_id FROM store_record WHERE store_record.id = store_recordrisk.record_id)
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0016_key_last_used")]

    operations = [
        migrations.CreateModel(
            name="DayFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        help_text="names the count; `guiju.store.finished_days.Kind`", max_length=20
                    ),
                ),
                ("day", models.DateField(help_text="a day in China that is over")),
                ("counts", models.TextField(help_text="JSON: a list of the kind's items")),
            ],
            options={
                "ordering": ["kind", "day"],
                "constraints": [models.UniqueConstraint(fields=("kind", "day"), name="figure_once")],
            },
        ),
        migrations.AddField(
            model_name="recordrisk",
            name="integration_id",
            field=models.CharField(default="", help_text="the record's; for search", max_length=32),
        ),
        migrations.RunSQL(_INTEGRATIONS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="recordrisk",
            index=models.Index(fields=["integration_id", "risk", "-at"], name="risk_of_integration"),
        ),
        migrations.AddIndex(model_name="case", index=models.Index(fields=["opened_at"], name="case_opened")),
        migrations.AddIndex(
            model_name="caseclaim",
            index=models.Index(condition=models.Q(("end", "decided")), fields=["ended_at"], name="claim_decided"),
        ),
        migrations.AddIndex(
            model_name="violation", index=models.Index(fields=["at", "account"], name="violation_at")
        ),
    ]
