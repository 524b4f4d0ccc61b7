"""The mark in an MP4 that its speech is synthetic."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from vidbuild.media.container import xmp


@pytest.mark.parametrize(
    ("voices", "kind"),
    [
        (["espeak:en-us"], "compositeSynthetic"),
        (["espeak:en-us", "natural:heart"], "compositeWithTrainedAlgorithmicMedia"),
        (["speech:a<b&c"], "compositeWithTrainedAlgorithmicMedia"),
    ],
)
def test_the_source_type_names_how_speech_was_made(voices: list[str], kind: str) -> None:
    """The property has the IPTC's term for voices by rules, or for models, and the voices are named."""
    data = xmp.box_of(voices)
    assert int.from_bytes(data[:4]) == len(data)
    assert data[4:24] == b"uuid" + xmp.BOX_TYPE
    root = ET.fromstring(data[24:])  # noqa: S314 - what vidbuild wrote
    texts = {element.tag.rpartition("}")[2]: element.text for element in root.iter() if element.text}
    assert texts["DigitalSourceType"] == f"http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"
    assert texts["AISystemUsed"] == f"synthetic voices: {', '.join(voices)}"


def test_a_video_without_synthetic_speech_has_no_mark() -> None:
    """Recordings of people and silent videos get no box."""
    assert xmp.box_of([]) == b""
