"""Store what monthly reports count by, and index it, so that a report converts no time and reads an index alone.

The tables that SQLite rebuilds here (visits, referrals, feedback) carry no triggers; enquiries, which do, only
change an index.
"""

from datetime import UTC, datetime

from django.db import migrations, models

import enquiries.elapsed
from enquiries.londontime import hour_of_week, month_number

BEFORE_ANY = 190001
FILLED = (
    ("enquiries_visit", "hour_of_week", "arrived_at", hour_of_week),
    ("enquiries_referral", "month", "sent_at", month_number),
    ("enquiries_feedback", "month", "given_at", month_number),
)


def fill(apps, schema_editor):
    """Work the new columns out for the rows there are, in one statement each."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table, column, moment, rule in FILLED:
        if postgresql:
            local = f"{moment} AT TIME ZONE 'Europe/London'"
            value = {
                "hour_of_week": f"(EXTRACT(ISODOW FROM {local}) - 1) * 24 + EXTRACT(HOUR FROM {local})",
                "month": f"EXTRACT(YEAR FROM {local}) * 100 + EXTRACT(MONTH FROM {local})",
            }[column]
        else:
            value = f"london_{column}({moment})"
            schema_editor.connection.connection.create_function(f"london_{column}", 1, _of_text(rule))
        schema_editor.execute(f"UPDATE {table} SET {column} = {value}")


def _of_text(rule):
    return lambda text: rule(datetime.fromisoformat(text).replace(tzinfo=UTC))


def month_field(help_text):
    return models.PositiveIntegerField(default=BEFORE_ANY, help_text=help_text)


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0006_fewer_indexes")]

    operations = [
        migrations.AddField(
            "visit",
            "hour_of_week",
            models.PositiveSmallIntegerField(
                default=0, help_text="London hour of arrival since Monday 00:00, 0 to 167."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "visit",
            "wait_minutes",
            models.GeneratedField(
                expression=enquiries.elapsed.MinutesBegun("arrived_at", "called_at"),
                output_field=models.IntegerField(null=True),
                db_persist=True,
            ),
        ),
        migrations.AddField(
            "referral",
            "month",
            month_field("London month of sending, such as 202611."),
            preserve_default=False,
        ),
        migrations.AddField(
            "referral",
            "days_taken",
            models.GeneratedField(
                expression=enquiries.elapsed.DaysBetween("sent_at", "finished_at"),
                output_field=models.IntegerField(null=True),
                db_persist=True,
            ),
        ),
        migrations.AddField(
            "feedback",
            "month",
            month_field("London month in which it was given, such as 202611."),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "visit",
            models.CheckConstraint(
                condition=models.Q(hour_of_week__range=(0, 167)), name="visit_hour_of_week_real"
            ),
        ),
        migrations.AddConstraint(
            "referral",
            models.CheckConstraint(
                condition=models.Q(month__range=(190001, 299912)), name="referral_month_real"
            ),
        ),
        migrations.AddConstraint(
            "feedback",
            models.CheckConstraint(
                condition=models.Q(month__range=(190001, 299912)), name="feedback_month_real"
            ),
        ),
        migrations.RemoveIndex("visit", "visit_month"),
        migrations.AddIndex(
            "visit",
            models.Index(
                fields=["month", "hub", "kind", "left_reason", "hour_of_week", "wait_minutes"],
                name="visit_month",
            ),
        ),
        migrations.RemoveIndex("enquiry", "enquiry_month"),
        migrations.AddIndex(
            "enquiry",
            models.Index(
                fields=[
                    "month",
                    "hub",
                    "topic",
                    "channel",
                    "status",
                    "outcome",
                    "first_contact",
                    "cause",
                    "language",
                ],
                name="enquiry_month",
            ),
        ),
        migrations.AddIndex(
            "referral",
            models.Index(
                fields=["month", "service", "status", "had_all", "days_taken", "enquiry"],
                name="referral_month",
            ),
        ),
        migrations.AddIndex(
            "feedback", models.Index(fields=["month", "answer", "enquiry"], name="feedback_month")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
