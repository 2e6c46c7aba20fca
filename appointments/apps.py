from django.apps import AppConfig

from enquiries.ties import add_tie


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = "Appointments"

    def ready(self) -> None:
        """Keep residents with a sensitive appointment or wish out of other hubs' sight."""
        add_tie(self.get_model("Booking"))
        add_tie(self.get_model("Wish"))
