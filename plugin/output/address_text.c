/*
 * address_text.c - see address_text.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "address_text.h"

#include <arpa/inet.h>
#include <string.h>

#include "number.h"

_Static_assert((int)ADDRESS_TEXT_BYTES_MAX >= INET6_ADDRSTRLEN, "addresses fit");

size_t
address_text_write(char *out, const feature_value *value)
{
    if (value->address.ip_version == 6) {
        inet_ntop(AF_INET6, value->address.bytes.bytes, out, ADDRESS_TEXT_BYTES_MAX);
        return strlen(out);
    }
    size_t size = 0;
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            out[size++] = '.';
        size += number_write_integer(out + size, value->address.bytes.bytes[i]);
    }
    return size;
}
