#!/usr/bin/env bash
# python-pptx leaves out every shape that is wrapped in mc:AlternateContent, without an error or a warning.
#
# Surprise: PowerPoint wraps each text with an equation so, and `slide.shapes` then has no entry for it, although its text
# is on the slide and in slide.element. A good guess would have been one entry for each shape of the slide.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check python-pptx==1.0.2 lxml==6.1.3
"$folder/venv/bin/python" - "$folder/deck.pptx" <<'PYTHON'
import sys

import pptx
from lxml import etree

MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
A14 = "http://schemas.microsoft.com/office/drawing/2010/main"
presentation = pptx.Presentation()
slide = presentation.slides.add_slide(presentation.slide_layouts[6])
for text in ("plain", "wrapped"):
    slide.shapes.add_textbox(0, 0, 914400, 914400).text_frame.text = text
box = slide.shapes[1].element
both = etree.Element(f"{{{MC}}}AlternateContent", nsmap={"mc": MC, "a14": A14})
choice = etree.SubElement(both, f"{{{MC}}}Choice", Requires="a14")
box.getparent().replace(box, both)
choice.append(box)
presentation.save(sys.argv[1])

slide = pptx.Presentation(sys.argv[1]).slides[0]
shapes = [shape.text_frame.text for shape in slide.shapes]
inside = [each.text for each in slide.element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")]
print(f"python-pptx {pptx.__version__}: slide.shapes has {shapes}, the slide's XML has {inside}")
sys.exit(shapes != ["plain"] or inside != ["plain", "wrapped"])
PYTHON
