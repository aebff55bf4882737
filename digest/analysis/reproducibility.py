"""What a paper says about repeating it: code, weights, data, licence, compute, seeds; each with its sentence.

Read in all that was kept of the paper, appendix and footnotes with it, since these things often stand there alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.models.paper_facts import Availability, ReproducibilityFact, ReproducibilityTopic
from digest.models.paper_text import PaperText, ParagraphKind, SectionKind
from digest.text.sentences import sentences
from digest.text.text_blocks import TextBlock, text_blocks
from digest.text.urls import find_urls

_PATH = re.compile(r"//[^/]+/.")  # of an address; one without is a place's front page, or was cut at a line's end
_OWN = r"(?:our|the (?:source |full |complete |training |accompanying )?|all|this|source|its|open-source )"
_THING = {
    ReproducibilityTopic.CODE: r"(?:source ?code|code(?:base)?s?|implementation|software|scripts?)",
    ReproducibilityTopic.WEIGHTS: (
        r"(?:(?:model |pre-?trained |trained )?weights|(?:model )?checkpoints?|(?:pre-?)?trained models?"
        r"|models(?= are| have| will)|model(?= is| has| will|, data| and code))"
    ),
    ReproducibilityTopic.DATA: r"(?:data ?sets?|data|benchmark|corpus|corpora|annotations)",
}
_GIVEN = (
    r"(?<!which )(?<!that )(?:is|are|has been|have been|can be|may be)(?: also| now| all| both)?(?: made| being)?"
    r"(?: publicly| freely| openly| fully)? (?:available|released|open-?sourced?|published|deposited|hosted"
    r"|(?:found|downloaded|obtained|accessed|provided) "
    r"(?:at|on|from|here|online|via|in (?:our|the (?:suppl|repos)\w*)))"
    r"(?! under \[)"
)
_PROMISE = r"(?:will|shall|plan to|intend to|going to|upon (?:acceptance|publication)|soon)"
_REQUEST = re.compile(
    r"\b(?:up)?on (?:reasonable |any )?request\b|\bfrom the (?:corresponding )?authors?\b", re.IGNORECASE
)
_WITHHELD = re.compile(
    r"\b(?:not|cannot|can not|never|unable to)\b.{0,30}\b(?:available|release[ds]?|shar(?:e|ed)|public\w*|open)\b"
    r"|\b(?:is|are|remains?) (?:proprietary|confidential)",
    re.IGNORECASE,
)
_RELEASE = (
    r"\bwe (?:\w+ ){0,2}(?:release|open-?source|publish|make|share|provide) "
    r"(?:(?!in |of |for |to |on |some )[\w-]+,? ){0,5}?"
)
_OTHERS = re.compile(
    r"\b(?:their|his|her|official|original|authors[’'])\s+(?:\w+ )?(?:code|implementation|weights|data)", re.IGNORECASE
)
_HARDWARE = re.compile(
    r"(?:(?P<count>\d+|one|two|four|eight|sixteen|a single|single)[ ×x]*)?"
    r"(?:(?:NVIDIA|Nvidia|Google|Cloud|AMD|Intel|Tesla|GeForce|Quadro|Xeon)[ -])*"
    r"(?:A100|H100|H800|A800|V100|P100|K80|A6000|A40|L40S?|T4|MI\d{3}X?"
    r"|(?:GTX|RTX) ?\d{3,4}(?: ?Ti)?|TPU ?v\d\w*|TPUs?|GPUs?|CPU cores|cores)(?:[- ]?\d+ ?GB)?"
    r"(?: (?:GPUs?|TPUs?|chips|cores))?"
)
_TRAINED = re.compile(
    r"\b(?:train|ran|run|experiment|fine-?tun|comput|simulat|hours?|days?|perform|conduct|us(?:e|ed|ing))\w*",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\b(?:\d[\d.,]*|one|two|three|several|a few) (?:GPU[- ]|TPU[- ]|CPU[- ]|core[- ])?(?:hours?|days?|weeks?)\b"
)
_SEEDS = re.compile(
    r"\b(?:\d+|two|three|four|five|ten|several|multiple|different|fixed|same) "
    r"(?:different |random |independent )*seeds?\b"
    r"|\b(?:random )?seeds? (?:is |was |are |were )?(?:fixed|set) (?:to|at|in)\b[^.,;]{0,20}|\brandom seeds? of \d+"
    r"|\b(?:over|from|across) (?:\d+|three|four|five|ten) (?:independent |different |random )*"
    r"(?:runs|trials|repetitions)\b",
    re.IGNORECASE,
)
_LICENCE = re.compile(
    r"\b(?:Apache(?:[- ]?2\.0| License)?|MIT|BSD(?:[- ][23]-Clause)?|A?L?GPL(?:v?[23](?:\.0)?)?"
    r"|CC[- ](?:BY(?:-[A-Z]{2})*|0)(?:[ -]\d\.\d)?|Creative Commons [\w -]{2,40}?\d\.\d)(?= |[,.;)]|$)"
)
_NEAR_LICENCE = re.compile(r"\b(?:licen[cs]ed?|Creative Commons)\b", re.IGNORECASE)
_RELEASED = re.compile(
    r"\b(?:releas|available|distribut|publish|licen[cs]ed under|open-?sourc|provided|our)\w*", re.IGNORECASE
)


def reproducibility(text: PaperText) -> tuple[ReproducibilityFact, ...]:
    """One fact a topic at most, in the order of the topics: the clearest sentence, else the first."""
    best: dict[ReproducibilityTopic, tuple[int, ReproducibilityFact]] = {}
    for block, sentence, page in _sentences(text):
        section = text.sections[block.section].label or None if block.section is not None else None
        for topic, availability, detail in _facts(sentence):
            clarity = 2 * bool(detail) + (availability is not Availability.PROMISED)
            if topic not in best or clarity > best[topic][0]:
                best[topic] = clarity, ReproducibilityFact(topic, availability, detail, sentence, section, page)
    return tuple(best[topic][1] for topic in ReproducibilityTopic if topic in best)


def unstated(text: PaperText) -> tuple[ReproducibilityTopic, ...]:
    """The topics on which the paper says nothing; none where it was not read to its end, for then nobody knows."""
    if text.partial is not None or text.pages_read < text.pages:
        return ()
    stated = {fact.topic for fact in reproducibility(text)}
    return tuple(topic for topic in ReproducibilityTopic if topic not in stated)


def _sentences(text: PaperText) -> Iterator[tuple[TextBlock, str, int]]:
    for block in text_blocks(text):
        is_reference = block.section is not None and text.sections[block.section].kind is SectionKind.REFERENCES
        is_prose = block.kind in (ParagraphKind.PROSE, ParagraphKind.LIST_ITEM) or block.role == "footnote"
        if is_prose and not is_reference:
            for start, end in sentences(block.text):
                yield block, " ".join(block.text[start:end].split()), block.page_at(block.start + start)


def _facts(sentence: str) -> Iterator[tuple[ReproducibilityTopic, Availability, str]]:
    if _OTHERS.search(sentence):
        return
    for topic, thing in _THING.items():
        if (availability := _availability(sentence, thing)) is not None:
            addresses = [url for url, _ in find_urls(sentence) if _PATH.search(url)]
            yield topic, availability, addresses[0] if addresses else ""
    if _NEAR_LICENCE.search(sentence) and _RELEASED.search(sentence) and (licence := _LICENCE.search(sentence)):
        yield ReproducibilityTopic.LICENCE, Availability.STATED, licence.group().strip()
    if (hardware := _HARDWARE.search(sentence)) and _TRAINED.search(sentence):
        duration = _DURATION.search(sentence)
        if hardware["count"] or duration or any(c.isdigit() for c in hardware.group()):
            details = [hardware.group().strip(), duration.group() if duration else ""]
            yield ReproducibilityTopic.COMPUTE, Availability.STATED, ", ".join(filter(None, details))
    if seeds := _SEEDS.search(sentence):
        yield ReproducibilityTopic.SEEDS, Availability.STATED, seeds.group().strip()


def _availability(sentence: str, thing: str) -> Availability | None:
    """What a sentence says of the paper's own code, weights or data; None where it says nothing of them."""
    own_pattern = rf"\b{_OWN} ?(?:\w+(?:,| and|/|-)? ){{0,4}}?{thing}\b"
    opening = rf"^(?:\W*)(?:\w+(?:,| and|/|&)? ){{0,2}}?{thing}\b"
    subject = rf"(?:{own_pattern}|{opening})(?: \w+){{0,8}}?"
    match = re.search(rf"{own_pattern}|{opening}", sentence, re.IGNORECASE)
    if match and _REQUEST.search(sentence):
        return Availability.ON_REQUEST
    promise = rf"{subject}[^.;]{{0,40}}?\b{_PROMISE}\b|\bwe (?:will|plan to|intend to)\b[^.;]{{0,40}}\b{thing}\b"
    if re.search(promise, sentence, re.IGNORECASE):
        promised = re.search(r"\b(?:releas|available|public|open-?sourc|shar)\w*", sentence, re.IGNORECASE)
        return Availability.PROMISED if promised else None
    if match and _WITHHELD.search(sentence):
        return Availability.WITHHELD
    is_given = re.search(rf"{subject}[^.;]{{0,50}}?\b{_GIVEN}\b", sentence, re.IGNORECASE)
    if is_given or re.search(rf"{_RELEASE}{thing}\b", sentence, re.IGNORECASE):
        return Availability.AVAILABLE
    if re.search(rf"{opening}\s*(?::|at\b)", sentence, re.IGNORECASE) and find_urls(sentence):
        return Availability.AVAILABLE
    return None
