#pragma once
// Values of the log in a failed check's message; see print.hpp.

#include "eventstore/log.hpp"
#include "tests/support/print.hpp"

namespace datadrop::eventstore {

std::string print(const cursor& read);
std::string print(const head& at);
std::string print(const recorded& e);
std::string print(const parked& e);
std::string print(const found_key& found);
std::string print(const chain_fate& fate);
std::string print(const log_point& at);
std::string print(const moved_member& moved);
std::string print(const append_result& result);
std::string print(const park_fate& fate);
std::string print(const stored_membership_event& e);
std::string print(const stored_dead_letter_event& e);

} // namespace datadrop::eventstore
