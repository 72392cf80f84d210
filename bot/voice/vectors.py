"""What a text means, as a vector of length one; the dot product of two tells how alike they are.

Vectors come from outside (`bot.semantic`) and are kept as a byte a dimension, which changes a
similarity by less than 0.01.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

_MOST: Final = 127


def pack(vector: Vector | None) -> bytes:
    """A vector in a byte a dimension, scaled by its greatest value; no vector is no byte."""
    import numpy as np

    if vector is None:
        return b""
    greatest = max(float(np.abs(vector).max()), 1e-9)
    scaled: Vector = np.rint(vector * (_MOST / greatest))
    return scaled.astype(np.int8).tobytes()


def unpack(kept: Sequence[bytes]) -> Vector:
    """Packed vectors of one size, none of them empty, as the rows of a matrix of unit vectors."""
    import numpy as np

    size = len(kept[0]) if kept else 0
    rows = np.frombuffer(b"".join(kept), dtype=np.int8).reshape(len(kept), size)
    found: Vector = rows.astype(np.float32)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    found /= np.maximum(lengths, 1)
    return found
