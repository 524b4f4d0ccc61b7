"""Addresses of places for files: what they mean, and what is wrong with others."""

from __future__ import annotations

import pytest

from vidbuild.errors import UsageError
from vidbuild.remote.address import Address, parse
from vidbuild.remote.errors import exposure
from vidbuild.remote.public_key import PRIVATE, hidden


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3://videos/docs/new", Address("s3", "videos", "docs/new")),
        ("s3://videos", Address("s3", "videos", "")),
        ("gs://videos/a%20b/", Address("gs", "videos", "a b")),
        ("az://videos/docs", Address("az", "videos", "docs")),
        ("file:///srv/videos", Address("file", "", "/srv/videos")),
        ("memory://a/b", Address("memory", "a", "b")),
        ("https://example.org:8443/videos", Address("https", "example.org:8443", "videos")),
        ("http://[::1]:8080/videos", Address("http", "[::1]:8080", "videos")),
        ("supabase://project/videos/docs", Address("supabase", "videos", "docs", "project")),
    ],
)
def test_an_address_is_read(text: str, expected: Address) -> None:
    """Each form has a bucket or server and a folder inside."""
    assert parse(text) == expected


def test_an_address_is_written_as_it_was_read() -> None:
    """Messages show the address that the user wrote."""
    for text in ("s3://videos/docs", "file:///srv/videos", "supabase://project/videos/docs", "http://127.0.0.1:8000/a"):
        assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("s4://videos", "is not an address of files", "did you mean 's3'"),
        ("videos", "is not an address of files", "file:///FOLDER"),
        ("s3://", "names no bucket", "s3://BUCKET/FOLDER"),
        ("supabase://project", "names no bucket", "supabase://PROJECT/BUCKET/FOLDER"),
        ("s3://key:secret@videos", "must not hold a user name or password", "AWS_ACCESS_KEY_ID"),
        ("file://srv/videos", "names a host", "three slashes"),
        ("file:videos", "is not the whole path of a folder", "file:///FOLDER"),
        ("memry://videos", "expected s3://, gs://, az://, file://, http://", "file:///FOLDER"),
        ("https:///videos", "names no server", "https://HOST/FOLDER"),
        ("s3://videos/../other", "has '..' in its path", "the folder itself"),
        ("https://example.org/a?b=c", "has a '?' or '#'", ""),
        ("http://example.org:port/a", "is not an address", "s3://"),
    ],
)
def test_a_wrong_address_is_refused(text: str, message: str, hint: str) -> None:
    """The message says what is wrong, and the hint how it is written; a password is never repeated."""
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    [
        ("s3://videos/a b", {}, "https://videos.s3.us-east-1.amazonaws.com/a%20b/x.mp4"),
        ("s3://videos.acme/a", {"AWS_REGION": "eu-west-1"}, "https://s3.eu-west-1.amazonaws.com/videos.acme/a/x.mp4"),
        ("s3://videos", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9/"}, "http://127.0.0.1:9/videos/x.mp4"),
        ("gs://videos/a", {}, "https://storage.googleapis.com/videos/a/x.mp4"),
        ("az://videos", {"AZURE_STORAGE_ACCOUNT_NAME": "acme"}, "https://acme.blob.core.windows.net/videos/x.mp4"),
        ("az://videos", {}, ""),
        ("https://example.org/v", {}, "https://example.org/v/x.mp4"),
        ("file:///srv/v", {}, "file:///srv/v/x.mp4"),
        ("supabase://abc/videos/d", {}, "https://abc.supabase.co/storage/v1/object/public/videos/d/x.mp4"),
        (
            "supabase://abc/videos",
            {"SUPABASE_URL": "http://127.0.0.1:8000/"},
            "http://127.0.0.1:8000/storage/v1/object/public/videos/x.mp4",
        ),
    ],
)
def test_the_public_address_of_a_file(
    text: str, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the one that the provider documents for public buckets."""
    names = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION", "SUPABASE_URL")
    for name in (*names, "AZURE_STORAGE_ACCOUNT_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert parse(text).public("x.mp4") == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("s3://user:SECRET@videos/a b", "s3://…@videos/a b"),
        ("see https://SECRET@example.org/x and http://a:SECRET@b", "see https://…@example.org/x and http://…@b"),
        ("https://x.org/c?sv=1&sig=SECRET&se=2", "https://x.org/c?sv=1&sig=…&se=2"),
        ("'https://x.org/c?X-Amz-Signature=SECRET' is", "'https://x.org/c?X-Amz-Signature=…' is"),
        ("https://x.org/?AccessToken=SECRET#a", "https://x.org/?AccessToken=…#a"),
        (f'keys = "{PRIVATE}SECRET="', f'keys = "{PRIVATE}…"'),
        ("https://youtu.be/watch?v=abc&design=b, mail a@b.org", "https://youtu.be/watch?v=abc&design=b, mail a@b.org"),
    ],
)
def test_secrets_are_in_no_message(text: str, shown: str) -> None:
    """Passwords, signatures and private keys are replaced; other addresses stay as they are."""
    assert hidden(text) == shown


@pytest.mark.parametrize(
    "text",
    ["s3://a:SECRET@", "ftp://a:SECRET@x", "https://x.org/c?sig=SECRET", "s3://a:SECRET@b:c", "s3:// ?key=SECRET"],
)
def test_a_wrong_address_is_quoted_without_its_secrets(text: str) -> None:
    """It may be an address that works elsewhere, and logs are read by many."""
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert "SECRET" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("address", "variable", "expected"),
    [
        ("s3://videos/docs", "AWS_ENDPOINT_URL", "https://storage.test/videos/docs/a.mp4"),
        ("s3://videos/docs", "AWS_ENDPOINT_URL_S3", "https://storage.test/videos/docs/a.mp4"),
        ("az://videos/docs", "AZURE_STORAGE_ENDPOINT", "https://storage.test/videos/docs/a.mp4"),
        ("az://videos/docs", "AZURE_ENDPOINT", "https://storage.test/videos/docs/a.mp4"),
        ("supabase://p/videos", "SUPABASE_URL", "https://storage.test/storage/v1/object/public/videos/a.mp4"),
    ],
)
def test_no_password_is_in_a_public_address(
    address: str, variable: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P43: an endpoint may have a user name and password; the addresses that are printed and kept do not."""
    monkeypatch.setenv(variable, "https://user:pass@storage.test")
    assert parse(address).public("a.mp4") == expected


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("http://example.org/videos", True),
        ("http://192.168.1.7:8080/videos", True),
        ("https://example.org/videos", False),
        ("http://127.0.0.1:8080/videos", False),
        ("http://[::1]:8080/videos", False),
        ("http://localhost/videos", False),
        ("http://localhost.example.org/videos", True),
        ("s3://videos", False),
    ],
)
def test_a_token_is_not_sent_in_the_clear_unnoticed(
    address: str, is_open: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P43: HTTP without TLS to another machine is a warning, if there is a token; it is not repeated."""
    monkeypatch.setenv("VIDBUILD_HTTP_TOKEN", "a-token")
    assert parse(address).is_open == is_open
    found = exposure(parse(address))
    assert bool(found) == is_open
    assert "a-token" not in found
    monkeypatch.delenv("VIDBUILD_HTTP_TOKEN")
    assert exposure(parse(address)) == ""
