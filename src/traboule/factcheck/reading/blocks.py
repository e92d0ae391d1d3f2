"""Find the paragraphs, lists and lines of a text that do not name an operation of ours.

In: a reading. Out: the sentences of those blocks. Guaranteed: a list belongs to the line that opens it; a text whose
title names an operation of ours is about it throughout; "it also ran …" makes no other sentence ours.
"""

from __future__ import annotations

from traboule.factcheck.reading.markers import is_wrapped
from traboule.factcheck.reading.operations import UNKNOWN_OPERATION, is_long_text
from traboule.factcheck.reading.text import TextReading

_BULLETS = frozenset("•-—*·>")
_ENDS = frozenset('.!?…؟。"»”)')
# A text that names an operation in so many blocks is about it throughout.
_THROUGHOUT = 3
_LONGEST_TITLE = 40


def apart_from_names(reading: TextReading) -> frozenset[int]:
    """Return the sentences of blocks that name no published operation; none where the whole text is about one."""
    if not is_long_text(reading.tokens):
        return frozenset()
    blocks = _blocks(reading)
    ours = {reading.tokens[name.first].sentence for name in reading.names if name.code != UNKNOWN_OPERATION}
    own_blocks = {blocks[sentence] for sentence in ours if not _is_aside(reading, sentence)}
    titled = bool(blocks) and _is_title(reading, blocks)
    if not ours or len(own_blocks) >= _THROUGHOUT or (0 in own_blocks and titled):
        return frozenset()
    if titled and 1 in own_blocks:
        # A title says in short what the lead below it says.
        own_blocks.add(0)
    return frozenset(sentence for sentence, block in enumerate(blocks) if block not in own_blocks)


def _is_aside(reading: TextReading, sentence: int) -> bool:
    """Tell whether a sentence names an operation beside another and counts nothing: "It also ran Liberterra II."."""
    counted_mentions = (
        m for m, kind in zip(reading.mentions, reading.kinds, strict=True) if m.kind != "article" and not kind
    )
    return reading.has_tag(sentence, sentence, "also") and not any(
        reading.tokens[mention.first].sentence == sentence for mention in counted_mentions
    )


def _blocks(reading: TextReading) -> list[int]:
    """Return the block of each sentence."""
    wrapped = is_wrapped(reading.folded)
    blocks: list[int] = []
    block, ended = 0, 0
    for first, last in reading.sentences:
        if first < last:
            gap = reading.folded.text[ended : reading.tokens[first].start]
            broken = gap.count("\n") > 1 if wrapped else "\n" in gap
            goes_on = gap.rstrip().endswith(":") or reading.text(first - 1) == ":" or _is_item(reading, first, gap)
            block += broken and bool(blocks) and not goes_on
            ended = reading.tokens[last - 1].end
        blocks.append(block)
    return blocks


def _is_item(reading: TextReading, first: int, gap: str) -> bool:
    """Tell whether a line is a list's item: behind a bullet, or a number behind a line that no full stop closes."""
    numbered = reading.tokens[first].kind == "number" and not any(sign in gap for sign in ".!?")
    return reading.text(first) in _BULLETS or numbered


def _is_title(reading: TextReading, blocks: list[int]) -> bool:
    """Tell whether the first block is a title: a line of its own without a full stop."""
    last = max(sentence for sentence, block in enumerate(blocks) if block == 0)
    end = reading.tokens[reading.sentences[last][1] - 1].end
    short = reading.sentences[last][1] <= _LONGEST_TITLE and reading.folded.text[end - 1] not in _ENDS
    return short and reading.folded.text[end:].lstrip(" ").startswith("\n")
