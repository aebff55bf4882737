"""Sentences of papers."""

import pytest

from digest.text.sentences import is_chinese, sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "As Fig. 2 shows, the map (cf. Sec. 3.1) is right in 81.4 % of cases, i.e. often.",
        "Okafor et al. (2021) and J. Moor use e.g. Eq. 3 with p. 5 of vol. 2.",
        "The rate is 2.0 BLEU higher than that of U.S. Patents in Dr. Reed's list.",
        "It holds w.r.t. Theorem 2 and i.i.d. Samples of No. 5.",
        "The v2.1 release of Lantern 3.5 Turbo vs. GridStar is faster.",
        "1. We introduce a map.",
    ],
)
def test_a_full_stop_inside_a_sentence_is_no_end(sentence: str) -> None:
    """Abbreviations, initials, numbers and the numbers of list items."""
    assert split(sentence) == [sentence]


@pytest.mark.parametrize(
    "parts",
    [
        ["It works.", "We show that."],
        ["Does it work?", "Yes!", "It does."],
        ["He said “it works.”", "We agree."],
        ["It holds for all X.", "We prove it."],
        ["This was done by Okafor et al.", "The map is theirs."],
        ["It has maps, plans, etc.", "We use them."],
        ["The code is public.1", "Data are not."],
        ["We cite it [3].", "(See the appendix.)", "Then we stop."],
        ["这是第一句。", "这是第二句！", "“真的吗？”", "是的。"],
        ["We write 中文。", "And English."],
        ["It is 3.5.", "The rest is 4."],
    ],
)
def test_sentences_end_where_they_end(parts: list[str]) -> None:
    """Full stops, questions, quotations, footnote numbers, Chinese marks."""
    joined = "".join(part + ("" if is_chinese(part) else " ") for part in parts)

    assert split(joined) == parts


def test_offsets_have_no_white_space() -> None:
    """A sentence begins and ends with its own characters; what has no end is a sentence too."""
    text = "  One is here.   Two has no end "

    assert split(text) == ["One is here.", "Two has no end"]
    assert sentences("   ") == []


def test_chinese_is_told_by_its_share() -> None:
    """A Chinese sentence with English names in it is Chinese."""
    assert is_chinese("我们提出 Lantern 规划器。")
    assert not is_chinese("We propose Lantern (灯笼).")
