"""The pages about appointments: residents' in `choosing`, `booking`, `managing` and `waiting`, the rest staff's."""
