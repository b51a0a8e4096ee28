/*
 * truth.c - fuzz target: any bytes as a table of ground truth, and flows to find in it.
 *
 * The text ends at the first 0; what comes after it are flows. A short text is used as a row below a header that has
 * every column. Checked: what is refused is refused with one line that names the file; a flow's rule is one of those
 * there are; rows that flows match are marked as matched.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "fuzz.h"
#include "run/ground_truth.h"

enum { FLOWS_MAX = 50 };

static char *
take_text(fuzz_bytes *bytes)
{
    static const char header[] = "label,src,dst,src_port,dst_port,protocol,start,end,direction\n";
    const uint8_t *end = bytes->left ? memchr(bytes->at, 0, bytes->left) : NULL;
    size_t length = end ? (size_t)(end - bytes->at) : bytes->left;
    g_autofree char *text = length > 0 ? g_strndup((const char *)bytes->at, length) : g_strdup("");
    bool is_row = length > 0 && bytes->at[0] == '+';
    char *table = is_row ? g_strconcat(header, text + 1, NULL) : g_strdup(text);

    bytes->at += length;
    bytes->left -= length;
    return table;
}

static flow
take_flow(fuzz_bytes *bytes)
{
    static const uint8_t protocols[] = {TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_ICMP, TRANSPORT_ICMPV6};
    uint64_t form = fuzz_take(bytes, 1);
    flow f = {
        .protocol = protocols[form & 3],
        .ip_version = form & 4 ? 6 : 4,
    };

    f.src.bytes[0] = f.dst.bytes[0] = 10;
    f.src.bytes[3] = (uint8_t)fuzz_take(bytes, 1);
    f.dst.bytes[3] = (uint8_t)fuzz_take(bytes, 1);
    f.src_port = (uint16_t)fuzz_take(bytes, 2);
    f.dst_port = (uint16_t)fuzz_take(bytes, 2);
    f.first_ns = (int64_t)fuzz_take(bytes, 5);
    f.last_ns = f.first_ns + (int64_t)fuzz_take(bytes, 4);
    return f;
}

static void
match_flows(ground_truth *truth, fuzz_bytes *bytes)
{
    const label_names *labels = ground_truth_labels(truth);
    guint rows = ground_truth_rows(truth);
    const bool *matched = ground_truth_matched(truth);
    bool is_matched = false, has_matched_row = false;

    for (int i = 0; i < FLOWS_MAX && bytes->left > 0; i++) {
        flow f = take_flow(bytes);
        guint label = ground_truth_match(truth, &f);
        FUZZ_CHECK(label < g_strv_length((char **)labels->names));
        is_matched = is_matched || label != labels->of_none;
    }
    for (guint i = 0; i < rows; i++)
        has_matched_row = has_matched_row || matched[i];
    FUZZ_CHECK(!is_matched || has_matched_row);
    FUZZ_CHECK(has_matched_row || ground_truth_conflicting_flows(truth) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes bytes = {data, size};
    g_autofree char *text = take_text(&bytes);
    g_autoptr(GError) error = NULL;

    (void)ground_truth_is_table(text);
    ground_truth *truth = ground_truth_parse("truth.csv", text, "other", &error);
    FUZZ_CHECK(!truth == !!error);
    if (truth)
        match_flows(truth, &bytes);
    else
        FUZZ_CHECK(strstr(error->message, "truth.csv") && !strchr(error->message, '\n'));
    ground_truth_free(truth);
    return 0;
}
