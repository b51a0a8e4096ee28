import sys; sys.path.insert(0,"/work/wt/i19/tests/gui")
from wireshark_window import *
d=Desktop()
for z in sys.argv[2:]:
    w=Wireshark("-X","lua_script:"+sys.argv[1],"-r","/work/wt/i19/test-captures/first.pcap", *z.split())
    try:
        wait_for("x", lambda: w.status().startswith("Packets"))
        time.sleep(6)
        print(z, [c.get_name() for c in w.children(w.root)], flush=True)
    finally:
        w.close()
d.close()
