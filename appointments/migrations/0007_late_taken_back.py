from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0006_time_given_back")]

    operations = [
        migrations.AlterField(
            model_name="bookingevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("booked", "Booked"),
                    ("moved", "Moved"),
                    ("offered", "Another time offered"),
                    ("given_back", "Time given back"),
                    ("late", "Running late"),
                    ("late_back", "Late taken back"),
                    ("arrived", "Arrived"),
                    ("taken_back", "Arrival taken back"),
                    ("finished", "Finished"),
                    ("missed", "Missed"),
                    ("cancelled", "Cancelled"),
                ],
                max_length=10,
            ),
        )
    ]
