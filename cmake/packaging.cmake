# The Debian package: `cmake --build build --target package`.
#
# Like every plugin it fits one minor version of Wireshark; its dependency on libwireshark's soname enforces that.
# SPDX-License-Identifier: GPL-2.0-or-later
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cicflow)
set(CPACK_PACKAGE_CONTACT "the cicflow developers <cicflow@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "CICFlowMeter flow features in Wireshark and tshark")
set(CPACK_PACKAGE_DESCRIPTION
    "A Wireshark and tshark plugin that turns packets into bidirectional flow records with the 82 CICFlowMeter
features, and the command cicflowmeter, which runs it on captures, folders of captures and interfaces.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tshark")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/cmake/debian/prerm)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "wireshark, gnuplot-nox, python3")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
include(CPack)
