-- cicflow.lua: loads the cicflow plugin that lies beside this script, for a machine where it is in no plugin folder.
--
--     tshark -X lua_script:cicflow.lua -r x.pcap -o cicflow.csv:out.csv
--
-- Does nothing when the plugin is loaded already.
-- SPDX-License-Identifier: GPL-2.0-or-later

local folder = (debug.getinfo(1, "S").source:match("^@(.*[/\\])")) or "./"
local path = folder .. "cicflow.so"

local open, problem = package.loadlib(path, "luaopen_cicflow")
if not open then
    error("cicflow.lua: cannot load " .. path .. ": " .. tostring(problem), 0)
end
open()
