# The helpers that every folder's CMakeLists.txt uses, so that flags, precompiled headers and test
# registration are said once.
include(GoogleTest)

option(LIANFANG_PCH "Precompile the heavy headers (gRPC, Protobuf, the generated API)" ON)
set(LIANFANG_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize (e.g. address,undefined or thread)")

find_program(LIANFANG_CCACHE ccache)
if(LIANFANG_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers need these two relaxations, or ccache misses every time.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${LIANFANG_CCACHE})
endif()
find_program(LIANFANG_MOLD mold)
if(LIANFANG_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,--as-needed)
# As installed from the start: CMake pads the path of a build with an empty entry, which the loader
# takes for the folder that a program is started in.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)

add_library(lf_flags INTERFACE)
target_compile_options(lf_flags INTERFACE -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor
                       -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND LIANFANG_PCH)
  # Else every precompiled header is another one to ccache.
  target_compile_options(lf_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Off: warnings that GCC 12 gives for correct code once it inlines the standard library's strings and optionals
  # (its bugs 105651, 104475, 105562); clang-tidy and the sanitizers look for the real ones.
  target_compile_options(lf_flags INTERFACE -fpch-preprocess -Wno-restrict -Wno-dangling-pointer
                         -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow)
  if(CMAKE_UNITY_BUILD)
    # Takes every source that is compiled together with others for a header; without that, it is on.
    target_compile_options(lf_flags INTERFACE -Wno-subobject-linkage)
  endif()
endif()
target_include_directories(lf_flags INTERFACE ${CMAKE_SOURCE_DIR})
add_library(lf_test_flags INTERFACE)
target_link_libraries(lf_test_flags INTERFACE lf_flags)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # What is tested is optimised, the tests' own sources are not: they compile in about half the time. A template that both
  # instantiate may be the tests' one in their program.
  target_compile_options(lf_test_flags INTERFACE -O0 -U_FORTIFY_SOURCE)
endif()
if(LIANFANG_SANITIZE)
  # Everywhere: a half-instrumented program reports what is not there (proto/ says what is left out all the same).
  add_compile_options(-fsanitize=${LIANFANG_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${LIANFANG_SANITIZE})
  if(LIANFANG_SANITIZE MATCHES "undefined")
    # Without the two that look at every access to memory and are half of what is compiled: what is null stops at the
    # address sanitizer, and the processors that the suite runs on read what is not aligned.
    add_compile_options(-fno-sanitize-recover=undefined -fno-sanitize=null,alignment)
  endif()
  if(LIANFANG_SANITIZE MATCHES "thread")
    # Where it is defined, Protobuf's maps have two members more than in the system's library, which is built without:
    # whoever touches a map crashes.
    add_compile_options(-U__SANITIZE_THREAD__)
  endif()
endif()

# A change is made in one thread and answered in another, and so is most of what it allocates: glibc's allocator has these
# threads wait for each other (lianfang_bench server: 4,640 registrations a second instead of 4,000). A sanitizer brings
# an allocator of its own.
if(NOT LIANFANG_SANITIZE)
  find_library(TCMALLOC_LIBRARY tcmalloc_minimal REQUIRED)
endif()

# lf_library(NAME SRCS a.cc … DEPS lf_x … [NO_PCH])
function(lf_library name)
  cmake_parse_arguments(ARG "NO_PCH" "" "SRCS;DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SRCS})
  target_link_libraries(${name} PUBLIC lf_flags ${ARG_DEPS})
  if(NOT ARG_NO_PCH)
    target_link_libraries(${name} PUBLIC lf_proto)
    if(LIANFANG_PCH)
      target_precompile_headers(${name} REUSE_FROM lf_pch)
    endif()
  endif()
endfunction()

# lf_executable(NAME FLAGS PCH SRCS … DEPS … [NO_PCH]): for the two below.
function(lf_executable name flags pch)
  cmake_parse_arguments(ARG "NO_PCH" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE ${flags} ${ARG_DEPS} ${TCMALLOC_LIBRARY})
  if(NOT ARG_NO_PCH)
    target_link_libraries(${name} PRIVATE lf_proto)
    if(LIANFANG_PCH)
      target_precompile_headers(${name} REUSE_FROM ${pch})
    endif()
  endif()
endfunction()

# lf_program(NAME SRCS … DEPS … [NO_PCH])
function(lf_program name)
  lf_executable(${name} lf_flags lf_pch ${ARGN})
endfunction()

# lf_test(NAME SRCS a_test.cc … DEPS lf_x … [NO_PCH]): one program, each of its cases a test of its own.
function(lf_test name)
  lf_executable(${name} lf_test_flags lf_test_pch ${ARGN})
  target_link_libraries(${name} PRIVATE GTest::gmock GTest::gtest GTest::gtest_main)
  # The names of parameters, not their bytes.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES PROPERTIES TIMEOUT 300)
endfunction()

# lf_embed(TARGET_VAR NAMESPACE FILE…): a C++ source that holds the files as string constants, with
# `const EmbeddedFile* Find(name)` semantics (see common/base/embedded.h).
function(lf_embed name)
  cmake_parse_arguments(ARG "" "NAMESPACE" "FILES" ${ARGN})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${name}_embedded.cc)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAMESPACE=${ARG_NAMESPACE} "-DFILES=${ARG_FILES}"
            -DDIR=${CMAKE_CURRENT_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/cmake/Embed.cmake
    DEPENDS ${ARG_FILES} ${CMAKE_SOURCE_DIR}/cmake/Embed.cmake
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} VERBATIM)
  # Large, and all of them have the same names inside.
  set_source_files_properties(${out} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  set(${name}_EMBEDDED ${out} PARENT_SCOPE)
endfunction()
