"""The made-up residents of the demo and the words they say."""

from __future__ import annotations

import json
import random
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from hubs.access import Access
from hubs.models import Hub

DATA = Path(__file__).parent / "data"

_TOPIC_OF_SAMPLE = {
    "homelessness": "housing",
    "housing_register": "housing",
    "housing_fraud": "housing",
    "housing_repairs": "housing",
    "council_tax_discount": "council-tax",
    "council_tax_account": "council-tax",
    "council_tax_reduction": "council-tax",
    "council_tax_relief_fund": "council-tax",
    "housing_benefit_change": "benefits",
    "housing_benefit_overpayment": "benefits",
    "discretionary_housing_payment": "benefits",
    "parking_permit": "parking",
    "visitor_voucher": "parking",
    "parking_fine": "parking",
    "blue_badge": "travel-passes",
    "freedom_pass_disabled": "travel-passes",
    "freedom_pass_older": "travel-passes",
    "school_admissions": "schools",
    "employment": "employment",
    "domestic_abuse": "domestic-abuse",
    "digital_help": "digital-help",
    "register_birth": "something-else",
    "citizenship": "something-else",
    "hub_access": "something-else",
    "interpreter": "something-else",
}
_ENDING_OF_SAMPLE = {"resolve_first_contact": "resolved", "refer": "referred"}


@dataclass(frozen=True)
class Person:
    """A made-up resident: facts as `enquiries.models.Resident` keeps them."""

    facts: dict[str, Any]

    @property
    def name(self) -> str:
        """The name, which nobody else in the demo bears."""
        return str(self.facts["name"])

    @property
    def language(self) -> str:
        """The language in which they want to be spoken to."""
        return str(self.facts["language"])

    @property
    def reply_by(self) -> str:
        """How they want to be answered."""
        if self.facts["email"]:
            return "email"
        return "phone" if self.facts["phone"] else "come_back"


class Words:
    """Everything that is said in the demo, read once from its files."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = tomllib.loads((DATA / "people.toml").read_text("utf-8"))

    @cached_property
    def stories(self) -> dict[tuple[str, str, str], list[str]]:
        """What residents say, by topic, language and how it ended; the ending "" holds all of a topic."""
        found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for line in (DATA / "enquiry_samples.jsonl").read_text("utf-8").splitlines():
            sample = json.loads(line)
            topic, language = _TOPIC_OF_SAMPLE[sample["topic"]], sample["lang"]
            found[topic, language, ""].append(sample["text"])
            found[topic, language, _ENDING_OF_SAMPLE.get(sample["expected"], "other")].append(sample["text"])
        for each in self.facts["words"]:
            found[each["topic"], each["lang"], ""].append(each["text"])
        return dict(found)

    def story(self, topic: str, written: str, ending: str, rng: random.Random) -> str:
        """Return words about a topic, in "en" or "bn" where there are any; "" for none."""
        for key in ((topic, written, ending), (topic, written, ""), (topic, "en", ending), (topic, "en", "")):
            if key in self.stories:
                return rng.choice(self.stories[key])
        return ""

    def sentence(self, kind: str, written: str, rng: random.Random) -> str:
        """Return a plain sentence for the resident in "en" or "bn"."""
        english, bengali = rng.choice(self.facts["sentences"][kind])
        return str(bengali if written == "bn" else english)

    def everybody(self, hubs: Sequence[Hub]) -> list[Person]:
        """Return the residents, always the same, in the order in which they first come.

        Their postcodes are those of the hubs themselves, so that no home is named; phone numbers come from
        the ranges that Ofcom keeps for drama (07700 900000 to 900999), e-mail addresses from example.org.
        """
        names = [("en", *pair) for pair in product(self.facts["given_en"], self.facts["family_en"])]
        names += [("bn", *pair) for pair in product(self.facts["given_bn"], self.facts["family_bn"])]
        rng = random.Random("residents of the demo")  # noqa: S311
        rng.shuffle(names)
        postcodes = [hub.postcode for hub in hubs if hub.access == Access.WALK_IN] or [""]
        return [
            Person(self._facts_about(number, written, f"{given} {family}", rng.choice(postcodes), rng))
            for number, (written, given, family) in enumerate(names)
        ]

    def _facts_about(
        self, number: int, written: str, name: str, postcode: str, rng: random.Random
    ) -> dict[str, Any]:
        spoken = ("bn", "bn", "syl") if written == "bn" else ("en",) * 12 + ("so", "it", "pl", "pt", "bfi")
        has_phone = rng.random() < 0.85
        return {
            "name": f"{name} {self.facts['mark']}",
            "phone": f"07700 900{number:03d}" if has_phone else "",
            "email": f"resident{number}@example.org" if rng.random() < 0.4 else "",
            "postcode": postcode if rng.random() < 0.9 else "",
            "language": rng.choice(spoken),
            "needs": rng.choice(self.facts["needs"]) if rng.random() < 0.12 else "",
            "may_phone": not has_phone or rng.random() < 0.94,
            "contact_note": rng.choice(self.facts["contact_notes"]) if rng.random() < 0.08 else "",
        }
