"""What the paint engines of pictures share: a device of a size, and the painter's state with its clipping."""

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QFont,
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainterPath,
    QPen,
    QTransform,
)

DOTS_PER_INCH = 96
_Flag = QPaintEngine.DirtyFlag


class PictureDevice(QPaintDevice):
    """Something to paint on that is so many pixels wide and high."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self._size = width, height

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        kinds, (width, height) = QPaintDevice.PaintDeviceMetric, self._size
        mm = 25.4 / DOTS_PER_INCH
        known = {
            kinds.PdmWidth: width,
            kinds.PdmHeight: height,
            kinds.PdmWidthMM: round(width * mm),
            kinds.PdmHeightMM: round(height * mm),
            kinds.PdmNumColors: 1 << 24,
            kinds.PdmDepth: 32,
            kinds.PdmDevicePixelRatio: 1,
            kinds.PdmDevicePixelRatioScaled: 1 << 16,
        }
        return known.get(metric, DOTS_PER_INCH)


class PictureEngine(QPaintEngine):
    """Keeps what a painter was set to, in the coordinates of the whole picture."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self._reset()

    def _reset(self) -> None:
        self.pen, self.brush, self.font = QPen(), QBrush(), QFont()
        self.transform, self.opacity = QTransform(), 1.0
        self.smooth = self.antialiases = False
        self._clip: QPainterPath | None = None

    def whole_clip(self) -> QPainterPath | None:
        """What can be seen: of the widget and of what it clips itself to; None for all."""
        clip, system = self._clip, self.systemClip()
        if system.isEmpty():
            return clip
        whole = QPainterPath()
        whole.addRegion(system)
        return whole if clip is None else clip.intersected(whole)

    # ------------------------------------------------------------------ called by Qt

    def begin(self, device: QPaintDevice) -> bool:
        self._reset()
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:
        changed = state.state()
        if changed & _Flag.DirtyTransform:
            self.transform = QTransform(state.transform())
        if changed & _Flag.DirtyPen:
            self.pen = QPen(state.pen())
        if changed & _Flag.DirtyBrush:
            self.brush = QBrush(state.brush())
        if changed & _Flag.DirtyFont:
            self.font = QFont(state.font())
        if changed & _Flag.DirtyOpacity:
            self.opacity = state.opacity()
        if changed & _Flag.DirtyHints:
            hint = state.renderHints()
            self.antialiases = bool(hint & type(hint).Antialiasing)
            self.smooth = bool(hint & type(hint).SmoothPixmapTransform)
        if changed & _Flag.DirtyClipPath:
            self._clip_to(QPainterPath(state.clipPath()), state.clipOperation())
        elif changed & _Flag.DirtyClipRegion:
            path = QPainterPath()
            path.addRegion(state.clipRegion())
            self._clip_to(path, state.clipOperation())
        if changed & _Flag.DirtyClipEnabled and not state.isClipEnabled():
            self._clip = None

    def _clip_to(self, path: QPainterPath, operation: Qt.ClipOperation) -> None:
        if operation == Qt.ClipOperation.NoClip:
            self._clip = None
            return
        path = self.transform.map(path)
        is_first = operation == Qt.ClipOperation.ReplaceClip or self._clip is None
        self._clip = path if is_first else path.intersected(self._clip)  # type: ignore[arg-type]
