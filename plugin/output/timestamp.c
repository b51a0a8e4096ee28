/*
 * timestamp.c - points in time as text; see timestamp.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "timestamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

const char *const timestamp_form_names[TIMESTAMP_CHOICES] = {"local", "utc", "iso8601", "epoch"};

static size_t
write_epoch(char *out, int64_t seconds, int64_t nanoseconds)
{
    const char *sign = "";
    if (seconds < 0 && nanoseconds > 0) {
        seconds++;
        nanoseconds = NS_PER_SECOND - nanoseconds;
        sign = seconds == 0 ? "-" : "";
    }
    return (size_t)snprintf(out, TIMESTAMP_BYTES_MAX, "%s%lld.%09lld", sign, (long long)seconds,
                            (long long)nanoseconds);
}

static bool
is_local(timestamp_form form)
{
    return form == TIMESTAMP_LOCAL || form == TIMESTAMP_LOCAL_12_HOURS;
}

static const char *
pattern_of(timestamp_form form)
{
    switch (form) {
    case TIMESTAMP_ISO8601:
        return "%Y-%m-%dT%H:%M:%S";
    case TIMESTAMP_LOCAL_12_HOURS:
        return "%d/%m/%Y %I:%M:%S";
    default:
        return "%Y-%m-%d %H:%M:%S";
    }
}

/* None, three or six decimals. */
static int
write_needed_decimals(char *out, size_t room, int64_t nanoseconds)
{
    long long microseconds = (long long)nanoseconds / 1000;

    if (microseconds == 0)
        return 0;
    if (microseconds % 1000 == 0)
        return snprintf(out, room, ".%03lld", microseconds / 1000);
    return snprintf(out, room, ".%06lld", microseconds);
}

/* What stands behind the seconds. */
static size_t
write_rest(char *out, size_t room, int64_t nanoseconds, const struct tm *parts, timestamp_form form)
{
    switch (form) {
    case TIMESTAMP_ISO8601:
        return (size_t)snprintf(out, room, ".%09lldZ", (long long)nanoseconds);
    case TIMESTAMP_LOCAL_12_HOURS: /* not by strftime: some locales have no word for it */
        return (size_t)snprintf(out, room, "%s", parts->tm_hour < 12 ? " AM" : " PM");
    case TIMESTAMP_UTC_FRACTION:
        return (size_t)write_needed_decimals(out, room, nanoseconds);
    default:
        return 0;
    }
}

size_t
timestamp_write(char *out, int64_t time_ns, timestamp_form form)
{
    int64_t nanoseconds = time_ns % NS_PER_SECOND;
    if (nanoseconds < 0)
        nanoseconds += NS_PER_SECOND;
    int64_t seconds = (time_ns - nanoseconds) / NS_PER_SECOND;
    if (form == TIMESTAMP_EPOCH)
        return write_epoch(out, seconds, nanoseconds);

    time_t second = (time_t)seconds;
    struct tm parts;
    if (is_local(form))
        localtime_r(&second, &parts);
    else
        gmtime_r(&second, &parts);
    size_t size = strftime(out, TIMESTAMP_BYTES_MAX, pattern_of(form), &parts);
    return size + write_rest(out + size, TIMESTAMP_BYTES_MAX - size, nanoseconds, &parts, form);
}
