"""What a voice engine is: its voices, what its steps may use, and speech with the time of each word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from vidbuild.frozen import dataclass, field

if TYPE_CHECKING:
    from vidbuild.media.text.words import Speech


NETWORK_ENV = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "SSL_CERT_FILE")
"""The variables by which a network is reached and trusted; every engine with a network declares them."""

SETTINGS = "VIDBUILD_VOICE:"
"""What the variables begin with by which steps receive the user's settings of a voice: a tool's name follows."""

PLUGIN = "VIDBUILD_PLUGIN:"
"""What the variables begin with by which steps load the engine of a plug-in: its name follows."""

OFFLINE = "VIDBUILD_OFFLINE"
"""The variable by which steps know that online voices must not be used, so that their fallbacks speak."""

RetryCallback = Callable[[int, float, str], None]
"""Called before an engine repeats a request: number of the next attempt, wait before it in seconds, what failed."""


WarningCallback = Callable[[str], None]
"""Called with what a user should know of a narration that is spoken all the same."""


def ignore_retry(attempt: int, wait: float, message: str) -> None:
    """Do nothing."""


def ignore_warning(message: str) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class VoiceProblem:
    """Why a voice's name is wrong. here: only on this machine, so that a declared fallback can speak instead."""

    message: str
    hint: str | None = None
    here: bool = False


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """One narration to speak.

    voice: the voice's name at the engine.
    language: the text's, such as "en" or "pt-br".
    wav_path: the file to write: PCM s16le, 48 kHz, mono.
    scratch: a folder for temporary files.
    env: the environment of programs that the engine starts.
    variables: the engine's own variables (`VoiceEngine.env`) that are set. No program receives them from here.
    rate: in percent of the voice's own: at 150, speech takes two thirds of the time.
    pitch: in Hz above the voice's own mean.
    ipa: (start, end, sounds) of parts of the text whose sounds the spec gives, in order; an engine that takes no sounds
        speaks the text.
    files: role -> a file of `ModelEngine.files`.
    """

    text: str
    voice: str
    language: str
    wav_path: Path
    scratch: Path
    env: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)
    rate: int = 100
    pitch: int = 0
    on_retry: RetryCallback = ignore_retry
    ipa: Sequence[tuple[int, int, str]] = ()
    on_warning: WarningCallback = ignore_warning
    files: Mapping[str, Path] = field(default_factory=dict)


def without_pitch(pitch: int) -> Iterator[tuple[str, str]]:
    """Yield what `VoiceEngine.unmet` yields for an engine whose voices have one pitch."""
    if pitch:
        yield "pitch", f"the engine cannot change a voice's pitch: {pitch:+d} Hz has no effect"


class VoiceEngine(Protocol):
    """One engine.

    summary: one line for the list of engines.
    names_hint: how voices are named, if `voices` cannot list them.
    network: whether its steps may open sockets.
    concurrency: how many steps may use it at a time; None is no limit.
    env: names of the environment variables that its steps receive, such as a proxy or an API key.
    """

    name: str
    summary: str
    names_hint: str
    network: bool
    concurrency: int | None
    env: tuple[str, ...]

    def stat_paths(self) -> Sequence[Path]:
        """Return the files of which one changes whenever `identity` can: it is remembered by their stats."""

    def identity(self) -> str:
        """Return what is in keys beside the voice: the engine's version. Never starts a process or uses a network."""

    def available(self) -> str | None:
        """Return None if the engine can be used on this machine, else what is missing, as a command or a sentence."""

    def voices(self) -> list[str]:
        """Return the names of the voices, without a network; empty if only a service has the list."""

    def languages(self) -> Mapping[str, str]:
        """Return voice -> its language by name, for the voices that can be listed."""

    def problem(self, name: str) -> VoiceProblem | None:
        """Return why a voice's name is wrong; None if it may be right."""

    def unmet(self, name: str, rate: int, pitch: int) -> Iterator[tuple[str, str]]:
        """Yield ("rate" or "pitch", what happens instead) for each setting with which a voice does not comply."""

    def unreadable(self, name: str, text: str) -> Iterator[tuple[str, str]]:
        """Yield (script, word) for words of the text that a voice is known to spell out or leave out."""

    def speak(self, request: SpeechRequest) -> Speech:
        """Write the narration to `request.wav_path`.

        Raises StepError if it cannot be spoken; UnreachableError if a service fails, after all attempts.
        """


class ConfiguredEngine(VoiceEngine, Protocol):
    """An engine whose voices have a source each that the user's settings define, such as a server or a program.

    Each source is a tool of its own, so that the key of a step depends on its own source alone.
    """

    def source(self, voice: str) -> str:
        """Return the name of the source of a voice."""

    def source_paths(self, source: str) -> Sequence[Path]:
        """Return the files of which one changes whenever the source's identity can. Raises UsageError."""

    def source_identity(self, source: str) -> str:
        """Return what is in keys for the source; never an address or an API key. Raises UsageError."""

    def source_network(self, source: str) -> bool:
        """Return whether steps that use the source may open sockets."""

    def source_settings(self, source: str) -> Mapping[str, Any] | None:
        """Return what its steps need of the settings, the API key included; None if the source is not defined.

        None of it is in a key, a trace or a log.
        """

    def readable(self) -> Iterator[Path]:
        """Yield files and folders outside the system's that its steps read. Raises UsageError."""


class ModelEngine(VoiceEngine, Protocol):
    """An engine that loads a model and keeps it: its steps run in workers of their own, which run no others.

    Its concurrency is 1, so that a build has one such worker.
    """

    def files(self, name: str) -> Mapping[str, Path]:
        """Return role -> a file that a voice needs beside the engine's own; its content is in keys."""


class Configured:
    """The answers of a ConfiguredEngine that knows nothing of its voices but their sources, each in keys by itself."""

    name = ""

    def identity(self) -> str:
        """Return the name: what decides the bytes is the identity of a source."""
        return self.name

    def stat_paths(self) -> Sequence[Path]:
        """Return no files, as the identity never changes."""
        return []

    def languages(self) -> Mapping[str, str]:
        """Return nothing: only the sources know."""
        return {}

    def unmet(self, _name: str, _rate: int, pitch: int) -> Iterator[tuple[str, str]]:
        """Yield a pitch, which none of them takes."""
        return without_pitch(pitch)

    def unreadable(self, _name: str, _text: str) -> Iterator[tuple[str, str]]:
        """Yield nothing: only the sources know what their voices can read."""
        return iter(())

    def source(self, voice: str) -> str:
        """Return the part of a voice's name that names its source."""
        return voice.partition("/")[0]

    def readable(self) -> Iterator[Path]:
        """Yield nothing outside the system's folders."""
        return iter(())
