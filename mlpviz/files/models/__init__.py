"""Models in and out: weights that were made elsewhere, and networks written for use elsewhere."""

from mlpviz.files.models.opening import looks_like_model
from mlpviz.files.models.writing import MODEL_FORMATS, export_model

__all__ = [
    "MODEL_FORMATS",
    "export_model",
    "looks_like_model",
]
