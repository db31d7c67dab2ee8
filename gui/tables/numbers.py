"""Whole numbers as the window writes them."""

from __future__ import annotations

THIN = "\u2009"


def grouped(n: int) -> str:
    """Write a whole number in groups of three from ten thousand on, in any language."""
    return f"{n:,}".replace(",", THIN) if abs(n) >= 10_000 else str(n)
