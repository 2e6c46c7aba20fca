from django.apps import AppConfig

from enquiries.record_parts import add_part
from enquiries.ties import add_tie
from hubs.after_change import add_follower


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = "Appointments"

    def ready(self) -> None:
        """Keep residents with a sensitive appointment or wish out of other hubs' sight; follow the hours.

        A resident's page shows their appointments.
        """
        # They ask for models, which are there only now.
        from appointments.hours_followed import publish_and_tell
        from appointments.record_part import appointments_part

        add_tie(self.get_model("Booking"))
        add_tie(self.get_model("Wish"))
        add_follower(publish_and_tell)
        add_part(appointments_part)
