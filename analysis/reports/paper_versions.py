"""Which variant of each case stands on which copy of a form."""

from __future__ import annotations

import random
from itertools import product

from surveys.model import Instrument, Item

Version = dict[str, str]
"""Letter of the variant by the id of the item that carries the variants."""


def form_versions(instrument: Instrument) -> tuple[Version, ...]:
    """Return the different versions of the form.

    With one or two cases these are all combinations. With three or more cases of equally many
    variants it is a regular fraction in which the main effects stay orthogonal: for three cases of
    two variants AAA, ABB, BAB, BBA.
    """
    cases = varied_items(instrument)
    letters = [[variant.id for variant in item.variants] for item in cases]
    counts = {len(each) for each in letters}
    made = []
    for combination in product(*(range(len(each)) for each in letters)):
        if len(cases) >= 3 and len(counts) == 1 and sum(combination) % min(counts):
            continue
        chosen = zip(cases, letters, combination, strict=True)
        made.append({item.id: each[place] for item, each, place in chosen})
    return tuple(made)


def allot(instrument: Instrument, copies: int, seed: int) -> tuple[Version, ...]:
    """Return the version of each copy: every version equally often, in random order in each round.

    Parameters
    ----------
    copies
        How many forms.
    seed
        Of the random order; the same seed gives the same allotment.
    """
    versions = list(form_versions(instrument))
    chance = random.Random(seed)  # noqa: S311 - the order of printed forms guards nothing
    allotted: list[Version] = []
    while len(allotted) < copies:
        chance.shuffle(versions)
        allotted += versions
    return tuple(allotted[:copies])


def varied_items(instrument: Instrument) -> tuple[Item, ...]:
    """Return the items with variants in order of presentation."""
    return tuple(item for item in instrument.presented() if item.variants)


def name_of(version: Version) -> str:
    """Return the letters of a version, for example ``ABB``; empty where nothing varies."""
    return "".join(version.values())


def recording_items(instrument: Instrument) -> frozenset[str]:
    """Return the ids of the items that record a variant; they are printed, not asked."""
    known = {item.id for item in instrument.items}
    names = {f"{item.vignette or item.id}_variant" for item in varied_items(instrument)}
    return frozenset(names & known)
