import sys; sys.path.insert(0,"/work/wt/i19/tests/gui")
from wireshark_window import *
d=Desktop()
w=Wireshark("-X","lua_script:"+sys.argv[1],"-r","/work/wt/i19/test-captures/first.pcap")
def show(t):
    e=w.filter_entry(); print(t, repr(w.text(e)), [(c.get_role_name(), c.get_name(), c.get_description()) for c in w.children(e)], w.status(), flush=True)
try:
    wait_for("x", lambda: w.status().startswith("Packets"))
    show("start")
    w.filter_entry().set_text_contents("cicflow.last"); time.sleep(2); show("typed")
    w.act("x", lambda: w.children(w.filter_entry())[2]); time.sleep(3); show("applied")
    w.choose("Statistics","CIC Flow: Flows"); time.sleep(3)
    dlg=w.window("Wireshark . CIC Flow: Flows . .*")
    w.close_window(dlg,"Wireshark . CIC Flow: Flows . .*"); show("closed")
    w.act("x", lambda: w.children(w.filter_entry())[1]); time.sleep(3); show("cleared")
    w.act("x", lambda: w.children(w.filter_entry())[1]); time.sleep(3); show("cleared")
finally:
    w.close(); d.close()
