"""The forms of words to which `pronounce` applies."""

from __future__ import annotations

import pytest

from tests.support.spec_lab import Project
from vidbuild.spec import narration, pronounce

ENTRIES = {
    "kubectl": "kube control",
    "API": "A P I",
    "C++": "see plus plus",
    "->": "to",
    "設定": "せってい",
    "bus": "coach",
}


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Kubectl is here.", "Kube control is here."),
        ("kubectls and kubectl's", "kube controls and kube control's"),
        ("the kubectl\u2019s flags", "the kube control\u2019s flags"),
        ("kubectl-based", "kube control-based"),
        ("kubectl/helm, or kubectl—then", "kube control/helm, or kube control—then"),
        ("Two APIs, an API's users, APIs' users", "Two A P Is, an A P I's users, A P Is' users"),
        ("buses", "coaches"),
        ("(C++), C++/API", "(see plus plus), see plus plus/A P I"),
        ("a->b -> c", "a to b to c"),
        ("まず設定画面を", "まずせってい画面を"),
        ("kubectlx xkubectl kubectl_x KUBECTL api apis", "kubectlx xkubectl kubectl_x KUBECTL api apis"),
    ],
)
def test_forms_of_a_word(text: str, spoken: str) -> None:
    """Plurals, possessives, compounds and a capital at the start are pronounced as the word; other words are not."""
    assert narration.parse(text, pronounce.from_spec(ENTRIES), "en").spoken.lower() == spoken.lower()


def test_a_form_with_an_entry_of_its_own_keeps_it() -> None:
    """An entry for a form wins over the form of a shorter entry, and a hyphen alone is no part of compounds."""
    entries = pronounce.from_spec({"API": "A P I", "APIs": "apeez", "API-key": "key", "-": "minus"})
    assert narration.parse("API-key APIs 5 - 3 API-based", entries, "en").spoken == "key apeez 5 minus 3 A P I-based"


def test_an_entry_that_nothing_uses_is_a_warning(project: Project) -> None:
    """An unused entry is a warning at its key; an entry that only a form uses is used."""
    text = (
        "vidbuild: 1\ntitle: A\npronounce: {kubectl: kube control, Kubernetes: koober}\nscenes:\n"
        '  - {id: a, type: title, title: A, narration: "kubectl\'s flags"}\n'
    )
    assert project.problems(text) == [(3, 36, "no narration uses 'Kubernetes'", "remove it, or check its spelling")]


def test_entries_and_narrations_in_any_unicode_form(project: Project) -> None:
    """An entry in NFD applies to a narration in NFC, and the other way round."""
    decomposed, composed = "cafe\u0301", "caf\xe9"
    for entry, word in ((decomposed, composed), (composed, decomposed)):
        text = (
            f"vidbuild: 1\ntitle: A\npronounce: {{{entry}: kaffay}}\nscenes:\n"
            f"  - {{id: a, type: title, title: A, narration: the {word}}}\n"
        )
        assert project.problems(text) == []
