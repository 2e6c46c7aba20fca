from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0003_fewer_indexes")]

    operations = [
        migrations.AlterField(
            model_name="bookingevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("booked", "Booked"),
                    ("moved", "Moved"),
                    ("offered", "Another time offered"),
                    ("late", "Running late"),
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
