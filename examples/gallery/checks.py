"""Checks of the shop."""

from lighthouse import Failed, check, get


@check("search answers in half a second")
def search() -> None:
    answer = get("https://shop.example/search?q=lamp")
    if answer.seconds > 0.5:
        raise Failed(f"took {answer.seconds:.1f} s")
