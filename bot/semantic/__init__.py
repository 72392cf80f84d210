"""What texts mean beyond their words: sentence embeddings, where the extra is installed.

Everything works without it, by words. Numpy and the model's runtime are imported when an encoder
is made, so that commands which need none do not pay for them.
"""

from bot.semantic.encoder import Encoder
from bot.semantic.model import Absent, ModelFault, encoder_of, load

__all__ = ["Absent", "Encoder", "ModelFault", "encoder_of", "load"]
