import sys; sys.path.insert(0,"/work/wt/i19/tests/gui")
from wireshark_window import *
d=Desktop()
w=Wireshark("-X","lua_script:"+sys.argv[1],"-r","/work/wt/i19/test-captures/first.pcap")
def dump(n,depth=0,maxd=5):
    for c in w.children(n):
        print("  "*depth, c.get_role_name(), repr(c.get_name()), flush=True)
        if depth<maxd and c.get_role_name() not in ("table","tree table","tree","menu bar"): dump(c,depth+1,maxd)
try:
    wait_for("x", lambda: w.status().startswith("Packets"))
    dump(w.root)
finally:
    w.close(); d.close()
