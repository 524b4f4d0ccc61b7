"""What went wrong at a place for files, in words, from what its client raises."""

from __future__ import annotations

import os
import re

from vidbuild.errors import VidbuildError
from vidbuild.remote.address import Address
from vidbuild.remote.public_key import hidden

HTTP_TOKEN = "VIDBUILD_HTTP_TOKEN"  # noqa: S105 - the name of a variable
SUPABASE_KEYS = ("SUPABASE_S3_ACCESS_KEY_ID", "SUPABASE_S3_SECRET_ACCESS_KEY")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_SERVER_TIME = re.compile(r"<ServerTime>([0-9T:.Z-]{10,30})</ServerTime>")
_OS_ERROR = re.compile(r"(.+) \(os error [0-9]+\)")
_STATUS = re.compile(r"status code: (\d{3})")
_MEANINGS = {
    "NoSuchBucket": ("the bucket does not exist", "create it, or correct the address"),
    "ContainerNotFound": ("the container does not exist", "create it, or correct the address"),
    "InvalidAccessKeyId": ("the access key is unknown", "set VARIABLES again"),
    "SignatureDoesNotMatch": ("the secret key is wrong", "set VARIABLES again"),
    "ExpiredToken": ("the credentials have expired", "get new ones, and set VARIABLES again"),
    "TokenRefreshRequired": ("the credentials have expired", "get new ones, and set VARIABLES again"),
    "RequestTimeTooSkewed": ("the clock of this machine is off", "set it: requests are signed with the timeSERVER"),
    "AuthorizationHeaderMalformed": ("the bucket is in another region", "set AWS_REGION to that of the bucket"),
    "PermanentRedirect": ("the bucket is in another region", "set AWS_REGION to that of the bucket"),
    "AuthenticationFailed": ("the account key is wrong, or the clock of this machine is off", "set VARIABLES again"),
    "InvalidResourceName": ("no container can have this name", "correct the address"),
    "ServerBusy": ("the server has too many requests", "try again later"),
    "SlowDown": ("the server has too many requests", "try again later"),
}
_OF_MACHINES = ("/computeMetadata/", "/metadata/identity/")  # in addresses of servers that identify their machines
NO_CREDENTIALS = "there are no credentials"
NO_TLS = "the server does not speak TLS there"
_CERTIFICATE = re.compile(r"InvalidCertificate\(\s*(\w+)")
_UNTRUSTED = (
    "no authority that this machine trusts has signed the certificate of the server",
    "set SSL_CERT_FILE to a file with the certificate of your own authority",
)
_CLOCK = "renew it, or set the clock of this machine"
_CERTIFICATES = {  # names of rustls begin so
    "NotValidForName": ("the certificate of the server is for another name", "correct the address"),
    "Expired": ("the certificate of the server has expired", _CLOCK),
    "NotValidYet": ("the certificate of the server is not valid yet", _CLOCK),
}
SILENCE = "the server does not answer"
SLOWNESS = "the server does not answer in time"
_FINAL = frozenset(
    {SILENCE, SLOWNESS, NO_CREDENTIALS, NO_TLS, _UNTRUSTED[0], *(why for why, _ in _CERTIFICATES.values())}
)  # the next request would end the same way, after as long
_DENIED = frozenset({"401", "403"})


class RemoteError(VidbuildError):
    """A place for files that cannot be used. is_silence: whether the next request would get no answer either."""

    code = 4

    def __init__(self, message: str, *, hint: str | None = None, is_silence: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.is_silence = is_silence


def is_about_place(error: Exception) -> bool:
    """Return whether "not found" is said of the bucket, and not of one file."""
    return _code(str(error)) in _MEANINGS


def remote_error(address: Address, error: Exception) -> RemoteError:
    """Return the error for people."""
    why, hint = _explained(address, error)
    return RemoteError(f"cannot use '{address}': {why}", hint=hint, is_silence=why in _FINAL)


def no_credentials(address: Address, more: str = "") -> RemoteError:
    """Return the error of a place whose credentials are not in the environment."""
    return RemoteError(f"cannot use '{address}': {NO_CREDENTIALS}", hint=f"set {variables(address)}{more}")


def exposure(address: Address) -> str:
    """Return the warning of a place to which a token is sent so that others can read it; "" if none is."""
    if not address.is_open or not os.environ.get(HTTP_TOKEN):
        return ""
    return f"{HTTP_TOKEN} is sent to '{address}' without TLS: everybody on the way can read it"


def variables(address: Address) -> str:
    """Return the variables of the environment that have the credentials of a place."""
    names = {
        "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        "supabase": " and ".join(SUPABASE_KEYS),
        "gs": "GOOGLE_APPLICATION_CREDENTIALS",
        "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
    }
    return names.get(address.scheme, HTTP_TOKEN)


def _explained(address: Address, error: Exception) -> tuple[str, str | None]:
    """Return why, and what to do."""
    text = str(error)
    if found := _without_identity(address, text):
        return found
    status = _STATUS.search(text)
    number = status[1] if status else ""
    if _code(text) in _MEANINGS:
        why, hint = _MEANINGS[_code(text)]
        theirs = _SERVER_TIME.search(text)
        here = f", which is {theirs[1]} on the server" if theirs else ""
        return why, hint.replace("VARIABLES", variables(address)).replace("SERVER", here)
    if isinstance(error, PermissionError) or number in _DENIED:
        return "access is denied", f"check {variables(address)}, and what they may do"
    if isinstance(error, FileNotFoundError):
        return "the bucket or folder does not exist", "create it, or correct the address"
    if number:
        return f"the server answered {number}", "try again later" if number[0] == "5" or number == "429" else None
    return _without_answer(address, text)


def _without_identity(address: Address, text: str) -> tuple[str, str] | None:
    """Return why there are no credentials to send a request with; None if there are.

    Clients of Google's and Microsoft's stores ask the server that gives their machines an identity, as the last thing.
    """
    if "Account must be specified" in text or any(each in text for each in _OF_MACHINES):
        return NO_CREDENTIALS, f"set {variables(address)}"
    if "Error performing token request" in text and _STATUS.search(text):
        return "the credentials are refused", f"get new ones, and set {variables(address)} again"
    return None


def _without_tls(text: str) -> tuple[str, str] | None:
    """Return why there is no safe connection; None if that is not the reason."""
    if found := _CERTIFICATE.search(text):
        return next((each for name, each in _CERTIFICATES.items() if found[1].startswith(name)), _UNTRUSTED)
    return (NO_TLS, "use http://, or the port on which it does") if "InvalidContentType" in text else None


def _without_answer(address: Address, text: str) -> tuple[str, str | None]:
    """Return why a request got no answer."""
    if "credential" in text.lower():
        return NO_CREDENTIALS, f"set {variables(address)}"
    if found := _without_tls(text):
        return found
    if "error sending request" in text or "timed out" in text:
        return SILENCE, "check the address and the connection"
    if "response body error" in text:
        return SLOWNESS if "Timeout" in text else "the answer broke off", "check the connection, or try again later"
    if "redirect" in text and address.scheme == "s3":
        return "the server redirects, as one of another region does", "set AWS_REGION to the region of the bucket"
    line = hidden(text).strip().partition("\n")[0].rstrip(": ")
    text = line.rpartition(" - ")[2] or line
    own = _OS_ERROR.fullmatch(text)  # of a folder of this machine
    return (own[1].lower() if own else text), None


def _code(text: str) -> str:
    found = _CODE.search(text)
    return found[1] if found else ""
