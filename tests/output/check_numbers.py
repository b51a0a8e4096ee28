#!/usr/bin/env python3
"""Numbers are spelled as Python's repr() does, and with the same digits as Java's Double.toString() is described.

usage: check_numbers.py SPELL_NUMBERS

Compared are random bits, powers of two and ten with their neighbours, subnormal numbers, whole numbers up to 2^63,
decimals as times and lengths are, and quotients as means and rates are.
"""
import array
import math
import random
import struct
import subprocess
import sys

SEED, RANDOM_NUMBERS = 20231114, 60_000


def neighbours(value):
    bits = struct.unpack("<q", struct.pack("<d", value))[0]
    return [struct.unpack("<d", struct.pack("<q", bits + step))[0] for step in (-2, -1, 0, 1, 2) if bits + step >= 0]


def numbers():
    chance = random.Random(SEED)
    many = range(RANDOM_NUMBERS)
    values = [0.0, math.nan, math.inf, sys.float_info.max]
    for exponent in range(-1074, 1024):
        values += neighbours(math.ldexp(1, exponent))
    for exponent in range(-323, 309):
        values += neighbours(float(f"1e{exponent}"))
    values += [struct.unpack("<d", struct.pack("<Q", chance.getrandbits(63)))[0] for _ in many]
    values += [math.ldexp(chance.getrandbits(52), -1074) for _ in many]
    values += [float(chance.getrandbits(chance.randint(1, 63))) for _ in many]
    values += [chance.getrandbits(chance.randint(1, 60)) / 10 ** chance.randint(1, 12) for _ in many]
    values += [chance.randint(1, 10 ** 15) / chance.randint(1, 1000) for _ in many]
    values += [chance.randint(1, 10 ** 6) * 10 ** 9 / chance.getrandbits(40) for _ in many]
    for value in (1e15, 1e6, 1e7, 1e-3, 1e-4, 2.0 ** 53, 2.0 ** 63):
        values += [value * (1 + step / 10 ** 9) for step in range(-50, 50)] + [value + step for step in range(-50, 50)]
    return values + [-value for value in values]


def java(value):
    """Digits of repr() in the form that Java has: d.dddE±n outside of 10^-3 to 10^7."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    power = int(exponent or 0) + (len(whole) - 1 if whole != "0" else -1 - (len(fraction) - len(fraction.lstrip("0"))))
    digits = digits.rstrip("0") or "0"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{power}"


def spell(program, dialect, values):
    result = subprocess.run([program, dialect], input=array.array("d", values).tobytes(), capture_output=True, check=True)
    return result.stdout.decode().splitlines()


def main():
    values, wrong = numbers(), 0
    for dialect, expect in (("standard", repr), ("java", java)):
        lines = spell(sys.argv[1], dialect, values)
        if len(lines) != len(values):
            sys.exit(f"{dialect}: {len(lines)} lines for {len(values)} numbers")
        for value, line in zip(values, lines):
            if line != expect(value):
                wrong += 1
                if wrong <= 20:
                    print(f"{dialect}: {value.hex()} is spelled {line} instead of {expect(value)}")
    print(f"{len(values)} numbers in two dialects, {wrong} wrong")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
