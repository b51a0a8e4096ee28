# The tests of each label, a line each; tests without a label run only when all are run.
#   unit        the parts alone, without Wireshark: under 20 s
#   quick       each behaviour once: under 3 minutes; the unit tests are among them
#   versions    what depends most on Wireshark's version: with the quick ones, they run on later versions with every commit
set(unit_tests
  flow flow_needs_glib_alone
  capture_run/reading capture_run/run ground_truth output output/safe_text output/writers
  cases cases/refuses_address cases/refuses_integer cases/refuses_name cases/refuses_no_value cases/refuses_packet
  cases/refuses_real cases/refuses_record_missing cases/refuses_record_not_expected cases/refuses_time
  cases/refuses_twice
  cli/units
  fuzz/cells fuzz/labels fuzz/pages fuzz/preferences fuzz/texts fuzz/truth
  plugin/bounded_tables plugin/frame-index-memory
  tools/include_direction tools/include_direction_finds tools/editor_config tools/editor_config_finds tools/left_out_tells
  mutation/mutants_apply
  docs/tables docs/columns docs/house docs/names_map docs/release
  benchmark/engine benchmark/ground_truth benchmark/writer)
set(quick_tests
  ${unit_tests}
  oracles/standard oracles/python
  captures/single captures/outer
  plugin/modes plugin/tree plugin/labels plugin/lua plugin/statistics plugin/outputs
  cli/single cli/several cli/together cli/preferences cli/documents cli/overview
  dialects/cases
  assumptions/session_layout assumptions/frame_time assumptions/capture_layout assumptions/filter_marks
  assumptions/field_alias assumptions/record_tree assumptions/retransmission_flags assumptions/offload_preference
  assumptions/header_pointer assumptions/frame_buffer assumptions/interface_statistics
  assumptions/filter_tree assumptions/filter_error assumptions/statistics_nodes assumptions/command_line
  assumptions/script_loading
  docs/names docs/examples
  python)
set(versions_tests gui/wireshark hosts/compare install plugin/differential)

foreach(test ${versions_tests})
  set_tests_properties(${test} PROPERTIES LABELS versions)
endforeach()
foreach(test ${quick_tests})
  set_tests_properties(${test} PROPERTIES LABELS quick)
endforeach()
foreach(test ${unit_tests})
  set_tests_properties(${test} PROPERTIES LABELS "unit;quick")
endforeach()
