"""Films: the same picture at several steps of a run, as a GIF, or an MP4 where PyAV is installed."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from mlpviz.files.recipes import MOST_FRAMES, View
from mlpviz.gui.figures.exporting import recipe_of
from mlpviz.gui.figures.frame import picture_of
from mlpviz.gui.figures.painting import to_image
from mlpviz.gui.figures.still import StillRun
from mlpviz.gui.figures.taking import taken_copy
from mlpviz.gui.panels.weights_card import WeightsCard
from mlpviz.training.replay import Replay

FILM_ENDINGS = (".gif", ".mp4")
LAST_FRAMES = 8
"""For so many frames the end stands, before the film begins anew."""

NO_PYAV = "an MP4 needs PyAV, which is not installed: pip install 'mlpviz[film]', or make a GIF"

CARD = "card_weights"

Pixels = NDArray[np.uint8]


def frame_steps(until: int, count: int) -> tuple[int, ...]:
    """The steps of a film of about `count` frames up to a step: dense at first, where most happens.

    Raises
    ------
    ValueError
        If the count is impossible.
    """
    if not 2 <= count <= MOST_FRAMES:
        raise ValueError(f"a film has from 2 to {MOST_FRAMES} frames, not {count}")
    spaced = np.rint(until * np.linspace(0.0, 1.0, count) ** 2).astype(int)
    return tuple(int(step) for step in np.unique(spaced))


def takes(replay: Replay, frames: Sequence[int]) -> Iterator[StillRun | None]:
    """The run at each of the frames, which must be ascending; None for a step in between."""
    wanted = iter(frames)
    due = next(wanted, None)
    if due == replay.trainer.index:
        yield taken_copy(replay)
        due = next(wanted, None)
    for step in replay.steps():
        if due == step.index:
            yield taken_copy(replay)
            due = next(wanted, None)
        else:
            yield None


class Film:
    """A view of a run at several of its steps, painted a frame at a time: whoever pulls sets the pace.

    Parameters
    ----------
    view
        With its frames.
    runs
        The run at each of them.
    ending
        ``".gif"``, which carries the recipe as its comment, or ``".mp4"``, which carries none.

    Attributes
    ----------
    content
        The file, once all of it is painted; empty before.
    """

    def __init__(self, view: View, runs: Sequence[StillRun], ending: str) -> None:
        self.view, self.content = view, b""
        self._runs, self._ending = runs, ending
        self._holds_scale = view.figure == "weights" and "limit" not in view.choices.get(CARD, {})

    def __len__(self) -> int:
        """How many pictures are painted in all."""
        return len(self._runs) * (2 if self._holds_scale else 1)

    def paint(self) -> Iterator[None]:
        """One picture per iteration."""
        if self._holds_scale:
            yield from self._hold_scale()
        frames = []
        for run in self._runs:
            frames.append(frame_of(self.view, run))
            yield None
        if self._ending == ".mp4":
            self.content = _mp4(frames, self.view.frame_ms)
        else:
            self.content = _gif(frames, self.view.frame_ms, recipe_of(self.view, self._runs[-1]).to_json())

    def _hold_scale(self) -> Iterator[None]:
        """One colour scale for all moments: with one each, growing weights would look as if they stood."""
        limits = []
        for run in self._runs:
            with picture_of(self.view, run, 1.0) as widget:
                limits += [card.limit for card in widget.findChildren(WeightsCard) if card.limit]
            yield None
        if limits:
            card = {**self.view.choices.get(CARD, {}), "limit": max(limits)}
            self.view = replace(self.view, choices={**self.view.choices, CARD: card})


def frame_of(view: View, run: StillRun) -> Pixels:
    """One frame, (h, w, 3)."""
    with picture_of(view, run, view.scale) as widget:
        image = to_image(widget, view.scale).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def check_film(ending: str) -> None:
    """See to it before a long computation that such a film can be written; ValueError says why not."""
    if ending not in FILM_ENDINGS:
        raise ValueError(f"a film ends in {' or '.join(FILM_ENDINGS)}, not {ending!r}")
    if ending == ".mp4":
        try:
            import av  # noqa: F401
        except ImportError as error:
            raise ValueError(NO_PYAV) from error


def _gif(frames: Sequence[Pixels], frame_ms: int, comment: str) -> bytes:
    """All frames in the colours of the last one, which has seen the most."""
    from PIL import Image

    last = Image.fromarray(frames[-1]).quantize(
        256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    palette = np.array(last.getpalette(), np.int32).reshape(-1, 3)
    ground = frames[-1][0, 0].astype(np.int32)
    palette[_nearest(ground[None], palette)[0]] = ground  # as it is: much of a picture has this colour
    height, width = frames[0].shape[:2]
    flat = [Image.frombytes("P", (width, height), _indices(frame, palette).tobytes()) for frame in frames]
    for image in flat:
        image.putpalette(palette.ravel().tolist())
    file = io.BytesIO()
    flat[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=flat[1:],
        duration=[frame_ms] * (len(flat) - 1) + [frame_ms * LAST_FRAMES],
        loop=0,
        comment=comment.encode(),
        optimize=False,
    )
    return file.getvalue()


def _indices(frame: Pixels, palette: NDArray[np.int32]) -> Pixels:
    """For each pixel the nearest colour of a palette, (h, w)."""
    packed = frame.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)
    known, places = np.unique(packed, return_inverse=True)
    colors = np.stack([known >> 16, known >> 8 & 255, known & 255], axis=1)
    nearest = np.concatenate(
        [_nearest(part, palette) for part in np.array_split(colors, len(colors) // 4096 + 1)]
    )
    return nearest.astype(np.uint8)[places].reshape(frame.shape[:2])


def _nearest(colors: NDArray[np.int32], palette: NDArray[np.int32]) -> NDArray[np.int64]:
    return ((colors[:, None] - palette[None]) ** 2).sum(axis=2).argmin(axis=1)


def _mp4(frames: Sequence[Pixels], frame_ms: int) -> bytes:
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(1000, frame_ms))
        height, width = (side // 2 * 2 for side in frames[0].shape[:2])  # the format wants them even
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in [*frames, *[frames[-1]] * (LAST_FRAMES - 1)]:
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame[:height, :width]), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return file.getvalue()
