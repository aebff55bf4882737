"""What is known of metrics: how they are called, which way is better, and whether they are per cent."""

from __future__ import annotations

import re
from decimal import Decimal

_HIGHER = (
    r"accurac(?:y|ies)|acc\.?|F-?1|F-?score|F-?measure|precision|recall|m?AP(?:@?\[?[\d.:]+\]?)?|AU-?(?:RO)?C|AUPRC"
    r"|BLEU(?:-\d)?|ROUGE(?:-[\dL])?|METEOR|CIDEr|chrF\+*|BERTScore|COMET|exact match|EM|success(?: rates?)?|SR|SPL"
    r"|win rate|hit@?\d+|hits@?\d+|R@\d+|P@\d+|NDCG(?:@\d+)?|MRR|m?IoU|dice|PSNR|SSIM|R2|R²|pass@\d+|reward|return"
    r"|TEDS?|ELO|top-?[15]|throughput|FPS|kappa|MCC|sensitivity|specificity|准确率|精度|召回率|成功率"
)
_LOWER = (
    r"error(?: rates?)?|err\.?|loss|perplexity|PPL|RMSE|MAE|MSE|MAPE|NLL|FID|LPIPS|WER|CER|EER|TER|ADE|FDE|collisions?"
    r"|latency|regret|EPE|KL|BPC|bits per (?:character|byte|dim)|misclassification|错误率|误差"
)
_COST = re.compile(
    r"#|\b(?:params?|parameters|G?FLOPs|MACs|sizes?|year|venue|epochs?|layers?|dim|memory|GPUs?|hours?"
    r"|time(?! series)|tokens|backbone|steps|batch|width|depth|rank|costs?|n|samples?)\b",
    re.IGNORECASE,
)
_BENCHMARKS = re.compile(  # data sets whose score is one of right answers
    r"\b(?:MMLU|HellaSwag|WinoG\w*|PIQA|ARC|NQ|TriviaQA|HumanEval|MBPP|GSM8K|MATH|BBH|AGIEval|TruthfulQA|C-Eval|CMMLU"
    r"|GPQA|(?:Super)?GLUE|SQuAD|MT[- ]Bench|AlpacaEval|LIBERO|CALVIN|MMMU|VQAv2|GQA|ScienceQA)\b",
    re.IGNORECASE,
)
_UP, _DOWN = re.compile(r"[↑⇑]|higher is better"), re.compile(r"[↓⇓]|lower is better")
_PERCENTAGES = re.compile(
    r"\b(?:accurac(?:y|ies)|acc|F-?1|precision|recall|m?AP|EM|exact match|success(?: rates?)?|SR|BLEU|ROUGE|WER|CER"
    r"|error(?: rates?)?|err|m?IoU|win rate|top-?[15])\b|准确率|召回率|成功率",
    re.IGNORECASE,
)
_HIGHER_PATTERN = re.compile(rf"(?<![\w-])(?:{_HIGHER})(?![\w])", re.IGNORECASE)
_LOWER_PATTERN = re.compile(rf"(?<![\w-])(?:{_LOWER})(?![\w])", re.IGNORECASE)


def metric_in(text: str) -> str:
    """The first metric that a text names, as it names it; "" for none."""
    matches = [m for pattern in (_HIGHER_PATTERN, _LOWER_PATTERN) if (m := pattern.search(text))]
    return min(matches, key=lambda match: match.start()).group() if matches else ""


def direction_of(text: str) -> bool | None:
    """Whether higher is better: by an arrow, else by the metric's name; None where neither says so, or both ways."""
    if bool(_UP.search(text)) is not bool(_DOWN.search(text)):
        return bool(_UP.search(text))
    lower = bool(_LOWER_PATTERN.search(text))
    higher = bool(_HIGHER_PATTERN.search(text) or (not lower and _BENCHMARKS.search(text)))
    return None if higher is lower else higher


def is_cost(name: str) -> bool:
    """Whether a column is of sizes, times and the like rather than of results."""
    return _COST.search(name) is not None and not metric_in(name)


def is_percentage(name: str, caption: str, cell: str, value: Decimal) -> bool:
    """Whether a difference of such values is in percentage points: a per cent sign, or a share given up to 100."""
    if "%" in f"{name} {cell}":
        return True
    return 1 < abs(value) <= 100 and bool(_PERCENTAGES.search(name) or "%" in caption)
