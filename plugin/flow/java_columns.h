/*
 * java_columns.h - how the cells of the Java tools are had from their flows.
 *
 * Each is a column_getter over a java_flow: which one a column uses says how the tool behaves where there is no value,
 * and whether it divides integers. Times are microseconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef CICFLOW_JAVA_COLUMNS_H
#define CICFLOW_JAVA_COLUMNS_H

#include "feature.h"

/* Statistics of the series behind the feature; counts are integers, all else real. */
feature_value java_statistic(const flow *f, feature_id feature);      /* not a number without values */
feature_value java_statistic_or_0(const flow *f, feature_id feature); /* integer 0 without values */
feature_value java_statistic_or_real_0(const flow *f, feature_id feature);

feature_value java_flow_id(const flow *f, feature_id feature);
feature_value java_measure(const flow *f, feature_id feature); /* as the standard dialect has it, of any protocol */
feature_value java_duration(const flow *f, feature_id feature);
feature_value java_header_bytes(const flow *f, feature_id feature);
feature_value java_least_header(const flow *f, feature_id feature);
feature_value java_least_header_backward(const flow *f, feature_id feature);
feature_value java_data_packets_backward(const flow *f, feature_id feature);
feature_value java_window(const flow *f, feature_id feature);
feature_value java_average_length(const flow *f, feature_id feature);  /* sum of all lengths per packet */
feature_value java_average_segment(const flow *f, feature_id feature); /* real 0 without packets */

/* Flow Bytes/s and Packets/s: infinite or not a number without duration; or -1. */
feature_value java_rate(const flow *f, feature_id feature);
feature_value java_rate_or_minus_1(const flow *f, feature_id feature);

/* Packets/s of a direction: real 0 without or with a negative duration. */
feature_value java_packet_rate(const flow *f, feature_id feature);

/* Flags of a direction: of the first packet alone, which is forward; or of all packets (java_measure). */
feature_value java_first_flag(const flow *f, feature_id feature);
feature_value java_reset_forward(const flow *f, feature_id feature);
feature_value java_reset_backward(const flow *f, feature_id feature);

/* Quotients: of integers, or of real numbers. */
feature_value java_whole_down_up(const flow *f, feature_id feature);
feature_value java_real_down_up(const flow *f, feature_id feature);
feature_value java_whole_bulk(const flow *f, feature_id feature);
feature_value java_real_bulk(const flow *f, feature_id feature);
feature_value java_whole_bulk_rate(const flow *f, feature_id feature);
feature_value java_real_bulk_rate(const flow *f, feature_id feature);
feature_value java_whole_subflow(const flow *f, feature_id feature);
feature_value java_real_subflow(const flow *f, feature_id feature);

/* What the corrected tool adds. */
feature_value java_icmp_code(const flow *f, feature_id feature);
feature_value java_icmp_type(const flow *f, feature_id feature);
feature_value java_retransmissions_forward(const flow *f, feature_id feature);
feature_value java_retransmissions_backward(const flow *f, feature_id feature);
feature_value java_retransmissions(const flow *f, feature_id feature);
feature_value java_connection_time(const flow *f, feature_id feature);

/* What stands there as long as no label is given. */
feature_value java_label(const flow *f, feature_id feature);

#endif
