"""Plurals of English, Latin and Greek, as keywords see them."""

# ruff: noqa: SIM905 (lists of words)

import pytest

from digest.matching.matcher import Matcher
from digest.models.paper import Paper
from digest.text.plurals import singular

ALIKE = """
aurora/aurorae larva/larvae optimum/optima quantum/quanta symposium/symposia nucleus/nuclei fungus/fungi
helix/helices cortex/cortices diagnosis/diagnoses parenthesis/parentheses dialysis/dialyses
polyhedron/polyhedra taxon/taxa mitochondrion/mitochondria pneumococcus/pneumococci stigma/stigmata
plateau/plateaux tooth/teeth wife/wives calf/calves bonus/bonuses genius/geniuses consensus/consensuses
movie/movies atlas/atlases cause/causes house/houses excuse/excuses base/bases basis/bases use/uses
ellipse/ellipses ellipsis/ellipses device/devices valve/valves gas/gases index/indexes index/indices
radius/radiuses rose/roses disease/diseases man/men specimen/specimens size/sizes policy/policies
""".split()
APART = """
area/are idea/ide camera/camer basis/base ellipsis/ellipse specimen/speciman alibi/alibus cause/caus
physics/physic lambda/lambdum series/serie news/new species/specie axis/ax medium/medias reggae/regga
regimen/regiman
""".split()


def finds(keyword: str, word: str) -> bool:
    return bool(Matcher([keyword]).matches(Paper("2601.00001", 1, f"On {word} of gloves", (), "", ("cs.RO",))))


@pytest.mark.parametrize("pair", ALIKE)
def test_singular_and_plural_find_each_other(pair: str) -> None:
    one, several = pair.split("/")
    assert finds(one, several)
    assert finds(several, one)
    assert finds(f"{one} of gloves", several)


@pytest.mark.parametrize("pair", APART)
def test_other_words_are_left_alone(pair: str) -> None:
    one, other = pair.split("/")
    assert not finds(one, other)


@pytest.mark.parametrize("pair", ALIKE)
def test_a_singular_is_the_form_of_itself(pair: str) -> None:
    one = pair.split("/")[0]
    assert singular(singular(one)) == singular(one)
