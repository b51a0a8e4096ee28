# SPDX-License-Identifier: GPL-2.0-or-later
"""Flow records with the CICFlowMeter features, in Python.

    from cicflowmeter import read_flows, to_dataframe, to_parquet

    for flow in read_flows("capture.pcap"):
        print(flow["src_ip"], flow["flow_duration"])

    frame = to_dataframe("capture.pcap", dialect="python")
    to_parquet("capture.pcap", "flows.parquet")

Everything is done by the command ``cicflowmeter``, which is found by ``$CICFLOWMETER`` or on the ``PATH``.
``cicflowmeter.sniffer`` has the interface of the Python CICFlowMeter.
"""
from ._command import CicflowmeterError, UsageError
from .flows import Flow, Value, read_flows
from .tables import to_arrow, to_dataframe, to_parquet, to_polars

__all__ = ["CicflowmeterError", "Flow", "UsageError", "Value", "read_flows", "to_arrow", "to_dataframe", "to_parquet", "to_polars"]
