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

static char *
put_digits(char *out, int64_t number, int count)
{
    for (int i = count - 1; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
    return out + count;
}

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

bool
timestamp_is_local(timestamp_form form)
{
    return form == TIMESTAMP_LOCAL || form == TIMESTAMP_LOCAL_12_HOURS;
}

/* Offset of local time from UTC in seconds. */
static long
offset_at(time_t second)
{
    struct tm parts;
    localtime_r(&second, &parts);
    return parts.tm_gmtoff;
}

/* The same, cached: localtime_r() takes a lock that threads would contend for. Each thread remembers a quarter of an
 * hour, in which the offset is constant; the time zone of the process never changes. */
static long
local_offset(time_t second)
{
    enum { QUARTER = 15 * 60 };
    static _Thread_local struct {
        time_t begin, end;
        long offset;
    } known;

    if (second < known.begin || second >= known.end) {
        time_t begin = second - (second % QUARTER + QUARTER) % QUARTER;
        long offset = offset_at(begin);
        if (offset_at(begin + QUARTER) != offset)
            return offset_at(second);
        known.begin = begin;
        known.end = begin + QUARTER;
        known.offset = offset;
    }
    return known.offset;
}

/* A date of the Gregorian calendar. */
typedef struct {
    uint32_t year, month, day; /* month and day from 1 */
} date;

/* The date of a day number (0 is 1970-01-01), counting years from March, so that a leap day is the last day of its
 * year. All days of times that fit into 64 bits of nanoseconds are after the year 0.
 * https://howardhinnant.github.io/date_algorithms.html#civil_from_days */
static date
date_of(int64_t days)
{
    enum { ERA_DAYS = 146097, ERA_YEARS = 400, DAYS_BEFORE_1970 = 719468 };
    uint32_t since = (uint32_t)(days + DAYS_BEFORE_1970);
    uint32_t era = since / ERA_DAYS;
    uint32_t day = since % ERA_DAYS;
    uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    uint32_t day_of_year = day - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * day_of_year + 2) / 153;

    return (date){
        .year = year + era * ERA_YEARS + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };
}

static char *
put_two(char *out, uint32_t number)
{
    out[0] = (char)('0' + number / 10);
    out[1] = (char)('0' + number % 10);
    return out + 2;
}

/* All times that fit into 64 bits of nanoseconds have years of four digits. */
static char *
put_year(char *out, uint32_t year)
{
    return put_two(put_two(out, year / 100), year % 100);
}

static char *
put_date(char *out, date d, timestamp_form form)
{
    if (form == TIMESTAMP_LOCAL_12_HOURS) {
        out = put_two(out, d.day);
        *out++ = '/';
        out = put_two(out, d.month);
        *out++ = '/';
        return put_year(out, d.year);
    }
    out = put_year(out, d.year);
    *out++ = '-';
    out = put_two(out, d.month);
    *out++ = '-';
    return put_two(out, d.day);
}

static char *
put_time(char *out, uint32_t second_of_day, timestamp_form form)
{
    uint32_t hour = second_of_day / 3600;

    out = put_two(out, form == TIMESTAMP_LOCAL_12_HOURS ? (hour + 11) % 12 + 1 : hour);
    *out++ = ':';
    out = put_two(out, second_of_day / 60 % 60);
    *out++ = ':';
    return put_two(out, second_of_day % 60);
}

/* Writes no, three or six decimals. */
static char *
put_needed_decimals(char *out, int64_t nanoseconds)
{
    int64_t microseconds = nanoseconds / 1000;

    if (microseconds == 0)
        return out;
    *out++ = '.';
    return microseconds % 1000 == 0 ? put_digits(out, microseconds / 1000, 3) : put_digits(out, microseconds, 6);
}

/* Writes the part after the seconds. */
static char *
put_rest(char *out, int64_t nanoseconds, bool is_morning, timestamp_form form)
{
    switch (form) {
    case TIMESTAMP_ISO8601:
        *out++ = '.';
        out = put_digits(out, nanoseconds, 9);
        *out++ = 'Z';
        return out;
    case TIMESTAMP_LOCAL_12_HOURS:
        *out++ = ' ';
        *out++ = is_morning ? 'A' : 'P';
        *out++ = 'M';
        return out;
    case TIMESTAMP_UTC_FRACTION:
        return put_needed_decimals(out, nanoseconds);
    default:
        return out;
    }
}

static int64_t
nanoseconds_of(int64_t time_ns)
{
    int64_t nanoseconds = time_ns % NS_PER_SECOND;
    return nanoseconds < 0 ? nanoseconds + NS_PER_SECOND : nanoseconds;
}

int64_t
timestamp_seconds(int64_t time_ns, timestamp_form form)
{
    int64_t seconds = (time_ns - nanoseconds_of(time_ns)) / NS_PER_SECOND;
    return timestamp_is_local(form) ? seconds + local_offset((time_t)seconds) : seconds;
}

size_t
timestamp_write(char *out, int64_t time_ns, timestamp_form form)
{
    enum { DAY = 24 * 60 * 60 };
    int64_t nanoseconds = nanoseconds_of(time_ns);
    int64_t seconds = timestamp_seconds(time_ns, form);
    if (form == TIMESTAMP_EPOCH)
        return write_epoch(out, seconds, nanoseconds);

    int64_t second_of_day = (seconds % DAY + DAY) % DAY;
    char *end = put_date(out, date_of((seconds - second_of_day) / DAY), form);
    *end++ = form == TIMESTAMP_ISO8601 ? 'T' : ' ';
    end = put_time(end, (uint32_t)second_of_day, form);
    return (size_t)(put_rest(end, nanoseconds, second_of_day < DAY / 2, form) - out);
}
