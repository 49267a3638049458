# Turns text files into a header of named constants: statements and the like live in files of their
# own, where an editor and psql understand them, and the program carries them with it.
#   cmake -DOUT=header -DNAMESPACE=a::b -DFILES=a.sql;b.sql -P embed_files.cmake
set(text "#pragma once\n// Made from files of the same names; edit those.\n#include <string_view>\n\nnamespace ${NAMESPACE} {\n")
set(index "")
foreach(file ${FILES})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} content)
    string(APPEND text "inline constexpr std::string_view ${name} = R\"file~(${content})file~\";\n")
    string(APPEND index "    {\"${name}\", ${name}},\n")
endforeach()
string(APPEND text "\nstruct file {\n    std::string_view name;\n    std::string_view text;\n};\n")
string(APPEND text "/// Every file, in the order of the names.\ninline constexpr file all[] = {\n${index}};\n")
string(APPEND text "} // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${text}")
