# Turns .sql files into a header of named constants: statements live in files of their own, where
# an editor and psql understand them, and the program carries them with it.
#   cmake -DOUT=header -DNAMESPACE=a::b -DFILES=a.sql;b.sql -P embed_sql.cmake
set(text "#pragma once\n// Made from the .sql files; edit those.\n#include <string_view>\n\nnamespace ${NAMESPACE} {\n")
set(index "")
foreach(file ${FILES})
    get_filename_component(name ${file} NAME_WE)
    file(READ ${file} sql)
    string(APPEND text "inline constexpr std::string_view ${name} = R\"sql~(${sql})sql~\";\n")
    string(APPEND index "    {\"${name}\", ${name}},\n")
endforeach()
string(APPEND text "\nstruct sql_file {\n    std::string_view name;\n    std::string_view text;\n};\n")
string(APPEND text "/// Every file of the folder, in the order of the names.\ninline constexpr sql_file all[] = {\n${index}};\n")
string(APPEND text "} // namespace ${NAMESPACE}\n")
file(WRITE ${OUT} "${text}")
