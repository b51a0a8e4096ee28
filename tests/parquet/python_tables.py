#!/usr/bin/env python3
"""The Python module gives the same table through Parquet as through JSON, for pandas, Arrow and Polars.

usage: python_tables.py ENVIRONMENT COMMAND SOURCE_FOLDER
"""
import glob
import os
import sys
import unittest

import environment

ENVIRONMENT, COMMAND, SOURCE = (os.path.abspath(a) for a in sys.argv[1:4])
CAPTURES = [f"{SOURCE}/test-captures/first.pcap", *sorted(glob.glob(f"{SOURCE}/test-captures/traffic/*.pcap"))[:3]]
OPTIONS = ({}, {"dialect": "python", "label": "x"}, {"extra": "last_timestamp,end_reason,opened,syn_rtt,capture", "sequence": 4},
           {"fields": "src_ip,timestamp"}, {"define": f"{SOURCE}/tests/parquet/every_type.define"})


class Tables(unittest.TestCase):
    def test_pandas_by_both_ways(self):
        import pandas
        from cicflowmeter import tables
        for capture in CAPTURES:
            for options in OPTIONS:
                with self.subTest(capture=capture, options=options):
                    fast = tables.to_dataframe(capture, **options)
                    has_reader, tables._has_parquet_reader = tables._has_parquet_reader, lambda: False
                    slow = tables.to_dataframe(capture, **options)
                    tables._has_parquet_reader = has_reader
                    for column in (name for name in fast.columns if name.startswith("seq_")):
                        fast[column] = [list(value) for value in fast[column]]
                    self.assertEqual(list(fast.columns), list(slow.columns))
                    for column in fast.columns:
                        one, other = ([value if isinstance(value, list) or pandas.notna(value) else None for value in frame[column]]
                                      for frame in (fast, slow))
                        self.assertEqual(one, other, column)

    def test_defined_columns(self):
        """The types of the columns, and their values as the flows' packets have them."""
        import cicflowmeter
        import pyarrow
        import pyarrow.types as types
        table = cicflowmeter.to_arrow(CAPTURES[0], define=f"{SOURCE}/tests/parquet/every_type.define")
        kinds = (("packets", types.is_integer), ("share", types.is_floating), ("who", lambda kind: kind == pyarrow.string()),
                 ("from_begin", types.is_floating), ("never", types.is_floating), ("ttl_or_zero", types.is_integer))
        for name, is_kind in kinds:
            self.assertTrue(is_kind(table.schema.field(name).type), (name, table.schema.field(name).type))
        for flow in table.to_pylist():
            packets = flow["tot_fwd_pkts"] + flow["tot_bwd_pkts"]
            is_v4 = ":" not in flow["src_ip"]
            self.assertEqual(flow["packets"], packets)
            self.assertEqual(flow["share"], flow["tot_fwd_pkts"] / packets)
            self.assertEqual(flow["who"], flow["src_ip"] if is_v4 else None)
            self.assertAlmostEqual(flow["from_begin"], flow["flow_duration"], delta=1e-6)
            self.assertIsNone(flow["never"])
            self.assertEqual(flow["ttl_or_zero"] > 0, is_v4)

    def test_arrow_and_polars(self):
        import cicflowmeter
        import pyarrow
        for options in OPTIONS:
            arrow = cicflowmeter.to_arrow(CAPTURES[0], **options)
            self.assertEqual(arrow.schema.field("timestamp").type, pyarrow.timestamp("ns", tz="UTC"))
            expected = [flow["src_ip"] for flow in cicflowmeter.read_flows(CAPTURES[0], **options)]
            self.assertEqual(arrow["src_ip"].to_pylist(), expected)
            if environment.has_python(ENVIRONMENT, "polars"):
                polars = cicflowmeter.to_polars(CAPTURES[0], **options)
                self.assertEqual(polars["src_ip"].to_list(), expected)
                self.assertEqual(polars["timestamp"].cast(int).to_list(), arrow["timestamp"].cast(pyarrow.int64()).to_pylist())


if __name__ == "__main__":
    if sys.executable != environment.python(ENVIRONMENT):
        found = environment.prepare(ENVIRONMENT)
        if not {"pyarrow", "pandas"} <= set(found):
            print("left out: pyarrow or pandas, which cannot be installed here")
            sys.exit(environment.LEFT_OUT)
        python = environment.python(ENVIRONMENT)
        os.execve(python, [python, *sys.argv], dict(os.environ, CICFLOWMETER=COMMAND, TZ="UTC",
                                                    PYTHONPATH=f"{SOURCE}/cli-wrapper/python"))
    unittest.main(argv=sys.argv[:1], verbosity=2)
