import sys; sys.path.insert(0,"/work/wt/i19/tests/gui")
from wireshark_window import *
d=Desktop()
w=Wireshark("-X","lua_script:/work/wt/i19/.i19/menu.lua","-r","/work/wt/i19/test-captures/first.pcap")
try:
    wait_for("x", lambda: "CIC Flow: Other" in w.menu_items("Statistics") )
    for m in ("Statistics","Tools"):
        for k,v in w.menu_items(m).items():
            print(m, repr(k), v.get_role_name(), [ (c.get_name(), [x.get_name() for x in w.children(c)]) for c in w.children(v)] if "CIC" in k else "")
finally:
    w.close(); d.close()
