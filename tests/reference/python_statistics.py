"""Sums, means and deviations in the order of operations numpy uses, so that results agree to the last bit.

numpy adds float arrays pairwise: blocks of up to 128 values in eight running sums, halves above that.  Deviations are of
the population.  Only lists of plain numbers are known here.
"""
import math

BLOCK, LANES = 128, 8


def pairwise_sum(values):
    count = len(values)
    if count < LANES:
        return float(sum_in_order(values))
    if count > BLOCK:
        half = count // 2
        half -= half % LANES
        return pairwise_sum(values[:half]) + pairwise_sum(values[half:])
    lanes = [float(value) for value in values[:LANES]]
    whole = count - count % LANES
    for at in range(LANES, whole):
        lanes[at % LANES] += values[at]
    total = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    for value in values[whole:]:
        total += value
    return total


def sum_in_order(values):
    """The plain left-to-right sum; the built-in one compensates rounding in newer Python versions."""
    total = 0
    for value in values:
        total += value
    return total


def mean(values):
    return pairwise_sum(values) / len(values)


def variance(values):
    centre = mean(values)
    return pairwise_sum([(value - centre) * (value - centre) for value in values]) / len(values)


def deviation(values):
    return math.sqrt(variance(values))
