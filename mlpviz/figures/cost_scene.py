"""What is to be seen of a run's loss landscape: which part, the path and the marks on it, and the words."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mlpviz.figures.numbers import format_number
from mlpviz.figures.view_range import ViewRange, Window, curve_window, map_window
from mlpviz.nn import Network
from mlpviz.training import Snapshot
from mlpviz.training.cost_problem import CostProblem
from mlpviz.training.cost_surface import LossSlice, Outlook
from mlpviz.training.parameters import Parameter, ParameterPath

EARLIER_PATHS = 3
MOST_SEEN = 2000
HALF_A_VIEW, HALF_A_VIEW_LARGE = 2.0, 0.5

Points = NDArray[np.float64]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What lies on the landscape; all points in its own units.

    Attributes
    ----------
    path, earlier
        Points (n, 2) of this run, and of those before it.
    start, now, optimum
        None where there is none, or it is not known.
    step_to
        Where the next step would lead from `now`.
    valley
        Two points of a line along which the loss is the same.
    """

    path: Points = field(default_factory=lambda: np.empty((0, 2)))
    earlier: Sequence[Points] = ()
    start: Point | None = None
    now: Point | None = None
    optimum: Point | None = None
    step_to: Point | None = None
    valley: tuple[Point, Point] | None = None


