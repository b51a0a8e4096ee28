/*
 * endpoint.h - the server of -u as libcurl sees it: its address, headers and TLS, and what its answers mean.
 *
 * Knows nothing of records, queues and attempts; those are delivery.h's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include <curl/curl.h>

#include "options.h"

struct endpoint;

enum verdict {
    VERDICT_ACCEPTED, /* the server has the records */
    VERDICT_LATER,    /* it may take them later */
    VERDICT_REFUSED,  /* it will never take these records */
    VERDICT_NEVER     /* it will never take any: its certificate is not trusted */
};

/* Reads the options of -u; NULL with a one-line error when the URL, a header or the file of --ca cannot be used. */
struct endpoint *endpoint_new(const struct options *options, GError **error);
void endpoint_free(struct endpoint *endpoint);

/* The URL as it may be shown: without user and password. */
const char *endpoint_name(const struct endpoint *endpoint);

/* A handle that POSTs to the server, owned by the caller and to be cleaned up before the endpoint is freed; reason, of
 * CURL_ERROR_SIZE bytes, receives curl's error message. */
CURL *endpoint_handle(const struct endpoint *endpoint, char *reason);

/* What the end of a request means: curl's result and the HTTP status. */
enum verdict endpoint_judge(CURLcode result, long status);
