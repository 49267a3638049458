#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#ifdef __SANITIZE_ADDRESS__
// libpqxx 6.4 forgets the result of a statement with which the connection was lost.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:pqxx::connection_base"; }
// NOLINTEND(bugprone-reserved-identifier)
#endif
