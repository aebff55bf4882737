"""Authors' names in parts, as reference managers want them: given name, particle, family name, suffix. Pure.

A particle in small letters (`van`, `de la`) is recognised wherever BibTeX would see one: any word in small letters
between the first and the last. One in capitals (`Van Durme`) needs a list, since `Le` and `Di` are given names, too.
"""

# ruff: noqa: SIM905 (lists of words)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from digest.text.latex.latex_to_text import latex_to_text

# Particles that may be written with a capital: only directly before the family name, and never as the first word.
_CAPITAL_PARTICLES = frozenset(
    "Van Von Vander Vanden Vom Zu Zum Zur Der Den De Da Do Dos Das Del Della Delle Dello Degli Dei Di Du Des La "
    "Le Los Las Ter Ten Af El Al Bin Ibn Ben Abu Aït Ait Ould St St. Saint Mac Mc Ó Ní Nic Uí 'T".split()
)
_CONNECTORS = frozenset("e i y".split())  # García y Vega: part of the family name, with the word before
# Surnames beside which `Di`, `Le` or `Van` in the middle is a given name: Xiao Di Wu, Hung Van Nguyen.
_EAST_ASIAN = frozenset(
    "Bai Cai Cao Chang Chen Cheng Choi Chu Cui Dai Deng Ding Dong Du Duan Fan Fang Feng Fu Gao Gong Gu Guo Han "
    "Hao He Hong Hou Hu Huang Jang Jia Jiang Jin Jung Kang Kim Kong Kwon Lai Lee Lei Li Liang Liao Lim Lin Liu "
    "Long Lu Luo Lv Ma Mao Meng Mo Ni Pan Park Peng Qi Qian Qiao Qin Qiu Ren Seo Shao Shen Shi Shin Song Su Sun "
    "Tan Tang Tao Tian Wan Wang Wei Wen Wu Xia Xiang Xiao Xie Xiong Xu Xue Yan Yang Yao Ye Yi Yin Yoo Yoon Yu "
    "Yuan Zeng Zhang Zhao Zheng Zhong Zhou Zhu Zou Nguyen Tran Le Pham Phan Hoang Huynh Vu Vo Dang Bui Do Ho Ngo "
    "Duong Ly Trinh Dinh Doan Luong Truong".split()
)
_VIETNAMESE = frozenset("nguyen tran le pham phan hoang huynh vu vo dang bui do ho ngo duong trinh dinh doan".split())
# After a particle these end a given name: María del Carmen García.
_DEVOTIONAL = frozenset("angeles carmen dios dolores fatima jesus lourdes mar milagros pilar rosario".split())

_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV|VI{1,3}|2nd|3rd|[4-9]th", re.IGNORECASE)
_DEGREE = re.compile(r"(?:Ph\.?\s?D|M\.?D|D\.?Phil|Esq|B\.?Sc|M\.?Sc)\.?")
_TITLE = re.compile(r"(?:Dr|Prof|Professor)\.?(?:-Ing\.)?", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|（[^（）]*）|\[[^\[\]]*\]|【[^【】]*】)")
_HAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")

