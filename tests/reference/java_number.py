"""Numbers and times as Java writes them: Double.toString, a 12-hour clock, and Instant.toString."""
import math
import time
from datetime import datetime, timezone

PLAIN_FROM, PLAIN_BELOW = 1e-3, 1e7


def number(value):
    """Text of an int (as it is) or a float (always with a point, computerised scientific notation outside 0.001 to 10^7)."""
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    sign = "-" if value < 0 else ""
    mantissa, exponent = scientific(abs(value))
    if PLAIN_FROM <= abs(value) < PLAIN_BELOW:
        return sign + plain(mantissa, exponent)
    return f"{sign}{mantissa[0]}.{mantissa[1:] or '0'}E{exponent}"


def scientific(value):
    """Shortest digits that read back to the value, and the exponent of the first."""
    digits, exponent = f"{value!r}e0".split("e")[:2]
    whole, _, fraction = digits.partition(".")
    exponent = int(exponent) + len(whole) - 1
    digits = (whole + fraction).rstrip("0")
    significant = digits.lstrip("0")
    return significant, exponent - (len(digits) - len(significant))


def plain(digits, exponent):
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    digits = digits.ljust(exponent + 2, "0")
    return digits[:exponent + 1] + "." + digits[exponent + 1:]


def twelve_hours(time_us):
    """Local time as dd/MM/yyyy hh:mm:ss AM or PM."""
    local = time.localtime(time_us // 1000000)
    clock = f"{local.tm_hour % 12 or 12:02}:{local.tm_min:02}:{local.tm_sec:02} {'AM' if local.tm_hour < 12 else 'PM'}"
    return f"{local.tm_mday:02}/{local.tm_mon:02}/{local.tm_year:04} {clock}"


def instant(time_us):
    """UTC as yyyy-MM-dd HH:mm:ss with no, three or six decimals, as few as are needed."""
    moment = datetime.fromtimestamp(time_us // 1000000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    micros = time_us % 1000000
    if micros == 0:
        return moment
    return f"{moment}.{micros // 1000:03}" if micros % 1000 == 0 else f"{moment}.{micros:06}"
