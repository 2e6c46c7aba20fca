"""Passwords that anybody who knows the hubs would try first."""

from __future__ import annotations

from django.core.exceptions import ValidationError

WORDS = (
    "towerhamlets",
    "residents",
    "resident",
    "hubs",
    "hub",
    "council",
    "london",
    "whitechapel",
    "bow",
    "ideastore",
    "password",
    "welcome",
    "desk",
)
"""Words of the place and the work; with these taken out, a password must still be long."""

LEFT_OVER = 6


class NotOfThePlace:
    """Refuse a password that is little more than words of the place: "TowerHamlets2026!"."""

    def validate(self, password: str, user: object = None) -> None:
        letters = "".join(each for each in password.lower() if each.isalpha())
        rest = letters
        for word in WORDS:
            rest = rest.replace(word, "")
        if rest != letters and len(rest) < LEFT_OVER:
            raise ValidationError("Anybody would guess this one. Choose words that are not about your work.")

    def get_help_text(self) -> str:
        """Say the rule, for the console."""
        return "Your password can’t be made of words about the hubs."