_GROUP_WORD = re.compile(
    r"\b(?:collaborations?|consortium|teams?|group|project|labs?|laborator(?:y|ies)|initiative|institut[eo]?|"
    r"university|workshop|foundation|cent(?:er|re)|department|network|alliance|society|organi[sz]ations?|company|inc|"
    r"gmbh|ltd|corp(?:oration)?|committee|community|observatory|mission|experiment|association|federation|council|"
    r"agency|programme?|contributors|participants|organi[sz]ers|authors|partnership|coalition|task force|"
    r"working party|kollaboration|équipe)\b|团队|实验室|协作组",
    re.IGNORECASE,
)
_GROUP_END = frozenset(
    "AI AGI LLM ML Research Intelligence Robotics Dynamics Technologies Technology Systems Survey Cloud Studio "
    "Studios Labs Code Foundry Computing Sciences".split()
)
_COMPANIES = frozenset(
    "google microsoft nvidia meta deepmind openai anthropic amazon aws ibm intel qualcomm samsung tencent alibaba "
    "baidu bytedance huawei xiaomi meituan deepseek qwen moonshot minimax stepfun zhipu baichuan internlm hunyuan "
    "mistral cohere salesforce databricks snowflake xai bigscience bigcode eleutherai huggingface cern nasa "
    "inria".split()
)
_ON_BEHALF = re.compile(r"(?:the|for the|on behalf of)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PersonName:
    """An author. Without `family` it is a group's name, or one of a single word, whole in `literal`."""

    literal: str
    family: str = ""
    given: str = ""
    particle: str = ""  # von, de la, Van
    suffix: str = ""  # Jr., III

    @property
    def surname(self) -> str:
        """The family name with the particle before it, or all there is."""
        return f"{self.particle} {self.family}".strip() if self.family else self.literal


def person_name(author: str) -> PersonName:
    """An author's name in parts, from LaTeX or Unicode, as `Ada Lovelace` or `Lovelace, Ada`."""
    whole = latex_to_text(author)
    plain = _without_other_script(whole)
    words, suffix = _without_titles(plain)
    if len(words) < 2 or _is_group(plain, words):
        return PersonName(plain or whole)
    inverted = next((n for n, word in enumerate(words[:-1]) if word.endswith(",")), None)
    words = [word.strip(",") for word in words]
    if inverted is not None:
        return _inverted(plain, words[: inverted + 1], words[inverted + 1 :], suffix)
    start, family = _family_start(words)
    return PersonName(plain, " ".join(words[family:]), " ".join(words[:start]), " ".join(words[start:family]), suffix)


def _without_other_script(whole: str) -> str:
    """The name without what stands in brackets, and without its Chinese form beside the Latin one."""
    outside = " ".join(_BRACKETED.sub(" ", whole).split()).strip(" ,")
    words = outside.split()
    latin = [word for word in words if not _HAN.search(word)]
    return " ".join(latin if _LATIN.search(" ".join(latin)) else words) or whole


def _without_titles(name: str) -> tuple[list[str], str]:
    """The words of a name without titles and degrees, and its suffix."""
    words = name.split()
    while len(words) > 2 and _TITLE.fullmatch(words[0]):
        words = words[1:]
    suffix = ""
    while len(words) > 2:
        last = words[-1].rstrip(",")
        if _DEGREE.fullmatch(last) or (last.lower().rstrip(".") == "al" and words[-2].lower() == "et"):
            words = words[: -1 if _DEGREE.fullmatch(last) else -2]
        elif _SUFFIX.fullmatch(last) and not suffix:
            suffix, words = last, words[:-1]
        else:
            break
    return [*words[:-1], words[-1].rstrip(",")] if words else [], suffix


def _is_group(name: str, words: Sequence[str]) -> bool:
    if _GROUP_WORD.search(name) or _ON_BEHALF.match(name) or words[-1] in _GROUP_END:
        return True
    return any(word.lower().split("-")[0] in _COMPANIES for word in (words[0], words[-1]))


def _inverted(name: str, before: list[str], after: list[str], suffix: str) -> PersonName:
    """`de la Cruz, Juan`, and `Cruz, Juan de la`."""
    if len(after) > 1 and _SUFFIX.fullmatch(after[0]):
        suffix, after = after[0], after[1:]
    trailing = len(after)
    while trailing > 1 and _is_small(after[trailing - 1]):
        trailing -= 1
    leading = next((n for n, word in enumerate(before[:-1]) if not _is_particle(word)), len(before) - 1)
    particle = [*after[trailing:], *before[:leading]]
    return PersonName(name, " ".join(before[leading:]), " ".join(after[:trailing]), " ".join(particle), suffix)


def _family_start(words: Sequence[str]) -> tuple[int, int]:
    """The places at which the particle and the family name begin; the same where there is no particle."""
    last = len(words) - 1
    start = _first_small(words)
    if start is None:
        start = last
        while start > 1 and _is_capital_particle(words, start - 1):
            start -= 1
        return start, last
    if words[start] in _CONNECTORS:
        start = max(1, start - 1)
        return start, start
    while start > 1 and words[start - 1] in _CAPITAL_PARTICLES:
        start -= 1
    family = start
    while family < last and _is_particle(words[family]):
        family += 1
    return start, family


def _first_small(words: Sequence[str]) -> int | None:
    """Where the first particle in small letters stands; None in a name without one, or all in small letters."""
    last = len(words) - 1
    if _is_small(words[0]) or _folded(words[0]) in _VIETNAMESE:
        return None
    for position in range(1, last):
        if not _is_small(words[position]):
            continue
        following = next((n for n in range(position, last) if not _is_small(words[n])), last)
        if _folded(words[following]) in _DEVOTIONAL and following < last:
            return next((n for n in range(following + 1, last) if _is_small(words[n])), None)
        return position
    return None


def _is_capital_particle(words: Sequence[str], position: int) -> bool:
    if words[position] not in _CAPITAL_PARTICLES:
        return False
    return words[-1] not in _EAST_ASIAN and _folded(words[0]) not in _VIETNAMESE


def _is_particle(word: str) -> bool:
    return _is_small(word) or word in _CAPITAL_PARTICLES


def _is_small(word: str) -> bool:
    return word.islower() and _LATIN.search(word) is not None


def _folded(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.lower().replace("đ", "d"))
    return "".join(char for char in letters if char.isalpha())
