"""The pages about appointments: residents' in `choosing`, `booking`, `managing` and `waiting`; others are staff's."""
