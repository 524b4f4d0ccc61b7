"""Say in the metadata of an MP4 that its speech is synthetic, as XMP with the terms of the IPTC.

Programs that look for such a mark, those of video sites among them, read the property `DigitalSourceType` of the IPTC
Extension, whose values are a vocabulary: https://cv.iptc.org/newscodes/digitalsourcetype/
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from vidbuild.media.container.boxes import box

# The box that XMP is in (XMP Specification, part 3, 2.2): a `uuid` box of the file.
BOX_TYPE = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype"
# Of media with synthetic parts: with some by a model that was trained on samples, and with none.
TRAINED, BY_RULES = "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"
RULES_ALONE = ("espeak:",)  # voices that are no trained models
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>
<Iptc4xmpExt:AISystemUsed>{system}</Iptc4xmpExt:AISystemUsed>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def source_of(voices: Sequence[str]) -> str:
    """Return the IPTC's term for media in which these voices, as ENGINE:NAME, speak, as its URL."""
    return f"{_VOCABULARY}/{BY_RULES if all(voice.startswith(RULES_ALONE) for voice in voices) else TRAINED}"


def system_of(voices: Sequence[str]) -> str:
    """Return the text that names these voices."""
    return f"synthetic voices: {', '.join(voices)}"


def tags_of(voices: Sequence[str]) -> dict[str, str]:
    """Return the same as tags, for containers that have no XMP: name -> text."""
    return {"DIGITAL_SOURCE_TYPE": source_of(voices), "AI_SYSTEM_USED": system_of(voices)} if voices else {}


def box_of(voices: Sequence[str]) -> bytes:
    """Return the box that says that these voices, as ENGINE:NAME, are synthetic; no bytes without any."""
    if not voices:
        return b""
    text = _PACKET.format(source=source_of(voices), system=escape(system_of(voices), quote=False))
    return box(b"uuid", BOX_TYPE, text.encode())
