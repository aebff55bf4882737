"""English plurals, with the Latin and Greek ones of the sciences: one form for `spectrum` and `spectra`. Pure.

Endings that tell (`-ae`, `-theses`) are rules; where the same ending is also a singular's (`-a`, `-i`), only listed
words count, so that `area` and `alibi` are left alone.
"""

# ruff: noqa: SIM905 (lists of words)

from __future__ import annotations

from collections.abc import Iterable, Mapping

_UM = (
    "spectrum maximum minimum optimum extremum supremum infimum curriculum bacterium equilibrium medium stratum "
    "substratum quantum momentum symposium consortium memorandum addendum erratum corrigendum continuum vacuum ovum "
    "aquarium terrarium millennium compendium colloquium gymnasium atrium cranium mycelium epithelium endothelium "
    "flagellum cilium cerebellum septum desideratum cerebrum interregnum planetarium sanatorium spermatozoum"
)
_ON = "criterion phenomenon automaton taxon ganglion mitochondrion noumenon plasmon"
_US = (
    "focus locus radius stimulus torus nucleus fungus cactus alumnus bacillus syllabus thesaurus gyrus sulcus embolus "
    "thrombus villus calculus modulus annulus cumulus rhombus abacus hippocampus octopus colossus tumulus "
    "hypothalamus thalamus papyrus stylus terminus nodulus bronchus meniscus uterus humerus"
)
_IX = "matrix helix appendix radix cervix directrix separatrix"
_EX = "vertex index simplex cortex vortex apex codex"
_SIS = "crisis oasis diagnosis prognosis metamorphosis neurosis psychosis symbiosis emphasis mitosis meiosis nemesis"
_FE = "knife life wife"
_F = "leaf half wolf calf shelf thief loaf elf self scarf"
_PLUS_ES = "bias lens alias gas bus atlas canvas plus pancreas quiz"  # whose plurals would lose an -e- too many

_MORE = {
    "datum": "data",  # the form that people read
    "axes": "axis", "corpora": "corpus", "genera": "genus", "children": "child", "mice": "mouse", "lice": "louse",
    "feet": "foot", "teeth": "tooth", "geese": "goose", "oxen": "ox", "men": "man", "viscera": "viscus",
    "testes": "testis", "quizzes": "quiz", "apices": "apex", "codices": "codex",
}  # fmt: skip


def _pairs() -> Iterable[tuple[str, str]]:
    yield from ((word[:-2] + "a", word) for word in f"{_UM} {_ON}".split())
    yield from ((word[:-2] + "i", word) for word in _US.split())
    yield from ((word[:-2] + "ices", word) for word in f"{_IX} {_EX}".split())
    yield from ((word[:-2] + "es", word) for word in _SIS.split())
    yield from ((word[:-2] + "ves", word) for word in _FE.split())
    yield from ((word[:-1] + "ves", word) for word in _F.split())
    yield from ((word + "es", word) for word in _PLUS_ES.split())


_IRREGULAR: Mapping[str, str] = {**dict(_pairs()), **_MORE}

AMBIGUOUS: Mapping[str, str] = {"basis": "bases", "ellipsis": "ellipses"}
"""Singular -> a plural that another word has, too: `bases` is of `base` as well, and that is its form here."""

# Endings of plurals -> of their singulars, longest first.
_ENDINGS = (
    ("theses", "thesis"), ("lyses", "lysis"), ("stases", "stasis"), ("women", "woman"),
    ("hedra", "hedron"), ("cocci", "coccus"), ("mata", "ma"), ("eaux", "eau"), ("ae", "a"),
)  # fmt: skip
_NO_ENDING = frozenset("reggae sundae tae brae vae mata data".split())
# Ends in "s" but is no plural, so that "robotic" and "new" are other words.
_NO_PLURAL = (
    "ss", "us", "is", "news", "series", "species", "lens", "bias", "alias", "atlas", "canvas", "dynamics", "physics",
    "robotics", "mechanics", "matics", "linguistics", "graphics", "analytics", "semantics", "nomics", "ethics",
    "optics", "electronics", "acoustics", "photonics", "genetics", "kinetics", "plus", "pancreas",
)  # fmt: skip
# `statuses` is of `status`; but `uses`, `causes`, `houses` and `confuses` end in an -e.
_OF_US = tuple(f"{letter}uses" for letter in "bcdgilmnprst")
_OF_USE = frozenset(
    "abuses accuses amuses bemuses disabuses excuses misuses muses peruses recuses ruses spouses druses".split()
)


def singular(word: str) -> str:
    """One form for the singular and the plural of an English word in small letters; not always a word itself
    (`caches` -> cach)."""
    irregular = _IRREGULAR.get(word)
    if irregular is not None:
        return irregular
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    if word[-1] in "aeinsx":
        for plural, of_one in _ENDINGS:
            if word.endswith(plural) and word not in _NO_ENDING and len(word) > 4:
                return word[: -len(plural)] + of_one
    if not word.endswith(("s", "e")):
        return word
    if word.endswith(_OF_US) and word not in _OF_USE:
        return word[:-2]
    if word.endswith("s") and not word.endswith(_NO_PLURAL):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    if word.endswith("ie") and len(word) > 4:
        return word[:-2] + "y"  # movie and movies
    return word[:-1] if word.endswith(("sse", "che", "she", "xe", "ze", "oe")) else word
