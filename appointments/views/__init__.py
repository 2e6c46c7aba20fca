"""The pages about appointments: `choosing`, `booking`, `managing` and `waiting` are residents'."""
