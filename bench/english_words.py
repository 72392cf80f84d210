"""Make the dictionary that keeps good words from being repaired into names.

    python bench/english_words.py PATH/vocab.txt > bot/voice/english_words.txt

The vocabulary is that of BERT base uncased (Apache-2.0), one word piece a line.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.voice.ordinary import ORDINARY, is_ordinary

HEAD = """\
# Whole words of five letters and more from the vocabulary of BERT base uncased (Google, Apache-2.0)
# that are not in ordinary.py, nor forms of words there. Made by bench/english_words.py.
"""


def main(path: Path) -> None:
    """Print the dictionary, in order of the alphabet."""
    pieces = path.read_text(encoding="utf-8").splitlines()
    words = {word for word in pieces if re.fullmatch("[a-z]{5,}", word)}
    kept = sorted(word for word in words if word not in ORDINARY and not is_ordinary(word))
    sys.stdout.write(HEAD + textwrap.fill(" ".join(kept), 100) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
