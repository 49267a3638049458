#pragma once
// given(member).when(command).then(event) or .then_rejected(code): a decision of the membership
// aggregate, read as a sentence.

#include "tests/support/print.hpp"

#include <initializer_list>
#include <utility>

namespace datadrop::test {

class judged {
  public:
    judged(domain::membership before, domain::decision what)
        : before_(before), what_(std::move(what)) {}

    /// The event follows; gives the member after it.
    domain::membership then(const domain::event& expected) const {
        CHECK_EQ(what_, domain::decision(expected));
        return evolve(before_, expected);
    }

    void then_rejected(domain::rejection_code code) const {
        CHECK_EQ(what_, domain::decision(domain::rejection{code}));
    }

  private:
    domain::membership before_;
    domain::decision what_;
};

class given {
  public:
    explicit given(domain::membership member) : member_(member) {}
    given(std::initializer_list<domain::event> history) {
        for (const auto& happened : history)
            member_ = evolve(member_, happened);
    }

    judged when(const domain::command& asked) const { return {member_, decide(member_, asked)}; }

  private:
    domain::membership member_;
};

} // namespace datadrop::test
