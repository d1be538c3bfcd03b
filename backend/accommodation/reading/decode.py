"""What the recogniser saw, as probabilities of each character at each place of a line.

The recogniser (a CTC network) tells, for every eighth pixel across, how likely each character begins there, or none.
A line of the zone has a known number of places, all printed, at an even pitch, and known kinds of characters. So
instead of taking the likeliest character at each step, all alignments of exactly that many places are weighed together
(forward-backward, A. Graves 2006, "Connectionist temporal classification", section 4.1), with places kept near where
the pitch puts them. The many fillers in a row, which a plain reading miscounts, come out right this way.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .zone import ALPHABET, PLACE

Floats = NDArray[np.float64]
COUNT = len(ALPHABET)
FILL = PLACE["<"]
SMOOTHING = 1e-3  # the network is surer of itself than it should be: no character is impossible
REPEATED_FILLER = 0.3  # two fillers may touch without a blank step between them
LOOSE, TIGHT = 1.6, 0.75  # places: how far from its even pitch a character may stand, before and after the fit
DOUBTED_FIT, BAD_FIT = -0.05, -1.2  # between them other placings are tried: worse is no zone, better needs none
# Placings to try: shift of the first place, of the last, of the middle (a page seen from the side), in places.
BENDS = ((0, 0, 1.0), (0, 0, -1.0), (0.8, 0, 0), (-0.8, 0, 0), (0, 0.8, 0), (0, -0.8, 0))


@dataclass
class Columns:
    """Per place the log probability of each character of ALPHABET.

    fit: mean log likelihood a place; the higher, the more the line looks like a zone of this width.
    times: where each place was seen, in steps.
    """

    logs: Floats
    fit: float
    times: Floats

    @property
    def text(self) -> str:
        return "".join(ALPHABET[i] for i in self.logs.argmax(axis=1))

    def spelt(self, start: int, stop: int, kind: NDArray[np.bool_]) -> str:
        """Return the likeliest characters of `kind` at places `start` to before `stop`."""
        return "".join(ALPHABET[i] for i in np.where(kind, self.logs[start:stop], -np.inf).argmax(axis=1))


def read_columns(steps: Floats, allowed: NDArray[np.bool_], first: float, last: float) -> Columns:
    """Return the columns of a line.

    steps: [T, 1 + COUNT] probabilities, blank first. allowed: [width, COUNT].
    first, last: steps at which the first and last place are expected to be centred.
    """
    width = len(allowed)
    straight = np.linspace(first, last, width)
    best = _from(steps, allowed, straight)
    if not BAD_FIT < best.fit < DOUBTED_FIT:
        return best
    pitch, at = (last - first) / (width - 1), np.linspace(0, 1, width)
    bent = [
        _from(steps, allowed, straight + pitch * (a * (1 - at) + b * at + 4 * c * at * (1 - at))) for a, b, c in BENDS
    ]
    return max([best, *bent], key=lambda columns: columns.fit)


def _from(steps: Floats, allowed: NDArray[np.bool_], centres: Floats) -> Columns:
    """Return the columns with places near `centres`, which are first made to fit what is certain."""
    rough = _align(steps, allowed, _window(len(steps), centres, LOOSE))
    return _align(steps, allowed, _window(len(steps), _even(rough, centres), TIGHT))


def _window(count: int, centres: Floats, reach: float) -> Floats:
    """Return [T, width]: 1 near the centre of a place, falling off beyond `reach` places."""
    pitch = max((centres[-1] - centres[0]) / (len(centres) - 1), 0.5)
    off = np.abs(np.arange(count)[:, None] - centres[None, :]) / pitch
    return np.exp(-((np.maximum(off - reach, 0) / 0.3) ** 2)) + 1e-30


def _even(rough: Columns, centres: Floats) -> Floats:
    """Return smoother centres: a curve through the places that are certain (a page seen from the side is not even)."""
    certain = (rough.logs.max(axis=1) > -0.1) & (rough.logs.argmax(axis=1) != FILL)
    certain[[0, -1]] = True
    if certain.sum() < 8:
        return centres
    at = np.arange(len(centres), dtype=float)
    weight = certain.astype(float)
    fitted = centres
    for _ in range(3):  # reweighted, so that a few wrong places do not bend the curve
        fitted = np.polyval(np.polyfit(at, rough.times, 2, w=weight), at)
        pitch = abs(fitted[-1] - fitted[0]) / (len(at) - 1)
        weight = certain / (1 + (np.abs(rough.times - fitted) / (0.3 * pitch)) ** 2)
    grows = np.all(np.diff(fitted) > 0.5 * (centres[1] - centres[0]))
    return fitted if grows else centres


def _align(steps: Floats, allowed: NDArray[np.bool_], window: Floats) -> Columns:
    count, width = len(steps), len(allowed)
    blank = (1 - SMOOTHING) * steps[:, 0] + SMOOTHING
    chars = (1 - SMOOTHING) * steps[:, 1:] + SMOOTHING / COUNT
    masked = allowed.astype(float)
    entered, ahead, total = _forward(blank, chars, masked, window)
    following, behind = _backward(blank, chars, masked, window)
    # A path comes to each place once: its share of all paths, summed over the moment it comes.
    weights = entered * following * np.exp(ahead + behind - total)[:, None, None]
    posterior = weights.sum(axis=0)
    posterior /= posterior.sum(axis=1, keepdims=True) + 1e-300
    seen = weights.sum(axis=2)
    times = (seen * np.arange(count)[:, None]).sum(axis=0) / (seen.sum(axis=0) + 1e-300)
    return Columns(np.log(posterior + 1e-12), float(total) / width, times)


def _forward(blank: Floats, chars: Floats, masked: Floats, window: Floats) -> tuple[Floats, Floats, float]:
    """Return [T, width, COUNT] of paths that come to a character at a step, scaled; the logs of the scales; the sum."""
    width = len(masked)
    waiting, at = np.zeros(width + 1), np.zeros((width, COUNT))
    waiting[0] = 1.0
    entered, logs, log = np.zeros((len(blank), width, COUNT)), np.zeros(len(blank)), 0.0
    for step in range(len(blank)):
        before = at[:-1].sum(axis=1)
        come = np.repeat(waiting[:-1, None], COUNT, axis=1)
        come[1:] += before[:, None] - at[:-1]
        come[1:, FILL] += REPEATED_FILLER * at[:-1, FILL]
        come *= chars[step] * masked * window[step][:, None]
        moved = waiting.copy()
        moved[1:] += at.sum(axis=1)
        waiting, at = blank[step] * moved, come + chars[step] * at
        scale = waiting.sum() + at.sum() + 1e-300
        waiting, at, log = waiting / scale, at / scale, log + float(np.log(scale))
        entered[step], logs[step] = come / scale, log
    return entered, logs, log + float(np.log(waiting[-1] + at[-1].sum() + 1e-300))


def _backward(blank: Floats, chars: Floats, masked: Floats, window: Floats) -> tuple[Floats, Floats]:
    """Return [T, width, COUNT] of how paths may go on from a character at a step, scaled; the logs of the scales."""
    count, width = len(blank), len(masked)
    waiting, at = np.zeros(width + 1), np.zeros((width, COUNT))
    waiting[-1] = 1.0
    at[-1] = 1.0
    following, logs, log = np.zeros((count, width, COUNT)), np.zeros(count), 0.0
    following[-1] = at
    for step in range(count - 2, -1, -1):
        come = chars[step + 1] * masked * window[step + 1][:, None] * at
        rest = blank[step + 1] * waiting
        new_waiting = rest.copy()
        new_waiting[:-1] += come.sum(axis=1)
        at = chars[step + 1] * at + rest[1:, None]
        at[:-1] += come[1:].sum(axis=1, keepdims=True) - come[1:]
        at[:-1, FILL] += REPEATED_FILLER * come[1:, FILL]
        scale = new_waiting.sum() + at.sum() + 1e-300
        waiting, at, log = new_waiting / scale, at / scale, log + float(np.log(scale))
        following[step], logs[step] = at, log
    return following, logs
