"""What is typed about appointments: by residents in `booking`, by staff in `desk` and `plans`."""
