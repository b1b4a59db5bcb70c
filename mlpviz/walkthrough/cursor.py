"""Where the learner is in a walkthrough."""

from dataclasses import dataclass


@dataclass(slots=True)
class Cursor:
    """A place among `count` stages; every move stays within them."""

    count: int
    index: int = 0

    def jump(self, index: int) -> bool:
        """Go to a stage; the nearest one if there is none of that index. Returns whether it moved."""
        before = self.index
        self.index = min(max(0, index), self.count - 1)
        return self.index != before

    def step(self, by: int) -> bool:
        """Go on, or back by a negative number."""
        return self.jump(self.index + by)

    @property
    def at_end(self) -> bool:
        """Whether this is the last stage."""
        return self.index == self.count - 1