class CostScene:
    """Follows one run over its landscape.

    Parameters
    ----------
    problem
        The landscape.
    initial
        The network before the first step.
    path
        Where the parameters were at each step; None for a large network, whose path is then made of the
        moments that `follow` is told of.

    Attributes
    ----------
    chosen
        The one or two parameters that are the axes.
    steps, points
        The path: (n,) and (n, P); the last is the moment on show.
    is_lost
        Whether training has run away: what is held is then not held as it is now.
    """

    def __init__(self, problem: CostProblem, initial: Network, path: ParameterPath | None) -> None:
        self.problem, self.initial, self.path = problem, initial, path
        self.chosen = problem.parameters[:2]
        self.steps: NDArray[np.int64] = np.zeros(1, np.int64)
        self.points = self._values_in(initial)
        self.is_lost = False
        self._start_loss = problem.loss_of(initial)
        self._seen: list[tuple[float, ...]] = []
        self._ranges: dict[Parameter, ViewRange] = {}
        self._earlier: deque[NDArray[np.float32]] = deque(maxlen=EARLIER_PATHS)

    def inherit(self, before: "CostScene") -> None:
        """Take over choice, view and paths from an earlier run over the same landscape."""
        self.chosen, self._ranges = before.chosen, before._ranges
        for reach in self._ranges.values():
            reach.shrink()
        self._earlier = before._earlier
        if before.path is not None and len(before.path.view()[0]) > 1:
            self._earlier.append(before.path.view()[1])

    def forget_earlier(self) -> None:
        """Show the paths of earlier runs no more."""
        self._earlier.clear()

    def choose(self, parameters: Sequence[Parameter]) -> None:
        """Take other axes."""
        self.chosen = tuple(parameters)
        self._seen.clear()

    # ------------------------------------------------------------------ where training is

    @property
    def start(self) -> Points:
        """The chosen parameters before the first step, (1, P)."""
        return self._values_in(self.initial)

    def _values_in(self, network: Network) -> Points:
        return np.array([[p.of(network.params) for p in self.chosen]])

    def follow(self, snapshot: Snapshot) -> None:
        """Go on to another moment, and let the view grow until it is in it."""
        now = self._values_in(snapshot.network)
        if self.path is None:
            if not self._seen or self._seen[-1][0] < snapshot.step:
                self._seen.append((snapshot.step, *now[0]))
                if len(self._seen) > MOST_SEEN:
                    del self._seen[1::2]
            rows = np.array(self._seen)
            self.steps, self.points = rows[:, 0].astype(np.int64), rows[:, 1:]
        else:
            steps, values = self.path.view()
            n = int(np.searchsorted(steps, snapshot.step))
            past = values[:n, [self.path.column(p) for p in self.chosen]].astype(np.float64)
            self.steps = np.append(steps[:n], snapshot.step)
            self.points = np.concatenate([past, now])
        for parameter, column in zip(self.chosen, self.points.T, strict=True):
            self._reach(parameter).include([float(column.min()), float(column.max()), column[-1]])

    def look(self, ahead: Outlook | None, diverged: bool) -> None:
        """Take notice of what lies ahead: a first view shall hold the next step, and all may be lost."""
        if ahead is not None and len(self.points) == 1:
            for parameter, value, update in zip(self.chosen, self.points[0], ahead.updates, strict=True):
                self._reach(parameter).expect(value + update)
        reaches = zip(self.points[-1], map(self._reach, self.chosen), strict=True)
        outside = any(not reach.low <= value <= reach.high for value, reach in reaches)
        worse = (
            ahead is not None and not ahead.loss <= self._start_loss
        )  # weights may well grow as they learn
        self.is_lost = diverged or (outside and worse)

    def holding(self, network: Network) -> Network:
        """A network whose other parameters are those that are held: its own, unless training has run away."""
        if not self.is_lost:
            return network
        best = self.problem.optimum
        return self.initial if best is None else best.as_network(network)

    def _reach(self, parameter: Parameter) -> ViewRange:
        """How much of an axis is in view: from the start, and if it is known the optimum, onwards."""
        start, best = parameter.of(self.initial.params), self.problem.optimum
        if parameter not in self._ranges:
            if best is None:
                half = HALF_A_VIEW if self.problem.is_small else HALF_A_VIEW_LARGE
                self._ranges[parameter] = ViewRange(start, [], half * max(1.0, abs(start)))
            else:
                (centre,) = best.at([parameter])
                self._ranges[parameter] = ViewRange(centre, [start], max(1.0, abs(centre)))
        self._ranges[parameter].include([start])
        return self._ranges[parameter]

    def window(self, width: float, height: float, losses: Iterable[float] = ()) -> Window:
        """What is in view on so many pixels; of a curve from the losses on it."""
        x = self._reach(self.chosen[0])
        if len(self.chosen) == 1:
            return curve_window(x, losses)
        return map_window(x, self._reach(self.chosen[1]), width, height)

    # ------------------------------------------------------------------ what lies there

    def map_marks(self, window: Window, ahead: Outlook | None) -> Marks:
        """The marks on a map."""
        now, best = self.points[-1], self.problem.optimum
        marks = Marks(self.points, self._earlier_points(), _point(self.start[0]), _point(now))
        if ahead is not None:
            marks = replace(marks, step_to=_point(now + ahead.updates))
        if best is None:
            return marks
        line = _line(best.at(self.chosen), best.direction(self.chosen), window)
        return replace(marks, optimum=_point(best.at(self.chosen)), valley=line)

    def curve_marks(self, piece: LossSlice, along: Points, ahead: Outlook | None) -> Marks:
        """The marks on a curve, each at the height of its loss.

        Parameters
        ----------
        piece
            The loss over the parameter, the others held as they are now.
        along
            Where there are others: points (n, 2) of the path, each at the loss of its own moment.
        """
        at_now = float(self.points[-1, 0])
        now = at_now, ahead.loss if ahead is not None else _loss(piece, at_now)
        if self.problem.holds_others(self.chosen):
            marks = Marks(along, now=_point(now))
        else:
            at_start, best = float(self.start[0, 0]), self.problem.optimum
            marks = Marks(
                _on_curve(piece, self.points),
                [_on_curve(piece, points) for points in self._earlier_points()],
                _point((at_start, _loss(piece, at_start))),
                _point(now),
                None if best is None else (best.at(self.chosen)[0], best.loss),
            )
        if ahead is not None:
            there = at_now + ahead.updates[0]
            marks = replace(marks, step_to=_point((there, _loss(piece, there))))
        return marks

    def _earlier_points(self) -> list[Points]:
        if self.path is None:
            return []
        columns = [self.path.column(p) for p in self.chosen]
        return [values[:, columns].astype(np.float64) for values in self._earlier]

    # ------------------------------------------------------------------ words

    def values(self, values: Iterable[float]) -> str:
        """The chosen parameters with values: "w = 1.50, b = −0.959"."""
        pairs = zip(self.chosen, values, strict=True)
        return ", ".join(f"{p.symbol} = {format_number(float(value))}" for p, value in pairs)

    def told(self, marks: Marks, ahead: Outlook | None, window: Window) -> dict[str, str]:
        """A few words for each mark, by its name; where training is outside is left to `note`."""
        said = {}
        if self.steps[-1] > 0:
            said["start"] = f"start {self.values(self.start[0])}"
        loss = f", loss {format_number(ahead.loss)}" if ahead is not None else ""
        now = self.values(self.points[-1]) if self._inside(window)[-1] else "outside"
        said["now"] = f"now {now}{loss}"
        if marks.step_to is not None:
            said["step_to"] = "next step"
        if (best := self.problem.optimum) is not None:
            values, loss = self.values(best.at(self.chosen)), format_number(best.loss)
            said["optimum"] = f"least squares {values}, loss {loss}"
        if marks.earlier:
            said["earlier"] = "earlier run" if len(marks.earlier) == 1 else "earlier runs"
        return said

    def basis(self) -> str:
        """Which examples the loss is of, and what is held."""
        sample = self.problem.sample
        n, n_all = format_number(len(sample.x)), format_number(sample.n_all)
        words = f"Loss on all {n_all} training examples"
        if not sample.is_whole:
            words = f"Loss on {n} of the {n_all} training examples, drawn evenly"
        others = self.problem.n_parameters - len(self.chosen)
        if others:
            words += f"; {self._held()}"
            if self.is_lost:
                words += ", for training has run away"
        if self.path is None:
            words += ". The path is made of the moments shown since this view was chosen"
        return words

    def _held(self) -> str:
        """How the parameters besides the chosen ones are held."""
        others = self.problem.n_parameters - len(self.chosen)
        if not self.is_lost:
            how = "as now"
        elif self.problem.optimum is None:
            how = "as at the start"
        else:
            how = f"at {'its' if others == 1 else 'their'} least-squares value{'s' * (others > 1)}"
        if others == 1:
            return f"the other parameter is held {how}"
        return f"the {format_number(others)} other parameters are held {how}"

    def _inside(self, window: Window) -> NDArray[np.bool_]:
        """Which points of the path are in view, (n,)."""
        inside = (self.points[:, 0] >= window.left) & (self.points[:, 0] <= window.right)
        if len(self.chosen) > 1:
            inside &= (self.points[:, 1] >= window.bottom) & (self.points[:, 1] <= window.top)
        return inside

    def note(self, window: Window) -> str:
        """That the path has left the picture, or that there is a valley instead of an optimum; or nothing."""
        inside = self._inside(window)
        if not inside[-1]:
            first_outside = len(inside) - int(np.argmax(inside[::-1])) if inside.any() else 0
            step = format_number(int(self.steps[first_outside]))
            words = f"The path left the picture at step {step}; now {self.values(self.points[-1])}"
            if self.is_lost and self.problem.holds_others(self.chosen):
                return f"{words}. So {self._held()}."
            return f"{words}. A smaller learning rate would keep it here."
        best = self.problem.optimum
        return f"{best.sentence} The star is the one nearest to 0." if best and best.sentence else ""


def _on_curve(piece: LossSlice, points: Points) -> Points:
    return np.column_stack([points, piece.at(points.T)])


def _loss(piece: LossSlice, value: float) -> float:
    return float(piece.at([[value]])[0])


def _point(values: Iterable[float]) -> Point | None:
    x, y = (float(value) for value in values)
    return (x, y) if np.isfinite(x) and np.isfinite(y) else None


def _line(at: Sequence[float], along: Sequence[float] | None, window: Window) -> tuple[Point, Point] | None:
    """A line through a point, longer than the window is wide."""
    if along is None:
        return None
    reach = 2 * (window.right - window.left + window.top - window.bottom)
    x, y = (reach * part / float(np.linalg.norm(along)) for part in along)
    return (at[0] - x, at[1] - y), (at[0] + x, at[1] + y)
