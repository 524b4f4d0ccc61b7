"""SVG images: their shape, what they refer to, and their fonts, as browsers read them."""

from __future__ import annotations

import pytest

from vidbuild.media.image import svg

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def image(attributes: str = 'width="20" height="10"', content: str = "") -> bytes:
    """Return an SVG image."""
    return f"<svg {HEAD} {attributes}>{content}</svg>".encode()


@pytest.mark.parametrize(
    ("attributes", "ratio"),
    [
        ('width="20" height="10"', 2),
        ('width="2cm" height="10mm"', 2),
        ('width="1in" height="96px"', 1),
        ('width="20" height="10px"', 2),
        ('width="3pc" height="36pt"', 1),
        ('width="72pt" height="2.54cm"', 1),
        ('width="2em" height="4ex"', 1),
        ('width="32" height="1em"', 2),
        ('width="+2e1 " height="1e1"', 2),
        ('width="20" height="10 furlongs" viewBox="0 0 30 10"', 3),
        ('viewBox="0 0 30 ten"', 2),
        ('viewBox="0 0 30"', 2),
        ('width="40" viewBox="0 0 20 10"', 2),
        ('height="40" viewBox="0 0 20 10"', 2),
        ('viewBox="5,5 30,10"', 3),
        ('width="100%" height="100%" viewBox="0 0 30 10"', 3),
        ('width="10" height="10" viewBox="0 0 30 10"', 1),
        ("", 2),
        ('viewBox="0 0 0 0"', 2),
    ],
)
def test_the_shape_is_that_of_a_browser(attributes: str, ratio: float) -> None:
    """Width and height count before the view box, and what is missing follows from its shape (SVG 2, 8.2)."""
    made = svg.read(image(attributes))
    assert made.size[0] / made.size[1] == pytest.approx(ratio, rel=0.001)
    assert max(made.size) == svg.SIDE


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ('<image href="a.png"/>', "a.png"),
        ('<image xlink:href="https://example.com/a.png"/>', "https://example.com/a.png"),
        ('<use href="other.svg#part"/>', "other.svg#part"),
        ('<rect fill="url(other.svg#paint)"/>', "other.svg#paint"),
        ('<rect style="fill: url(&quot;other.svg#paint&quot;)"/>', "other.svg#paint"),
        ("<style>@import url('https://fonts.example.com/css');</style>", "https://fonts.example.com/css"),
        ('<style>@import "a.css";</style>', "a.css"),
        ("<style>@font-face { src: url(a.woff2) }</style>", "a.woff2"),
    ],
)
def test_a_reference_to_another_file_is_refused_in_its_place(content: str, target: str) -> None:
    """What loads another file is refused, with the line of it."""
    with pytest.raises(svg.SvgError, match=r"line 3, column \d+: it refers to '") as caught:
        svg.read(image(content=f"\n\n{content}"))
    assert f"'{target}'" in caught.value.text


def test_what_only_names_other_files_is_no_reference() -> None:
    """Links, parts of the image itself, embedded data, namespaces and the document type load nothing."""
    document = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    content = (
        '<a href="https://example.com"><rect fill="url(#paint)"/></a><use href="#part"/>'
        '<image href="data:image/png;base64,AAAA"/><rdf:a xmlns:rdf="urn:a" rdf:resource="http://example.com"/>'
    )
    assert svg.read(document + image(content=content)).size == (4096, 2048)


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml-stylesheet href="a.css"?>' + image(),
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/passwd">]>' + image(content="<text>&a;</text>"),
    ],
)
def test_stylesheets_and_entities_of_other_files_are_refused(data: bytes) -> None:
    """An instruction or an entity that names a file is refused."""
    with pytest.raises(svg.SvgError, match="it refers to "):
        svg.read(data)


@pytest.mark.parametrize("data", [b"", b"<svg", b"<svg/>", image()[:-1], b"<html xmlns='a'/>", b"\xff\xfe<"])
def test_what_is_no_svg_is_refused(data: bytes) -> None:
    """Damaged XML, and another root element, are errors in words."""
    with pytest.raises(svg.SvgError):
        svg.read(data)


def test_entities_that_multiply_are_refused() -> None:
    """V19: a few entities that stand for gigabytes are refused at once."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 20 if n else "x" * 1000}">' for n in range(8))
    with pytest.raises(svg.SvgError, match="damaged: "):
        svg.read(f"<!DOCTYPE svg [{entities}]>".encode() + image(content="<text>&a7;</text>"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_any_encoding_is_read(encoding: str) -> None:
    """An image in another encoding than UTF-8, as older tools write, becomes UTF-8."""
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f'<?xml version="1.0" encoding="{declared}"?>' + image(content="<text>Größe</text>").decode()
    made = svg.read(text.encode(encoding))
    assert made.text == "Größe"
    assert "Größe".encode() in made.data
    assert svg.read(made.data).size == made.size


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\ufeff",
        "\n  ",
        '<?xml version="1.0"?>\n<!-- ' + "a license " * 200 + "-->\n",
        (
            '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [\n'
            '<!ENTITY ns_svg "http://www.w3.org/2000/svg">\n]>\n'
        ),
    ],
)
def test_an_svg_image_is_recognized_behind_what_tools_write_before_it(before: str) -> None:
    """A byte order mark, a license, or a document type with entities, as Illustrator writes, hides no SVG image."""
    data = before.encode() + image()
    assert svg.is_svg(data[: svg.HEAD_BYTES])
    assert svg.read(data).size == (4096, 2048)
    assert svg.is_svg((before + image().decode()).encode("utf-16")[: svg.HEAD_BYTES])
    assert not svg.is_svg(b"svg <svg>")


def test_fonts_that_are_missing() -> None:
    """A list is known if one of its families is; generic families are always drawn, and an empty list has none."""
    content = (
        '<text font-family="Arial, sans-serif">a</text><text font-family="\'Helvetica Neue\', Arial">b</text>'
        '<style>text { font-family: Virgil !important }</style><g style="font-family: manrope">c</g>'
        "<text font-family=''>d</text><text font-family=' , '>e</text>"
    )
    assert svg.unknown_families(svg.read(image(content=content)), frozenset({"Manrope"})) == [
        "Helvetica Neue",
        "Virgil",
    ]


def test_text_is_what_is_drawn() -> None:
    """Characters in text elements are text, after styles and among other elements too; titles and metadata are not."""
    content = (
        '<style>text { fill: red }</style><g><rect/></g><title>no</title><x:style xmlns:x="urn:a">no</x:style>'
        '<x:text xmlns:x="urn:a">no</x:text><text>a<tspan>b</tspan>c</text><desc>no</desc><text>d</text>'
    )
    assert svg.read(image(content=content)).text == "abcd"


def test_text_in_html_is_found() -> None:
    """The line of a foreignObject is known: no engine for SVG alone draws it."""
    assert svg.read(image(content="\n<foreignObject><p>a</p></foreignObject>")).html_line == 2


def test_an_error_of_the_whole_file_names_no_line() -> None:
    """A file that is no text in its encoding has no place to show."""
    with pytest.raises(svg.SvgError) as raised:
        svg.read(b"<svg>\xff\xfe\xff</svg>")
    assert str(raised.value) == "damaged: it is not text in UTF-8"
