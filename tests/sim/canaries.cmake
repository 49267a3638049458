# Bugs planted in copies of the product's sources, each behind a switch that a test sets: the product
# itself knows nothing of them. A text that is not there exactly once any more stops the
# configuration, so that a canary cannot die unnoticed.

# plant(canary file text bug): the text of the file becomes the bug, in which PLANTED asks the switch.
function(plant canary file text bug)
    string(MAKE_C_IDENTIFIER ${file} id)
    if(NOT DEFINED planted_${id})
        file(READ ${CMAKE_SOURCE_DIR}/${file} planted_${id})
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
        set(planted_files ${planted_files} ${file} PARENT_SCOPE)
    endif()
    string(FIND "${planted_${id}}" "${text}" first)
    string(FIND "${planted_${id}}" "${text}" last REVERSE)
    if(first EQUAL -1 OR NOT first EQUAL last)
        message(FATAL_ERROR "canary ${canary}: not once in ${file}: ${text}")
    endif()
    string(REPLACE "PLANTED" "datadrop::sim::planted(datadrop::sim::canary::${canary})" bug "${bug}")
    string(REPLACE "${text}" "${bug}" changed "${planted_${id}}")
    set(planted_${id} "${changed}" PARENT_SCOPE)
endfunction()

set(memory eventstore/memory/memory_log.cpp)
set(store eventstore/memory/store.cpp)
set(machine processor/core/machine.cpp)
set(known processor/core/known_tail.cpp)
set(work processor/core/work.cpp)
set(turns processor/core/turns.cpp)
set(settle processor/core/settle.cpp)
set(ending processor/core/ending.cpp)
set(judge processor/core/judge.cpp)
set(desk processor/core/writer_desk.cpp)
set(settling eventstore/settling.cpp)

plant(key_not_checked ${store}
    "used != stream->second.used_keys.end())"
    "used != stream->second.used_keys.end() && !PLANTED)")
plant(parked_key_not_checked ${store}
    "if (parked_key == stream->second.parked_keys.end())"
    "if (PLANTED || parked_key == stream->second.parked_keys.end())")
plant(head_not_checked ${store}
    "else if (result.found != c.expected)"
    "else if (result.found != c.expected && !PLANTED)")
plant(chain_partly_applied ${store}
    "version = next(version);"
    "version = next(version); if (PLANTED && version != next(c.expected.version)) break;")
plant(position_skipped ${store}
    "stored_membership_event{.position = position,"
    "stored_membership_event{.position = global_position{number_of(position) + (PLANTED && sequence_of(position) > 8)},")
plant(answered_before_commit ${memory}
    "    store_->write(number, c);"
    "    if (PLANTED && number_of(result.first) % 8 == 0) return result;\n    store_->write(number, c);")
plant(dead_letter_without_its_command ${memory}
    "what.command.address.reset();"
    "what.command.address.reset(); if (PLANTED) what.command.data = {};")
plant(redrive_leaves_letter_open ${memory}
    "if (redriven) close_redriven("
    "if (redriven && !PLANTED) close_redriven(")
plant(state_not_checked ${judge}
    "if (stated.state && *"
    "if (!PLANTED && stated.state && *")
plant(stay_not_checked ${judge}
    "    auto decided = decide(current.member, command_in(command));"
    "    auto asked = command_in(command);\n    if (PLANTED) asked.expected_lifecycle.reset();\n    auto decided = decide(current.member, asked);")
plant(stay_over_retried ${judge}
    "refused->code == domain::rejection_code::lifecycle_over)"
    "refused->code == domain::rejection_code::lifecycle_over && PLANTED)\n        return stale{};\n    if (refused != nullptr && refused->code == domain::rejection_code::lifecycle_over)")
plant(key_of_another_answers ${judge}
    "return command_of(written->event) == command.kind &&"
    "return PLANTED || command_of(written->event) == command.kind &&")
plant(stale_cache_after_conflict ${settle}
    "    l.known = found;"
    "    if (!PLANTED) l.known = found;")
plant(refusal_from_cache ${ending}
    "    ++f.command->lost_races;"
    "    if (PLANTED && !std::holds_alternative<domain::event>(f.decided)) return tell_confirmed(l, std::move(f), {}, now);\n    ++f.command->lost_races;")
plant(lost_race_reorders ${ending}
    "    put_back(l, std::move(f.command), now);"
    "    if (PLANTED) f.command->arrival = ++arrivals_;\n    put_back(l, std::move(f.command), now);")
