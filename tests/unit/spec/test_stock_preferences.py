"""Preferences for stock media in a spec and its brand: which value a request has, and where errors point."""

from __future__ import annotations

import pytest

from tests.support.spec_lab import Project
from tests.unit.spec.test_stock import locked
from vidbuild.spec.load import LoadResult, try_load
from vidbuild.spec.lock_file import Request
from vidbuild.spec.stock_preferences import hint_with_places

CLIP = "{id: sea, type: clip, alt: Sea, src: {stock: sea"
BRAND = "stock: {provider: folder, folder: ../footage, orientation: landscape, min_seconds: 6}\n"


@pytest.fixture
def branded(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose folder is the current one, with folders of footage."""
    monkeypatch.chdir(project.root)
    for name in ("footage", "talks/footage"):
        project.write(f"{name}/sea.txt", "licence: own work\n")
    return project


def loaded(project: Project, scene: str, brand: str = BRAND, top: str = "", chosen: str | None = None) -> LoadResult:
    """A spec in `talks` with a brand."""
    project.write("brands/acme.yaml", brand)
    project.write("talks/v.yaml", f"vidbuild: 1\ntitle: A\nbrand: acme\n{top}scenes:\n  - {scene}\n")
    return try_load("talks/v.yaml", brand=chosen)


def places(result: LoadResult) -> list[tuple[str, str, str | None]]:
    """Where each problem is, its message and its hint."""
    return [(f"{item.path}:{item.line}:{item.column}", item.message, item.hint) for item in result.diagnostics]


@pytest.mark.parametrize(
    ("own", "top", "expected"),
    [
        ("", "", Request("folder", "video", "sea", "landscape", 6, "footage")),
        (", orientation: portrait", "", Request("folder", "video", "sea", "portrait", 6, "footage")),
        (", orientation: any, min_seconds: 0", "", Request("folder", "video", "sea", folder="footage")),
        (", folder: footage", "", Request("folder", "video", "sea", "landscape", 6, "talks/footage")),
        (", provider: pexels", "", Request("pexels", "video", "sea", "landscape", 6)),
        (
            "",
            "stock: {folder: footage, min_seconds: 2}\n",
            Request("folder", "video", "sea", "landscape", 2, "talks/footage"),
        ),
        ("", "stock: {provider: pexels}\n", Request("pexels", "video", "sea", "landscape", 6)),
        (
            ", min_seconds: 9",
            "stock: {orientation: any}\n",
            Request("folder", "video", "sea", min_seconds=9, folder="footage"),
        ),
    ],
)
def test_the_nearest_value_wins(branded: Project, own: str, top: str, expected: Request) -> None:
    """Each field is that of the scene, else of the spec's `stock`, else of the brand's; paths start at their file."""
    (found,) = loaded(branded, f"{CLIP}{own}}}}}", top=top).stock
    assert found.request == expected


def test_an_image_has_no_length(branded: Project) -> None:
    """`min_seconds` of a preference matters to no image, so that its entry of the lock stays when that changes."""
    scene = "{id: a, type: image, alt: Sea, src: {stock: sea}, duration: 2}"
    (found,) = loaded(branded, scene).stock
    assert found.request == Request("folder", "image", "sea", "landscape", folder="footage")


def test_the_request_is_all_that_a_lock_depends_on(branded: Project) -> None:
    """What is locked stays locked when a value moves from the scene to the brand, and not when the value changes."""
    own = f"{CLIP}, provider: pexels, orientation: square}}}}"
    preferred = "stock: {provider: pexels, orientation: square}\n"
    locked(branded.root, Request("pexels", "video", "sea", "square"), b"\0\0\0\x18ftypisom-a-clip")
    assert loaded(branded, own, "name: A\n").errors == ()
    assert loaded(branded, f"{CLIP}}}}}", preferred).errors == ()
    assert loaded(branded, f"{CLIP}}}}}", f"{preferred}publish: 's3://a/b'\n").errors == ()
    changed = loaded(branded, f"{CLIP}}}}}", preferred.replace("square", "portrait"))
    assert [each.message for each in changed.errors] == ["stock 'sea' is not locked"]


@pytest.mark.parametrize(
    ("scene", "brand", "expected"),
    [
        (
            "",
            "name: A\n",
            (
                "talks/v.yaml:5:50",
                "stock 'sea' has no provider",
                "add 'provider: pexels' here, or 'stock: {provider: pexels}' to the spec or its brand",
            ),
        ),
        (
            "",
            "stock: {provider: pexel}\n",
            ("brands/acme.yaml:1:19", "unknown provider 'pexel'", "did you mean 'pexels'?"),
        ),
        (
            "",
            "stock: {provider: folder, folder: nowhere}\n",
            ("brands/acme.yaml:1:35", "folder 'nowhere' does not exist", None),
        ),
        (
            "",
            "stock: {provider: pexels, orientation: wide}\n",
            (
                "brands/acme.yaml:1:40",
                "'orientation' must be landscape, portrait, square or any, not 'wide'",
                None,
            ),
        ),
        (
            "",
            "stock: {supplier: pexels}\n",
            (
                "brands/acme.yaml:1:9",
                "unknown stock field 'supplier': expected provider, orientation, min_seconds or folder",
                None,
            ),
        ),
        ("", "stock: pexels\n", ("brands/acme.yaml:1:8", "'stock' must be a mapping, not 'pexels'", None)),
        (
            ", folder: footage",
            "stock: {provider: pexels}\n",
            (
                "talks/v.yaml:5:55",
                "'folder' is a field of the provider 'folder', not of 'pexels' (brands/acme.yaml:1)",
                "remove 'folder', or set the provider 'folder'",
            ),
        ),
    ],
)
def test_an_error_points_to_the_file_that_is_wrong(
    branded: Project, scene: str, brand: str, expected: tuple[str, str, str | None]
) -> None:
    """Preferences are checked at their place in the brand, and what a request lacks at its words; each once."""
    assert places(loaded(branded, f"{CLIP}{scene}}}}}", brand)) == [expected]


def test_a_brand_that_is_chosen_is_in_the_command(branded: Project) -> None:
    """With `--brand`, the command of the hint locks what that brand asks for."""
    branded.write("brands/other.yaml", "stock: {provider: commons}\n")
    (error,) = loaded(branded, f"{CLIP}}}}}", chosen="other").errors
    assert error.hint == "vidbuild lock talks/v.yaml --brand other"


def test_a_spec_leaves_the_preferences_out(branded: Project) -> None:
    """`stock: none` in the place of the brand's name drops all of them."""
    branded.write("brands/acme.yaml", BRAND)
    spec = "vidbuild: 1\ntitle: A\nbrand: {name: acme, stock: none}\nscenes:\n  - " + f"{CLIP}, provider: pexels}}}}\n"
    branded.write("talks/v.yaml", spec)
    (found,) = try_load("talks/v.yaml").stock
    assert found.request == Request("pexels", "video", "sea")


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        ("lower 'min_seconds'", "lower 'min_seconds' in b.yaml:3, or write 'min_seconds: 0' beside the words"),
        ("try other words", "try other words"),
        (None, None),
    ],
)
def test_a_hint_names_the_preference(hint: str | None, expected: str | None) -> None:
    """What leaves no media is a preference in another file, or can be given beside the words."""
    assert hint_with_places(hint, (("min_seconds", "b.yaml:3"),)) == expected


def test_places_are_those_of_preferences(branded: Project) -> None:
    """A request's own field is no preference, and its place is not in a hint."""
    (found,) = loaded(branded, f"{CLIP}, orientation: square}}}}").stock
    assert dict(found.preferred) == {"min_seconds": "brands/acme.yaml:1"}
