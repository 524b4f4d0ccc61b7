"""The address of a place for files: s3://BUCKET/PREFIX and others. It never holds a password."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from vidbuild.errors import UsageError
from vidbuild.remote.public_key import hidden
from vidbuild.suggest import did_you_mean

SCHEMES = ("s3", "gs", "az", "file", "memory", "http", "https", "supabase")
_SHOWN = tuple(each for each in SCHEMES if each != "memory")  # that one is for tests
_FORMS = {
    "s3": "s3://BUCKET/FOLDER",
    "gs": "gs://BUCKET/FOLDER",
    "az": "az://CONTAINER/FOLDER",
    "file": "file:///FOLDER",
    "supabase": "supabase://PROJECT/BUCKET/FOLDER",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_USER = re.compile(r"(?<=://)[^/?#@]*@")
SUPABASE_URL = "SUPABASE_URL"  # of a server of one's own, in the environment


@dataclass(frozen=True, slots=True)
class Address:
    """A place for files.

    bucket: or the container, or the server ("host:port") of http; "" for a folder of this machine.
    prefix: folder inside, without slashes around it; of file:// the folder's absolute path.
    project: of Supabase, "" elsewhere.
    """

    scheme: str
    bucket: str
    prefix: str
    project: str = ""

    def __str__(self) -> str:
        if self.scheme == "file":
            return Path(self.prefix).as_uri()
        parts = [each for each in (self.project, self.bucket, quote(self.prefix)) if each]
        return f"{self.scheme}://{'/'.join(parts)}"

    @property
    def supabase_base(self) -> str:
        """The base of the addresses of a Supabase project."""
        return os.environ.get(SUPABASE_URL, "").rstrip("/") or f"https://{self.project}.supabase.co"

    @property
    def is_open(self) -> bool:
        """Whether everybody on the way can read what is sent: HTTP without TLS, and not to this machine."""
        return self.scheme == "http" and not _is_loopback(urlsplit(f"//{self.bucket}").hostname or "")

    def public(self, key: str) -> str:
        """Return the address at which everybody can read a file, if the place is public; key: below the prefix."""
        path = quote("/".join(filter(None, (self.prefix, key))))
        if self.scheme == "file":
            return (Path(self.prefix) / key).as_uri()
        base = {
            "s3": _s3_base(self.bucket),
            "supabase": f"{self.supabase_base}/storage/v1/object/public/{self.bucket}",
            "gs": f"https://storage.googleapis.com/{self.bucket}",
            "az": _azure_base(self.bucket),
        }.get(self.scheme, f"{self.scheme}://{self.bucket}")
        return without_user(f"{base}/{path}") if base else ""


def without_user(url: str) -> str:
    """Return an address without a user name and password, which an endpoint of the environment can have."""
    return _USER.sub("", url)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _azure_base(container: str) -> str:
    endpoint = (os.environ.get("AZURE_STORAGE_ENDPOINT") or os.environ.get("AZURE_ENDPOINT") or "").rstrip("/")
    account = os.environ.get("AZURE_STORAGE_ACCOUNT_NAME", "")
    if not endpoint and not account:
        return ""
    return f"{endpoint or f'https://{account}.blob.core.windows.net'}/{container}"


def _s3_base(bucket: str) -> str:
    endpoint = (os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "").rstrip("/")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    if endpoint or "." in bucket:  # the certificate of a host of its own does not cover names with dots
        return f"{endpoint or f'https://s3.{region}.amazonaws.com'}/{bucket}"
    return f"https://{bucket}.s3.{region}.amazonaws.com"


def parse(text: str) -> Address:
    """Return the address that a text is. Raises UsageError."""
    shown = hidden(text)
    try:
        parts = urlsplit(text)
        password, port = parts.password or parts.username, parts.port
    except ValueError as error:
        raise UsageError(f"'{shown}' is not an address", hint=f"use {_FORMS['s3']}") from error
    if password:
        hint = "leave it out: credentials come from the environment, such as AWS_ACCESS_KEY_ID"
        raise UsageError("an address must not hold a user name or password", hint=hint)
    if parts.scheme not in SCHEMES:
        raise UsageError(
            f"'{shown}' is not an address of files: expected {', '.join(f'{each}://' for each in _SHOWN)}",
            hint=did_you_mean(parts.scheme, _SHOWN, cutoff=0.5)
            or f"use {_FORMS['s3']}, or {_FORMS['file']} for a folder",
        )
    folders = _folders(shown, parts)
    if parts.scheme in {"http", "https"}:
        if not parts.hostname:
            raise UsageError(f"'{shown}' names no server", hint="use https://HOST/FOLDER")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return Address(parts.scheme, host + (f":{port}" if port else ""), "/".join(folders))
    if parts.scheme == "file":
        if parts.netloc:
            raise UsageError(f"'{shown}' names a host", hint=f"use {_FORMS['file']}, with three slashes")
        if not parts.path.startswith("/"):
            raise UsageError(f"'{shown}' is not the whole path of a folder", hint=f"use {_FORMS['file']}")
        return Address("file", "", "/" + "/".join(folders))
    return _in_bucket(shown, parts.scheme, parts.netloc, folders)


def _folders(text: str, parts: SplitResult) -> list[str]:
    """Return the folders of an address's path."""
    if parts.query or parts.fragment:
        raise UsageError(f"'{text}' has a '?' or '#', which an address of files cannot have")
    folders = [unquote(each) for each in parts.path.split("/") if each]
    if any(each in {".", ".."} for each in folders):
        raise UsageError(f"'{text}' has '..' in its path", hint="write the folder itself")
    return folders


def _in_bucket(text: str, scheme: str, host: str, folders: list[str]) -> Address:
    if scheme == "memory":
        return Address(scheme, host, "/".join(folders))
    project = ""
    if scheme == "supabase":
        project, host, folders = host, folders[0] if folders else "", folders[1:]
    names = (project, host) if scheme == "supabase" else (host,)
    if not all(map(_NAME.fullmatch, names)):
        raise UsageError(f"'{text}' names no bucket", hint=f"use {_FORMS[scheme]}")
    return Address(scheme, host, "/".join(folders), project)
