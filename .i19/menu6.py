import sys; sys.path.insert(0,"/work/wt/i19/tests/gui")
from wireshark_window import *
d=Desktop()
w=Wireshark("-X","lua_script:"+sys.argv[1],"-r","/work/wt/i19/test-captures/first.pcap")
try:
    wait_for("x", lambda: w.status().startswith("Packets"))
    time.sleep(2)
    node = w.find(w.root, ("menu bar",))
    item = next(c for c in w.children(node) if c.get_name() == "Statistics")
    for c in w.children(w.children(item)[0]):
        print(repr(c.get_name()), [[x.get_name() for x in w.children(y)] for y in w.children(c)] if "CIC" in c.get_name() or "istrib" in c.get_name() else "")
finally:
    w.close(); d.close()
