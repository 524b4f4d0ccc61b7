"""The options of a page about one video."""

from __future__ import annotations

import pytest

from vidbuild.embedding.settings import Settings
from vidbuild.errors import UsageError


def test_an_option_takes_the_place_of_the_setting_of_the_site() -> None:
    """What a page does not name stays as the site has it."""
    site = Settings(captions="off", transcript="open")
    page = site.changed({"captions": " on ", "chapters": "no", "title": "A & B"})
    assert (page.captions, page.chapters, page.title, page.transcript) == ("on", False, "A & B", "open")
    assert site.changed({}) == site


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"caption": " "}, "option 'caption' has no value", None),
        ({"captoin": "A"}, "unknown option 'captoin'", "did you mean 'caption'?"),
        ({"build": "allways"}, "option 'build': unknown value 'allways'", "did you mean 'always'?"),
        ({"chapters": "true"}, "option 'chapters': unknown value 'true'", "there are yes, no"),
    ],
)
def test_an_unknown_option_or_value_is_an_error(options: dict[str, str], message: str, hint: str | None) -> None:
    """The error names the nearest known one, or all."""
    with pytest.raises(UsageError) as caught:
        Settings().changed(options)
    assert (caught.value.message, caught.value.hint) == (message, hint)
