"""Add when somebody was asked to come, by which appointments are called, and a reason for undoing an arrival."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enquiries", "0007_reports_columns")]

    operations = [
        # May be empty and has no default: SQLite adds the column without rebuilding the table.
        migrations.AddField(
            model_name="visit",
            name="expected_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When they were asked to come. Empty: nobody asked them for a time.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="visit",
            name="left_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("wait", "The wait was too long"),
                    ("come_back", "Will come back"),
                    ("no_answer", "Did not answer when called"),
                    ("sorted", "Sorted it out another way"),
                    ("mistake", "Noted by mistake: they were not here"),
                    ("unknown", "Not known"),
                ],
                max_length=20,
            ),
        ),
    ]
