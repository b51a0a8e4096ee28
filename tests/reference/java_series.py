"""Statistics of a stream of values, with the arithmetic of commons-math's SummaryStatistics.

Mean and second moment are updated value by value in double, so that the last digits agree; standard deviation and
variance are those of a sample (n - 1) and 0 for a single value. Without values everything is NaN except the sum.
"""
import math


class Series:
    def __init__(self):
        self.count = 0
        self.sum = 0.0
        self.min = self.max = self.mean = math.nan
        self.second_moment = math.nan

    def add(self, value):
        value = float(value)
        if self.count == 0:
            self.mean = self.second_moment = 0.0
            self.min = self.max = value
        self.count += 1
        self.sum += value
        self.min = min(self.min, value)
        self.max = max(self.max, value)
        deviation = value - self.mean
        self.mean += deviation / self.count
        self.second_moment += (self.count - 1.0) * deviation * (deviation / self.count)

    def variance(self):
        if self.count < 2:
            return 0.0 if self.count else math.nan
        return self.second_moment / (self.count - 1.0)

    def deviation(self):
        return math.sqrt(self.variance())
