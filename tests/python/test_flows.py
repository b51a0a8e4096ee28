"""read_flows and to_dataframe give what the command writes, with types, in constant memory, and its errors."""
import builtins
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tracemalloc

import pytest
from conftest import CAPTURE, SOURCE, run, write_capture

import cicflowmeter
from cicflowmeter import CicflowmeterError, UsageError, read_flows, to_dataframe, to_parquet
from cicflowmeter._command import option_arguments
from cicflowmeter.flows import read_written, value_of


def written(*options):
    return [json.loads(line) for line in run("-f", CAPTURE, "--jsonl", *options, "-").stdout.splitlines()]


def children():
    tasks = pathlib.Path("/proc/self/task").iterdir()
    return [child for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]


def test_yields_what_the_command_writes():
    flows = list(read_flows(CAPTURE))
    assert flows == written()
    assert len(flows) > 5
    assert len(flows[0]) == 82


def test_values_have_types():
    flow = next(iter(read_flows(str(CAPTURE))))
    types = {column: type(flow[column]) for column in ("src_ip", "src_port", "timestamp", "flow_duration", "tot_fwd_pkts")}
    assert types == {"src_ip": str, "src_port": int, "timestamp": str, "flow_duration": float, "tot_fwd_pkts": int}


def test_defined_columns(tmp_path):
    """One file, several, one that comes with cicflow, and one that is wrong."""
    first, second = tmp_path / "first.define", tmp_path / "second.define"
    first.write_text("packets = count(*)\nshare = count(*, fwd) / count(*)\nwho = first(ip.src)\nnever = max(ip.ttl) / 0\n")
    second.write_text("twice = packets * 2\n")
    for flow in read_flows(CAPTURE, define=[str(first), str(second)]):
        packets = flow["tot_fwd_pkts"] + flow["tot_bwd_pkts"]
        expected = {"packets": packets, "share": flow["tot_fwd_pkts"] / packets, "who": flow["src_ip"], "never": None, "twice": 2 * packets}
        if ":" in flow["src_ip"]:
            expected["who"] = None
        assert {name: flow[name] for name in expected} == expected
    assert [list(flow)[-1] for flow in read_flows(CAPTURE, define=str(first))][:1] == ["never"]
    assert {flow["IN_PKTS"] == flow["tot_fwd_pkts"] for flow in read_flows(CAPTURE, define="netflow-v3")} == {True}
    second.write_text("x = max(no.such.field)\n")
    with pytest.raises(CicflowmeterError, match=r"second.define.*line 1: .*no\.such\.field"):
        list(read_flows(CAPTURE, define=str(second)))


@pytest.mark.parametrize("options, arguments", [
    ({"define": ["a.define", "tls"]}, ["--define=a.define", "--define=tls"]),
    ({"fields": ["dst_ip", "src_ip"]}, ["--fields=dst_ip,src_ip"]),
    ({"fields": "dst_ip,src_ip"}, ["--fields=dst_ip,src_ip"]),
    ({"extra": ("flow_id", "end_reason")}, ["--extra=flow_id,end_reason"]),
    ({"label": "a,b"}, ["--label=a,b"]),
    ({"label": "--help"}, ["--label=--help"]),
    ({"dialect": "python"}, ["--dialect=python"]),
    ({"idle_timeout": 0.5, "active_timeout": None}, ["--idle-timeout=0.5"]),
    ({"packets": 3}, ["--packets=3"]),
    ({"full_dissection": True}, ["--full-dissection"]),
    ({"full_dissection": False}, []),
    ({"decode_as": ["udp.port==5353,dns", "tcp.port==81,http"]},
     ["--decode-as=udp.port==5353,dns", "--decode-as=tcp.port==81,http"]),
])
def test_keywords_are_options(options, arguments):
    assert option_arguments(options) == arguments


def test_options_reach_the_command():
    options = {"fields": ["dst_ip", "timestamp"], "extra": ["flow_id"], "label": "a,b", "idle_timeout": 0.5}
    assert list(read_flows(CAPTURE, timestamp="epoch", **options)) == \
        written("--fields=dst_ip,timestamp", "--extra=flow_id", "--label=a,b", "--idle-timeout=0.5", "--timestamp=epoch")


