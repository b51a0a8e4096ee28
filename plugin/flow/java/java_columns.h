/*
 * java_columns.h - computes the cells of the Java tools from their flows.
 *
 * Each is a feature_getter for a java_flow. The getters differ in what the tool writes if there is no value, and in
 * whether it divides integers. Times are in microseconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#pragma once

#include "../feature.h"

/* The getters: JAVA_COLUMN(name, type of its values). */
#define JAVA_COLUMNS                                                                                                   \
    /* Statistics of the feature's series; counts are integers, all else real. */                                      \
    JAVA_COLUMN(java_statistic, TYPE_OF_STATISTIC)      /* NaN without values */                                       \
    JAVA_COLUMN(java_statistic_or_0, TYPE_OF_STATISTIC) /* integer 0 without values */                                 \
    JAVA_COLUMN(java_statistic_or_real_0, TYPE_OF_STATISTIC)                                                           \
    JAVA_COLUMN(java_flow_id, TYPE_TEXT)                                                                               \
    JAVA_COLUMN(feature_measure, TYPE_OF_FEATURE) /* as in the standard dialect, for any protocol */                   \
    JAVA_COLUMN(java_duration, TYPE_INTEGER)                                                                           \
    JAVA_COLUMN(java_header_bytes, TYPE_INTEGER)                                                                       \
    JAVA_COLUMN(java_least_header, TYPE_INTEGER)                                                                       \
    JAVA_COLUMN(java_least_header_backward, TYPE_INTEGER)                                                              \
    JAVA_COLUMN(java_data_packets_backward, TYPE_INTEGER)                                                              \
    JAVA_COLUMN(java_window, TYPE_INTEGER)                                                                             \
    JAVA_COLUMN(java_average_length, TYPE_REAL)  /* sum of all lengths divided by the number of packets */             \
    JAVA_COLUMN(java_average_segment, TYPE_REAL) /* real 0 without packets */                                          \
    /* Flow Bytes/s and Packets/s: infinite or NaN if the duration is 0; or -1. */                                     \
    JAVA_COLUMN(java_rate, TYPE_REAL)                                                                                  \
    JAVA_COLUMN(java_rate_or_minus_1, TYPE_REAL)                                                                       \
    /* Packets/s of a direction: real 0 without or with a negative duration. */                                        \
    JAVA_COLUMN(java_packet_rate, TYPE_REAL)                                                                           \
    /* Flags of a direction: of the first packet alone, which is forward; or of all packets (feature_measure). */      \
    JAVA_COLUMN(java_first_flag, TYPE_INTEGER)                                                                         \
    JAVA_COLUMN(java_reset_forward, TYPE_INTEGER)                                                                      \
    JAVA_COLUMN(java_reset_backward, TYPE_INTEGER)                                                                     \
    /* Quotients: of integers, or of real numbers. */                                                                  \
    JAVA_COLUMN(java_whole_down_up, TYPE_REAL)                                                                         \
    JAVA_COLUMN(java_real_down_up, TYPE_REAL)                                                                          \
    JAVA_COLUMN(java_whole_bulk, TYPE_INTEGER)                                                                         \
    JAVA_COLUMN(java_real_bulk, TYPE_REAL)                                                                             \
    JAVA_COLUMN(java_whole_bulk_rate, TYPE_INTEGER)                                                                    \
    JAVA_COLUMN(java_real_bulk_rate, TYPE_REAL)                                                                        \
    JAVA_COLUMN(java_whole_subflow, TYPE_INTEGER)                                                                      \
    JAVA_COLUMN(java_real_subflow, TYPE_REAL)                                                                          \
    /* What the corrected tool adds. */                                                                                \
    JAVA_COLUMN(java_icmp_code, TYPE_INTEGER)                                                                          \
    JAVA_COLUMN(java_icmp_type, TYPE_INTEGER)                                                                          \
    JAVA_COLUMN(java_retransmissions_forward, TYPE_INTEGER)                                                            \
    JAVA_COLUMN(java_retransmissions_backward, TYPE_INTEGER)                                                           \
    JAVA_COLUMN(java_retransmissions, TYPE_INTEGER)                                                                    \
    JAVA_COLUMN(java_connection_time, TYPE_INTEGER)                                                                    \
    /* The tool's placeholder until a label is set. */                                                                 \
    JAVA_COLUMN(java_label, TYPE_TEXT)

#define JAVA_COLUMN(name, type) feature_value name(const flow *f, feature_id feature);
JAVA_COLUMNS
#undef JAVA_COLUMN
