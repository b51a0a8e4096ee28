local function f() end
for _, n in ipairs{"CIC Flow/Flows", "CIC Flow//Rows", "CIC Flow: Other"} do
 if MENU_STAT_UNSORTED then register_menu(n, f, MENU_STAT_UNSORTED) end
 register_menu(n, f, MENU_TOOLS_UNSORTED)
end
