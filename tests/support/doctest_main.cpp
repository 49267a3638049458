#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#ifdef __SANITIZE_ADDRESS__
// libpqxx 6.4 forgets the result of a statement with which the connection was lost. Not all of its
// functions on that way have a name to go by, so it is the library that is named.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx-6"; }
// NOLINTEND(bugprone-reserved-identifier)
#endif
