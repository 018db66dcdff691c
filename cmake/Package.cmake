# What is installed, and the Debian package of it; deploy/package makes it. Paths are those of the
# target's root folder (usr/bin, etc/lianfang).
set(services personnel risk grading reporting aggregator)
list(TRANSFORM services PREPEND lianfang- OUTPUT_VARIABLE programs)
list(PREPEND programs lianfang)
# To pack only these is no reason to build the tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
add_custom_target(programs DEPENDS ${programs})

set(made ${CMAKE_CURRENT_BINARY_DIR}/deploy)
set(package_sources ${CMAKE_CURRENT_SOURCE_DIR}/deploy)

# A configuration for each service by itself. The aggregator is a district's: it needs none of the others.
foreach(SERVICE IN LISTS services)
  set(UPSTREAMS "")
  set(PORT 7100)
  set(port 7100)
  foreach(other IN LISTS services)
    math(EXPR port "${port} + 1")
    if(other STREQUAL SERVICE)
      set(PORT ${port})
    elseif(NOT SERVICE STREQUAL "aggregator")
      list(APPEND UPSTREAMS "upstreams { service: \"${other}\" endpoint: \"127.0.0.1:${port}\" }")
    endif()
  endforeach()
  math(EXPR METRICS_PORT "${PORT} + 90")
  list(TRANSFORM UPSTREAMS APPEND "\n")
  list(JOIN UPSTREAMS "" UPSTREAMS)
  configure_file(${package_sources}/config/package/service.txtpb.in ${made}/config/${SERVICE}.txtpb @ONLY)
  list(APPEND configurations ${made}/config/${SERVICE}.txtpb)
  list(APPEND instances lianfang@${SERVICE}.service)
endforeach()

# One unit for all services in a process, one for each by itself; they differ in little.
set(WHAT "all services in one process")
list(JOIN instances " " CONFLICTS)
set(ORDER "After=${CONFLICTS}")
set(COMMAND "/usr/bin/lianfang serve --config=/etc/lianfang/lianfang.txtpb")
configure_file(${package_sources}/systemd/lianfang.service.in ${made}/systemd/lianfang.service @ONLY)
set(WHAT "service %i")
set(CONFLICTS lianfang.service)
# Said once, it holds both ways.
set(ORDER "")
set(COMMAND "/usr/bin/lianfang-%i --config=/etc/lianfang/%i.txtpb")
configure_file(${package_sources}/systemd/lianfang.service.in ${made}/systemd/lianfang@.service @ONLY)

# The Debian version's date is the last commit's: the same source gives the same files.
find_program(GZIP gzip)
execute_process(COMMAND git -C ${CMAKE_CURRENT_SOURCE_DIR} log -1 --format=%cD
  OUTPUT_VARIABLE DATE OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT DATE)
  set(DATE "Thu, 01 Jan 2026 00:00:00 +0000")
endif()
set(LIANFANG_MAINTAINER "lianfang maintainers <maintainers@lianfang.invalid>" CACHE STRING
    "Whom the package names as its maintainer")
configure_file(${package_sources}/debian/changelog.in ${made}/debian/changelog @ONLY)

# Graphviz keeps its layouts in a folder of their own, which is not searched by itself.
set_target_properties(lianfang lianfang-reporting PROPERTIES INSTALL_RPATH_USE_LINK_PATH TRUE)
install(TARGETS ${programs} RUNTIME DESTINATION usr/bin)
install(DIRECTORY ${package_sources}/policies ${package_sources}/sample DESTINATION usr/share/lianfang)
install(FILES ${package_sources}/config/package/lianfang.txtpb ${configurations} DESTINATION etc/lianfang)
install(FILES ${made}/systemd/lianfang.service ${made}/systemd/lianfang@.service DESTINATION lib/systemd/system)
install(FILES ${package_sources}/operations/alerts.yml DESTINATION usr/share/lianfang/operations)
install(FILES ${package_sources}/operations/runbook.md ${package_sources}/operations/runbook.zh-CN.md
        ${package_sources}/debian/copyright DESTINATION usr/share/doc/lianfang)
install(FILES ${package_sources}/debian/lintian-overrides DESTINATION usr/share/lintian/overrides RENAME lianfang)
# Debian wants these two packed.
install(CODE "
  function(pack from to)
    get_filename_component(folder \"\${to}\" DIRECTORY)
    file(MAKE_DIRECTORY \"\${folder}\")
    execute_process(COMMAND ${GZIP} -9nc \"\${from}\" OUTPUT_FILE \"\${to}\" COMMAND_ERROR_IS_FATAL ANY)
    file(CHMOD \"\${to}\" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  endfunction()
  set(share \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/usr/share\")
  pack(\"${made}/debian/changelog\" \"\${share}/doc/lianfang/changelog.gz\")
  pack(\"${package_sources}/debian/lianfang.1\" \"\${share}/man/man1/lianfang.1.gz\")
  foreach(service personnel risk grading reporting aggregator)
    file(CREATE_LINK lianfang.1.gz \"\${share}/man/man1/lianfang-\${service}.1.gz\" SYMBOLIC)
  endforeach()
")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lianfang)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT ${LIANFANG_MAINTAINER})
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "integrity-risk prevention and control for schools and districts")
set(CPACK_PACKAGE_DESCRIPTION
"Posts, self-checks, reviews, risk points, grades with their clauses, measures
and reports of a school (廉政风险防控管理), each change an entry of a
tamper-evident ledger; and the district that pulls the reports and verifies
them before it uses a figure. gRPC services, all in one process with embedded
storage or each by itself with a database server.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, fonts-noto-cjk")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS mariadb-server)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${package_sources}/debian/conffiles ${package_sources}/debian/postinst ${package_sources}/debian/prerm
    ${package_sources}/debian/postrm)
include(CPack)
