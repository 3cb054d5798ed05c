"""A document that everybody in a known group should hold: who has it, who has not, and of how many.

The group is finite: people join without the document, leave with or without it, and some lose it. With
nobody known the share who hold it is not defined, which is not nought.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workforce_model.basis.draws import Words, arrivals_table, binomial_table, name_key, thin

Counts = NDArray[np.int64]
Figures = NDArray[np.float64]
_MOST = 63


@dataclass(frozen=True)
class Chances:
    """What moves people in and out of the group, in each draw of the rates, shape (D,).

    Attributes
    ----------
    joins : array
        People a month who join, without the document.
    leaves, loses : array
        Share a month of those in the group who leave it, and of holders who lose the document.
    """

    joins: Figures
    leaves: Figures
    loses: Figures


@dataclass(frozen=True)
class Coverage:
    """The group month by month, shape (M, R).

    Attributes
    ----------
    known, holding : array
        People in the group, and those of them who hold the document, at the month's end.
    joined, lost, issued, left_without, left_with : array
        Flows of the month.
    worked : array of float
        Hours spent.
    """

    known: Counts
    holding: Counts
    joined: Counts
    lost: Counts
    issued: Counts
    left_without: Counts
    left_with: Counts
    worked: Figures


def coverage(
    known: Counts,
    holding: Counts,
    chances: Chances,
    loses_in: NDArray[np.bool_],
    hours: Figures,
    each: Figures,
    draw: NDArray[np.intp],
    words: Words,
    name: str,
) -> Coverage:
    """Play the group month by month: some leave, some lose it, some join, and documents are handed over.

    Parameters
    ----------
    known, holding : array of int, shape (R,)
        The group and its holders at the start.
    loses_in : array of bool, shape (M,)
        The months in which the document can be lost; once copies are kept it cannot.
    hours : array, shape (M, R)
        Hours available in each month; what one month leaves begun the next takes up.
    each : array, shape (R,)
        Hours one document takes.
    name : str
        Addresses the words.
    """
    keys = np.array([name_key("passports", name)])
    leaving, losing = binomial_table(chances.leaves, _MOST), binomial_table(chances.loses, _MOST)
    joining = arrivals_table(chances.joins, np.ones_like(chances.joins))
    row = (draw * (_MOST + 1))[None, :]
    without, months = known - holding, hours.shape[0]
    flows = {x: np.zeros((months, draw.size), dtype=np.int64) for x in Coverage.__annotations__ if x != "worked"}
    worked, begun = np.zeros((months, draw.size)), np.zeros(draw.size)

    def drawn(of: Counts, purpose: str, month: int) -> Counts:
        table = losing if purpose == "loses" else leaving
        return np.asarray(thin(of[None, :], table, row, words, keys, purpose, month)[0], dtype=np.int64)

    for m in range(months):
        gone = {
            "left_with": drawn(holding, "leaves with", m + 1),
            "left_without": drawn(without, "leaves without", m + 1),
        }
        holding, without = holding - gone["left_with"], without - gone["left_without"]
        lost = drawn(holding, "loses", m + 1) * loses_in[m]
        came = joining.invert(draw, words.of_runs("joins", name, m + 1)).astype(np.int64)
        holding, without = holding - lost, without + lost + came
        begun = np.where(without > 0, np.minimum(begun, without * each), 0.0)
        worked[m] = np.minimum(hours[m], without * each - begun)
        begun = begun + worked[m]
        issued = np.floor(begun / each + 1e-9).astype(np.int64)
        begun = np.maximum(begun - issued * each, 0.0)
        holding, without = holding + issued, without - issued
        month = {"known": holding + without, "holding": holding, "joined": came, "lost": lost, "issued": issued, **gone}
        for key, figures in month.items():
            flows[key][m] = figures
    return Coverage(**flows, worked=worked)