plant(answered_twice ${ending}
    "    actions_.emplace_back(answer{command->to, std::move(what)});"
    "    if (PLANTED) actions_.emplace_back(answer{command->to, what});\n    actions_.emplace_back(answer{command->to, std::move(what)});")
plant(followers_forgotten ${ending}
    "if (!command->followers.empty())"
    "if (!PLANTED && !command->followers.empty())")
plant(parked_without_settling ${work}
    "        for (auto& f : chain)\n            tell_unavailable(*l, std::move(f.command), now);"
    "        for (auto& f : chain)\n            PLANTED ? give_up(*l, std::move(f.command), now) : tell_unavailable(*l, std::move(f.command), now);")
plant(attempts_forgotten ${work}
    "{letter.command->command, letter.command->attempts,"
    "{letter.command->command, PLANTED ? std::vector<domain::attempt>{} : letter.command->attempts,")
plant(tail_never_reserved ${machine}
    "    return (made >= 2 && e.lost_races > 0) ||"
    "    if (PLANTED) return false;\n    return (made >= 2 && e.lost_races > 0) ||")
plant(parked_without_attempt ${ending}
    "    if (!command->met) return tell_unavailable(l, std::move(command), now);"
    "    if (PLANTED && !command->met) command->met = eventstore::head{};\n    if (!command->met) return tell_unavailable(l, std::move(command), now);")
plant(queue_not_shared ${machine}
    "        if (++guilds_[commands[i].command->who.guild].under_way <= room || is_alone) continue;"
    "        if (++guilds_[commands[i].command->who.guild].under_way <= room || is_alone || PLANTED) continue;")
plant(turn_kept ${turns}
    "    lines.pass();"
    "    if (!PLANTED) lines.pass();")
plant(reservation_kept ${desk}
    "if (ends_reservation(result)) w.reserved.reset();"
    "if (ends_reservation(result) && !PLANTED) w.reserved.reset();")
plant(reservation_passed_on ${desk}
    "return holder->under_way > 0 ? nullptr : holder;"
    "return PLANTED ? free_writer() : holder->under_way > 0 ? nullptr : holder;")

plant(guard_sees_nobody ${store}
    "const auto count = number_of(end.tail) -"
    "const auto count = PLANTED ? 0 : number_of(end.tail) -")
plant(second_judged_on_failed_first ${store}
    "return is_there && submission_at(p, last) == ahead.last"
    "return PLANTED || is_there && submission_at(p, last) == ahead.last")
plant(exact_across_anothers_write ${machine}
    "if (learned != era::none) follow(moved);"
    "if (learned != era::none && !PLANTED) follow(moved);")
plant(exact_across_a_gap ${known}
    "if (!told.followed) begin_era();"
    "if (!told.followed && !PLANTED) begin_era();")
plant(exact_over_new_connection ${machine}
    "    if (is_over_new_connection(result)) {"
    "    if (is_over_new_connection(result) && !PLANTED) {")
plant(expected_over_new_connection ${desk}
    "    if (is_over_new_connection(result)) expect_nothing();"
    "    if (is_over_new_connection(result) && !PLANTED) expect_nothing();")
plant(exact_after_doubt ${machine}
    "        cache_.forget(l.who);"
    "        if (!PLANTED) cache_.forget(l.who);")
plant(parked_key_not_asked_for ${settle}
    "l.exact_in = fate.has_parked_keys ?"
    "l.exact_in = fate.has_parked_keys && !PLANTED ?")

plant(doubt_taken_for_own ${settling}
    "found[i]->by == wanted[i]->submission"
    "(PLANTED || found[i]->by == wanted[i]->submission)")

set(planted_sources)
foreach(file ${planted_files})
    string(MAKE_C_IDENTIFIER ${file} id)
    set(copy ${CMAKE_CURRENT_BINARY_DIR}/planted/${file})
    file(CONFIGURE OUTPUT ${copy} @ONLY
        CONTENT "#include \"tests/sim/support/canary.hpp\"\n${planted_${id}}")
    list(APPEND planted_sources ${copy})
endforeach()

file(GLOB core CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/processor/core/*.cpp)
foreach(file ${planted_files})
    list(REMOVE_ITEM core ${CMAKE_SOURCE_DIR}/${file})
endforeach()
add_library(processor_core_planted STATIC ${planted_sources} ${core})
target_compile_options(processor_core_planted PRIVATE -Wno-parentheses)
target_link_libraries(processor_core_planted PUBLIC sim eventstore)
