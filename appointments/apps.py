from django.apps import AppConfig

from enquiries.ties import add_tie
from hubs.after_change import add_follower


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = "Appointments"

    def ready(self) -> None:
        """Keep residents with a sensitive appointment or wish out of other hubs' sight; follow the hours."""
        # It asks for models, which are there only now.
        from appointments.hours_followed import publish_and_tell

        add_tie(self.get_model("Booking"))
        add_tie(self.get_model("Wish"))
        add_follower(publish_and_tell)
