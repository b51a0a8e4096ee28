/*
 * endpoint.c - curl handles for one server, and a judgement of its answers; see endpoint.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "endpoint.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { TOO_MANY_REQUESTS = 429 };

struct endpoint {
    char *url, *name;
    char *authorities; /* file of --ca, or NULL */
    gboolean is_insecure;
    long timeout_ms;
    struct curl_slist *headers;
};

static size_t
/* NOLINTNEXTLINE(readability-non-const-parameter): the signature is libcurl's. */
discard(char *data, size_t size, size_t count, void *unused)
{
    (void)data;
    (void)unused;
    return size * count;
}

static gboolean
is_web_address(CURLU *parts, const char *url)
{
    char *scheme = NULL;
    gboolean is_web = !curl_url_set(parts, CURLUPART_URL, url, 0) &&
                      !curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) &&
                      (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    return is_web;
}

/* The URL without user and password; NULL when it is not an HTTP or HTTPS URL. */
static char *
name_of(const char *url)
{
    CURLU *parts = curl_url();
    char *shown = NULL;
    if (is_web_address(parts, url)) {
        curl_url_set(parts, CURLUPART_USER, NULL, 0);
        curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0);
        curl_url_get(parts, CURLUPART_URL, &shown, 0);
    }
    char *name = g_strdup(shown);
    curl_free(shown);
    curl_url_cleanup(parts);
    return name;
}

/* Checked here because curl silently drops a line that is not a header. */
static gboolean
add_header(struct curl_slist **headers, const char *header, GError **error)
{
    gsize name = strcspn(header, ": \t");
    if (name == 0 || header[name] != ':')
        return options_wrong(error, "--header: '%s' is not of the form NAME: VALUE", header);
    *headers = curl_slist_append(*headers, header);
    return TRUE;
}

/* One header a line. Unlike arguments, a file does not show secrets in the process list. */
static gboolean
add_headers_of_file(struct curl_slist **headers, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error)) {
        g_prefix_error(error, "--header: ");
        return FALSE;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean is_fine = TRUE;
    for (char **line = lines; is_fine && *line; line++)
        is_fine = *g_strstrip(*line) == '\0' || add_header(headers, *line, error);
    return is_fine;
}

/* The caller frees the headers collected so far, also when this returns FALSE. */
static gboolean
collect_headers(struct curl_slist **headers, const GPtrArray *wanted, GError **error)
{
    *headers = curl_slist_append(*headers, "Content-Type: application/json");
    /* Without this curl waits for "100 Continue" before a large body. */
    *headers = curl_slist_append(*headers, "Expect:");
    for (guint i = 0; i < wanted->len; i++) {
        const char *header = g_ptr_array_index(wanted, i);
        gboolean is_file = *header == '@';
        if (!(is_file ? add_headers_of_file(headers, header + 1, error) : add_header(headers, header, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_authorities(const char *authorities, GError **error)
{
    if (!authorities || !access(authorities, R_OK))
        return TRUE;
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "--ca: cannot read '%s': %s", authorities, g_strerror(errno));
    return FALSE;
}

static gboolean
check_url(struct endpoint *endpoint, GError **error)
{
    endpoint->name = name_of(endpoint->url);
    return endpoint->name ||
           options_wrong(error, "-u: '%s' is not a URL that begins with http:// or https://", endpoint->url);
}

struct endpoint *
endpoint_new(const struct options *options, GError **error)
{
    struct endpoint *endpoint = g_new0(struct endpoint, 1);
    endpoint->url = g_strdup(options_output(options, OPT_URL));
    endpoint->authorities = g_strdup(options_text(options, OPT_CA));
    endpoint->is_insecure = options_given(options, OPT_INSECURE) > 0;
    endpoint->timeout_ms = MAX((long)(options_seconds(options, OPT_REQUEST_TIMEOUT) * 1000), 1);
    if (check_url(endpoint, error) && check_authorities(endpoint->authorities, error) &&
        collect_headers(&endpoint->headers, options_list(options, OPT_HEADER), error))
        return endpoint;
    endpoint_free(endpoint);
    return NULL;
}

void
endpoint_free(struct endpoint *endpoint)
{
    curl_slist_free_all(endpoint->headers);
    g_free(endpoint->url);
    g_free(endpoint->name);
    g_free(endpoint->authorities);
    g_free(endpoint);
}

const char *
endpoint_name(const struct endpoint *endpoint)
{
    return endpoint->name;
}

CURL *
endpoint_handle(const struct endpoint *endpoint, char *reason)
{
    CURL *handle = curl_easy_init();
    curl_easy_setopt(handle, CURLOPT_URL, endpoint->url);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, endpoint->headers);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, endpoint->timeout_ms);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "cicflowmeter");
    if (endpoint->is_insecure) {
        curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (endpoint->authorities)
        curl_easy_setopt(handle, CURLOPT_CAINFO, endpoint->authorities);
    return handle;
}

enum verdict
endpoint_judge(CURLcode result, long status)
{
    if (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE)
        return VERDICT_NEVER;
    if (result != CURLE_OK || status == TOO_MANY_REQUESTS || status >= 500)
        return VERDICT_LATER;
    return status >= 200 && status < 300 ? VERDICT_ACCEPTED : VERDICT_REFUSED;
}