def test_standard_input():
    program = "import cicflowmeter; print(len(list(cicflowmeter.read_flows('-'))))"
    with open(CAPTURE, "rb") as capture:
        done = subprocess.run([sys.executable, "-c", program], stdin=capture, capture_output=True, check=True,
                              env={**os.environ, "PYTHONPATH": str(SOURCE / "cli-wrapper" / "python")})
    assert int(done.stdout) == len(written())


def test_memory_is_constant(tmp_path):
    write_capture(tmp_path / "many.pcap", 6000)
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_flows(tmp_path / "many.pcap"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 6000
    # 6000 dictionaries of 82 values take 60 MB.
    assert peak < 2_000_000


def test_leaving_early_ends_the_command(tmp_path):
    write_capture(tmp_path / "many.pcap", 6000)
    flows = read_flows(tmp_path / "many.pcap")
    next(flows)
    assert children() != []
    flows.close()
    assert children() == []


def test_missing_capture():
    with pytest.raises(CicflowmeterError) as caught:
        list(read_flows("/nowhere/x.pcap"))
    line = run("-f", "/nowhere/x.pcap", "--jsonl", "-").stderr.decode().splitlines()[0]
    assert "cicflowmeter: " + str(caught.value) == line
    assert caught.value.status == 1


def test_cut_capture_gives_what_can_be_read(cut_capture):
    flows = []
    with pytest.raises(CicflowmeterError) as caught:
        for flow in read_flows(cut_capture):
            flows.append(flow)
    assert len(flows) > 5
    assert "cut" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("options", [{"no_such_option": 1}, {"idle_timeout": "soon"}, {"fields": "no_such_column"},
                                     {"jsonl": True}, {"file": "x"}])
def test_wrong_options(options):
    with pytest.raises(UsageError) as caught:
        list(read_flows(CAPTURE, **options))
    assert isinstance(caught.value, ValueError)
    assert "\n" not in str(caught.value)
    assert next(iter(options)).replace("_", "-") in str(caught.value)


def test_no_command(monkeypatch):
    monkeypatch.setenv("CICFLOWMETER", "/nowhere/cicflowmeter")
    with pytest.raises(CicflowmeterError, match="the command '/nowhere/cicflowmeter' was not found"):
        list(read_flows(CAPTURE))


def test_verbose_tells_on_standard_error(capsys):
    list(read_flows(CAPTURE, verbose=True))
    assert capsys.readouterr().err == run("-f", CAPTURE, "--jsonl", "-v", "-").stderr.decode()


def test_dataframe_has_the_records():
    pandas = pytest.importorskip("pandas")
    frame = to_dataframe(CAPTURE, timestamp="utc")
    flows = written("--timestamp=utc")
    assert list(frame.columns) == list(flows[0])
    assert frame.to_dict("records") == flows
    assert pandas.api.types.is_integer_dtype(frame["src_port"])
    assert pandas.api.types.is_float_dtype(frame["flow_duration"])


def test_times_of_a_dataframe_are_times():
    pandas = pytest.importorskip("pandas")
    frame = to_dataframe(CAPTURE, extra="last_timestamp,server_name")
    for column in ("timestamp", "last_timestamp"):
        assert isinstance(frame[column].dtype, pandas.DatetimeTZDtype)
        texts = [flow[column] for flow in written("--timestamp=iso8601", "--extra=last_timestamp")]
        assert list(frame[column]) == [pandas.Timestamp(text) for text in texts]
    assert "" not in set(frame["server_name"])


def test_parquet_appears_whole(tmp_path):
    assert to_parquet(CAPTURE, tmp_path / "flows.parquet", dialect="python") is None
    content = (tmp_path / "flows.parquet").read_bytes()
    assert (content[:4], content[-4:]) == (b"PAR1", b"PAR1")
    assert [path.name for path in tmp_path.iterdir()] == ["flows.parquet"]
    with pytest.raises(UsageError, match="--idle-timeout"):
        to_parquet(CAPTURE, tmp_path / "other.parquet", idle_timeout=-1)
    with pytest.raises(CicflowmeterError, match="missing"):
        to_parquet(tmp_path / "missing.pcap", tmp_path / "other.parquet")
    with pytest.raises(UsageError, match="jsonl"):
        to_parquet(CAPTURE, tmp_path / "other.parquet", jsonl="x")
    assert not (tmp_path / "other.parquet").exists()


def test_dataframe_of_several_parts(tmp_path):
    pytest.importorskip("pandas")
    write_capture(tmp_path / "many.pcap", 12000)
    frame = to_dataframe(tmp_path / "many.pcap", extra="flow_id", fields="src_port")
    assert list(frame.index) == list(range(12000))
    assert list(frame["flow_id"]) == list(range(1, 12001))


def test_dataframe_without_flows_has_the_columns(tmp_path):
    pytest.importorskip("pandas")
    write_capture(tmp_path / "empty.pcap", 0)
    frame = to_dataframe(tmp_path / "empty.pcap", fields=["src_ip", "protocol"])
    assert (len(frame), list(frame.columns)) == (0, ["src_ip", "protocol"])


def test_dataframe_without_pandas(monkeypatch):
    real_import = builtins.__import__

    def without_pandas(name, *arguments, **more):
        if name == "pandas":
            raise ImportError(name)
        return real_import(name, *arguments, **more)
    monkeypatch.setattr(builtins, "__import__", without_pandas)
    with pytest.raises(ImportError, match="to_dataframe needs pandas: pip install pandas"):
        to_dataframe(CAPTURE)


@pytest.mark.parametrize("options", [[], ["--timestamp=epoch"], ["--label=12"], ["--extra=end_reason,last_timestamp"],
                                     ["--dialect=java", "--columns=cicids2017", "--label=7"],
                                     ["--extra=all", "--sequence=3", "-o", "cicflow.capture:12"]])
def test_csv_read_back_is_what_json_says(tmp_path, options):
    run("-f", CAPTURE, "-c", *options, tmp_path / "out.csv")
    assert read_written(str(tmp_path / "out.csv"), True) == written(*options)


def test_sequences_are_lists_and_first_packets_limit_them():
    whole = list(read_flows(CAPTURE, extra="all", sequence=255))
    limited = list(read_flows(CAPTURE, extra=["all"], sequence=255, first_packets=2))
    assert len(whole) == len(limited)
    for flow, start in zip(whole, limited):
        for name in ("seq_direction", "seq_length", "seq_payload", "seq_gap", "seq_flags"):
            assert len(flow[name]) == flow["tot_fwd_pkts"] + flow["tot_bwd_pkts"], name
            assert start[name] == flow[name][:2], name
        assert sum(flow["seq_length"]) == flow["totlen_fwd_pkts"] + flow["totlen_bwd_pkts"]
        assert flow["capture"] == str(CAPTURE)
        assert flow["opened"] in ("syn", "synack", "middle") if flow["protocol"] == 6 else flow["opened"] is None


@pytest.mark.parametrize("text, value", [("12", 12), ("-1", -1), ("1.5e-07", 1.5e-07), ("0.0", 0.0), ("NaN", None),
                                         ("Infinity", None), ("10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("", "")])
def test_values_of_csv(text, value):
    assert value_of("x", text) == value
    assert type(value_of("x", text)) is type(value)


def test_half_a_line_is_no_record(tmp_path):
    text = io.StringIO()
    csv.writer(text).writerows([["a", "label"], [1, "x"], [2, "y"]])
    (tmp_path / "growing.csv").write_text(text.getvalue()[:-3], encoding="utf-8", newline="")
    assert read_written(str(tmp_path / "growing.csv"), True) == [{"a": 1, "label": "x"}]


def test_every_public_name_is_documented():
    for name in ("CicflowmeterError", "UsageError", "read_flows", "to_arrow", "to_dataframe", "to_parquet", "to_polars"):
        assert getattr(cicflowmeter, name).__doc__, name
    assert (pathlib.Path(cicflowmeter.__file__).parent / "py.typed").exists()


def test_version_is_that_of_the_project():
    project = re.search(r"project\(cicflow VERSION ([0-9.]+)", (SOURCE / "CMakeLists.txt").read_text(encoding="utf-8"))
    module = (SOURCE / "cli-wrapper" / "python" / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{project.group(1)}"' in module
