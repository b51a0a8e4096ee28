#!/usr/bin/env python3
"""cicflowmeter -u and its spool file for records that a server does not take: who owns it, and where it cannot be created.

usage: delivery_spool.py COMMAND PLUGIN_FOLDER SOURCE_FOLDER
"""
import os
import resource
import signal
import stat

import command
from command import main
from delivery import ENVIRONMENT, FLOWS, DeliveryTest
from http_server import Answer, Server


class Spool(DeliveryTest):
    def post_in_vain(self, *options, **more):
        with Server(lambda number, body: Answer(400)) as server:
            return self.post(server.url(), *options, **more)

    def test_only_the_owner_may_read_it(self):
        old_mask = os.umask(0)
        try:
            done = self.post_in_vain()
        finally:
            os.umask(old_mask)
        self.assert_all_spooled(done, b"")
        self.assertEqual(stat.S_IMODE(os.stat(self.spool).st_mode), 0o600)

    def test_is_appended_to(self):
        with open(self.spool, "w", encoding="utf-8") as file:
            file.write('{"flow_id":0}\n')
        self.post_in_vain()
        self.assertEqual(sorted(record["flow_id"] for record in self.spooled()), list(range(FLOWS + 1)))

    def test_link_is_refused_before_anything_is_read(self):
        os.symlink(self.path("elsewhere"), self.spool)
        with Server() as server:
            done = self.post(server.url())
            self.assertEqual(server.requests, [])
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"it is a symbolic link", done.stderr)
        self.assertFalse(os.path.exists(self.path("elsewhere")))

    def test_usual_file_that_cannot_be_written(self):
        """The default spool file: the run starts with a warning, and records it would have kept are counted as lost."""
        os.mkdir(self.path("cicflowmeter-undelivered.jsonl"))
        arguments = ["-f", self.capture, "-u", "--extra", "flow_id"]
        with Server() as server:
            done = command.run(*arguments, server.url(), env=ENVIRONMENT, cwd=self.folder)
            self.assert_all_there(server.accepted())
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"Is a directory; without --spool FILE what is not delivered will be lost", done.stderr)
        with Server(lambda number, body: Answer(400)) as server:
            done = command.run(*arguments, server.url(), env=ENVIRONMENT, cwd=self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{FLOWS} are lost".encode(), done.stderr)

    def test_missing_folder_is_said_before_anything_is_read(self):
        self.spool = self.path("no", "spool")
        with Server() as server:
            done = self.post(server.url())
            self.assertEqual(server.requests, [])
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No such file or directory", done.stderr)

    def test_one_record(self):
        done = self.post_in_vain("--packets", "1")
        self.assertIn(b"cicflowmeter: 1 of 1 record was not delivered; 1 of them is in '", done.stderr)

    def test_full_disk(self):
        """What neither the server nor the spool file takes is counted as lost."""
        most = 20000

        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        done = self.post_in_vain(preexec_fn=small_files)
        kept = len(self.spooled())
        self.assertEqual(done.returncode, 1)
        self.assertTrue(0 < kept < FLOWS)
        self.assertLessEqual(os.path.getsize(self.spool), most)
        self.assertIn(b"cannot write the spool file", done.stderr)
        self.assertIn(f"{FLOWS} of {FLOWS} records were not delivered; {kept} of them are in".encode(), done.stderr)
        self.assertIn(f"{FLOWS - kept} are lost".encode(), done.stderr)


if __name__ == "__main__":
    main()
