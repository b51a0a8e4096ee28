-- actions.lua: entries of the Tools menu for tests: what users do in dialogs that tests cannot fill in.
-- SPDX-License-Identifier: GPL-2.0-or-later

local second_file = os.getenv("CICFLOW_TEST_SECOND_FILE")

local function set(name, value)
    return function()
        set_preference("cicflow." .. name, value)
        apply_preferences()
        redissect_packets()
    end
end

register_menu("Test cut flows", set("active_timeout", "1"), MENU_TOOLS_UNSORTED)
register_menu("Test do not cut flows", set("active_timeout", "0"), MENU_TOOLS_UNSORTED)
register_menu("Test hide flows", set("tree", false), MENU_TOOLS_UNSORTED)
register_menu("Test show flows", set("tree", true), MENU_TOOLS_UNSORTED)
register_menu("Test open the second file", function() open_capture_file(second_file, "") end, MENU_TOOLS_UNSORTED)
