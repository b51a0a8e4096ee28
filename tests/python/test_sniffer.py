"""create_sniffer: the Python CICFlowMeter's documented use, unchanged, and what goes wrong."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import textwrap
import time

import pytest
from conftest import CAPTURE, SOURCE, run, write_capture
from http_server import Answer, Server

from cicflowmeter import CicflowmeterError, read_flows
from cicflowmeter.sniffer import create_sniffer

# As people have it in their programs.
PROGRAM = textwrap.dedent("""
    import sys
    from cicflowmeter.sniffer import create_sniffer

    def main(input_file, input_interface, output):
        sniffer, session = create_sniffer(
            input_file=input_file,
            input_interface=input_interface,
            output_mode="csv",
            output=output,
            fields=None,
            verbose=False,
        )
        sniffer.start()
        print("started", flush=True)

        try:
            sniffer.join()
        except KeyboardInterrupt:
            sniffer.stop()
        finally:
            # Stop periodic GC if present
            if hasattr(session, "_gc_stop"):
                session._gc_stop.set()
                session._gc_thread.join(timeout=2.0)
            sniffer.join()
            # Flush all flows at the end
            session.flush_flows()

    main(*[None if argument == "None" else argument for argument in sys.argv[1:]])
""")


def environment():
    return {**os.environ, "PYTHONPATH": str(SOURCE / "cli-wrapper" / "python")}


def can_capture():
    """Whether packets can be captured on the loopback interface here."""
    probe = subprocess.run(["dumpcap", "-i", "lo", "-a", "duration:1", "-w", os.devnull], capture_output=True, check=False)
    return probe.returncode == 0


@pytest.fixture(scope="module")
def traffic():
    """Sends datagrams over the loopback interface to a port of its own until the test ends; gives the port."""
    if not can_capture():
        pytest.skip("packets cannot be captured on the interface lo here")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        port = receiver.getsockname()[1]
        program = ("import socket,sys,time\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n"
                   "while True: s.sendto(b'x',('127.0.0.1',int(sys.argv[1]))); time.sleep(0.02)")
        with subprocess.Popen([sys.executable, "-c", program, str(port)]) as sender:
            yield port
            sender.kill()


def descendants(pid):
    """Names of all descendants of a process."""
    names = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            try:
                names += [pathlib.Path(f"/proc/{child}/comm").read_text(encoding="utf-8").strip(), *descendants(child)]
            except OSError:
                pass  # it has just ended
    return names


def wait_until(condition, seconds=15):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)


def test_documented_program(tmp_path):
    output = tmp_path / "flows.csv"
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(CAPTURE), "None", str(output)], env=environment(),
                          capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert output.read_bytes() == run("-f", CAPTURE, "-c", "-").stdout


def test_module_as_program():
    """As in `python -m cicflowmeter.sniffer -f x.pcap -c flows.csv`."""
    done = subprocess.run([sys.executable, "-m", "cicflowmeter.sniffer", "-f", str(CAPTURE), "-c", "-"], env=environment(),
                          capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", run("-f", CAPTURE, "-c", "-").stdout)
    done = subprocess.run([sys.executable, "-m", "cicflowmeter.sniffer"], timeout=60, check=False, capture_output=True,
                          env={**environment(), "CICFLOWMETER": "/nowhere/cicflowmeter"})
    assert done.returncode == 1
    assert done.stderr.startswith(b"cicflowmeter: the command '/nowhere/cicflowmeter' was not found")


def test_documented_program_with_ctrl_c(tmp_path, traffic):
    """Ctrl-C on a terminal reaches the whole process group."""
    output = tmp_path / "flows.csv"
    with subprocess.Popen([sys.executable, "-c", PROGRAM, "None", "lo", str(output)], env=environment(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as child:
        child.stdout.readline()
        wait_until(lambda: "dumpcap" in descendants(child.pid))
        time.sleep(2)
        os.killpg(child.pid, signal.SIGINT)
        error = child.communicate(timeout=30)[1]
    assert (child.returncode, error) == (0, b"")
    assert f",{traffic},17," in output.read_text(encoding="utf-8")


def test_documented_program_with_ctrl_c_in_a_file(tmp_path):
    """No incomplete file looks complete, and the program ends without a traceback."""
    read_end, write_end = os.pipe()
    program = PROGRAM.replace("input_file=input_file", "input_file='-'")
    output = tmp_path / "flows.csv"
    with subprocess.Popen([sys.executable, "-c", program, "None", "None", str(output)], env=environment(),
                          stdin=read_end, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          start_new_session=True) as child:
        os.close(read_end)
        child.stdout.readline()
        os.write(write_end, CAPTURE.read_bytes()[:200])
        time.sleep(1)
        os.killpg(child.pid, signal.SIGINT)
        error = child.communicate(timeout=30)[1]
    os.close(write_end)
    assert b"Traceback" not in error
    assert child.returncode == 0


def test_arguments_by_position(tmp_path):
    sniffer, session = create_sniffer(str(CAPTURE), None, "csv", str(tmp_path / "out.csv"), "src_ip,protocol", False)
    sniffer.start()
    sniffer.join()
    session.flush_flows()
    assert (tmp_path / "out.csv").read_bytes() == run("-f", CAPTURE, "-c", "--fields=src_ip,protocol", "-").stdout


def test_json_lines_and_further_options(tmp_path):
    sniffer, session = create_sniffer(CAPTURE, None, "jsonl", tmp_path / "out", input_directory=None, dialect="python",
                                      fields=["src_ip", "tot_fwd_pkts"])
    sniffer.start()
    sniffer.join()
    expected = list(read_flows(CAPTURE, dialect="python", fields=["src_ip", "tot_fwd_pkts"]))
    assert session.get_flows() == expected != []


def test_flows_of_the_session(tmp_path):
    sniffer, session = create_sniffer(CAPTURE, None, "csv", tmp_path / "out.csv")
    assert session.get_flows() == []
    sniffer.start()
    session.flush_flows()
    assert not sniffer.running
    assert session.get_flows() == list(read_flows(CAPTURE))


def test_url():
    with Server() as server:
        sniffer, session = create_sniffer(CAPTURE, None, "url", server.url(), extra="flow_id")
        sniffer.start()
        sniffer.join()
        assert sorted(flow["flow_id"] for flow in server.bodies) == \
            sorted(flow["flow_id"] for flow in read_flows(CAPTURE, extra="flow_id"))
        with pytest.raises(CicflowmeterError, match="were not kept"):
            session.get_flows()


def test_undelivered_is_an_error(tmp_path):
    spool = tmp_path / "spool"
    with Server(lambda number, body: Answer(400)) as server:
        sniffer, _ = create_sniffer(CAPTURE, None, "url", server.url(), spool=spool)
        sniffer.start()
        with pytest.raises(CicflowmeterError, match="records were not delivered"):
            sniffer.join()
    assert [json.loads(line) for line in spool.read_text(encoding="utf-8").splitlines()]


def test_error_of_the_command(tmp_path):
    sniffer, session = create_sniffer("/nowhere/x.pcap", None, "csv", tmp_path / "out.csv")
    sniffer.start()
    with pytest.raises(CicflowmeterError) as caught:
        sniffer.join()
    line = run("-f", "/nowhere/x.pcap", "-c", tmp_path / "out.csv").stderr.decode()
    assert f"cicflowmeter: {caught.value}\n" == line
    with pytest.raises(CicflowmeterError):
        session.flush_flows()
    assert session.get_flows() == []


@pytest.mark.parametrize("arguments", [
    (CAPTURE, "lo", "csv", "out.csv"), (None, None, "csv", "out.csv"), (CAPTURE, None, "xml", "out.xml")])
def test_wrong_arguments(arguments):
    with pytest.raises(ValueError, match="create_sniffer: "):
        create_sniffer(*arguments)


def test_join_with_a_timeout(tmp_path, traffic):
    sniffer, session = create_sniffer(None, "lo", "csv", tmp_path / "out.csv", capture_filter=f"udp port {traffic}")
    sniffer.start()
    begin = time.monotonic()
    sniffer.join(timeout=0.3)
    assert time.monotonic() - begin < 5
    assert sniffer.running
    session.flush_flows()  # does not wait for a capture without end
    with pytest.raises(RuntimeError):
        sniffer.start()
    sniffer.stop()
    assert not sniffer.running


def test_live_capture(tmp_path, traffic):
    output = tmp_path / "out.csv"
    sniffer, session = create_sniffer(None, "lo", "csv", output, capture_filter=f"udp port {traffic}",
                                      active_timeout=0.5)
    sniffer.start()
    wait_until(lambda: len(session.get_flows()) >= 2)
    seen = session.get_flows()
    sniffer.stop()
    sniffer.join()
    flows = session.get_flows()
    assert len(flows) > len(seen) >= 2
    assert {flow["dst_port"] for flow in flows} == {traffic}


def test_program_that_does_not_join_loses_nothing(tmp_path, traffic):
    output = tmp_path / "out.csv"
    program = textwrap.dedent(f"""
        import time
        from cicflowmeter.sniffer import create_sniffer
        sniffer, session = create_sniffer(None, "lo", "csv", {str(output)!r}, active_timeout=0.5,
                                          capture_filter="udp port {traffic}")
        sniffer.start()
        while not session.get_flows():
            time.sleep(0.1)
        print(len(session.get_flows()))
    """)
    done = subprocess.run([sys.executable, "-c", program], env=environment(), timeout=60, check=True, capture_output=True)
    # The last line is the flow that was open when the program ended.
    assert len(output.read_text(encoding="utf-8").splitlines()) - 1 > int(done.stdout)


def test_verbose(tmp_path, capfd):
    sniffer, _ = create_sniffer(CAPTURE, None, "csv", tmp_path / "out.csv", verbose=True)
    sniffer.start()
    sniffer.join()
    assert capfd.readouterr().err == run("-f", CAPTURE, "-c", "-v", tmp_path / "out.csv").stderr.decode()


def test_stop_before_start_and_after_the_end(tmp_path):
    write_capture(tmp_path / "one.pcap", 1)
    sniffer, _ = create_sniffer(tmp_path / "one.pcap", None, "csv", tmp_path / "out.csv")
    sniffer.stop()
    sniffer.join()
    sniffer.start()
    sniffer.join()
    sniffer.stop()
    assert (tmp_path / "out.csv").exists()
