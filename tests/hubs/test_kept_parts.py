"""Parts of pages that are written once: what they depend on, and what never mixes."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from hubs import kept

PART = "{% load i18n kept_parts %}{% kept 'part' stamp %}{% translate 'Hubs' %} {{ words }}{% endkept %}"


def written(stamp: object, words: str, language: str = "en") -> str:
    with translation.override(language):
        return Template(PART).render(Context({"stamp": stamp, "words": words}))


def test_a_part_is_written_once_for_what_it_depends_on():
    assert [written(1, "first"), written(1, "second"), written(2, "third")] == [
        "Hubs first",
        "Hubs first",
        "Hubs third",
    ]


def test_each_language_has_its_own_part():
    assert [written(1, "a"), written(1, "b", "bn"), written(1, "c", "bn")] == ["Hubs a", "হাব b", "হাব b"]


def test_a_missing_value_is_one_of_its_own():
    assert [written(None, "a"), written("", "b"), written(None, "c")] == ["Hubs a", "Hubs b", "Hubs a"]


def test_memory_stays_bounded(monkeypatch):
    monkeypatch.setattr(kept, "MOST_PARTS", 3)
    made = [kept.kept_part(number, lambda number=number: str(number)) for number in range(10)]

    assert made == [str(number) for number in range(10)]
    assert len(kept._memory.parts) <= 3


@pytest.mark.parametrize("tag", ["{% kept %}", "{% kept part %}"])
def test_a_part_without_a_name_is_refused(tag):
    with pytest.raises(TemplateSyntaxError):
        Template("{% load kept_parts %}" + tag + "{% endkept %}")
