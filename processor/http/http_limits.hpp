#pragma once
// What the front door takes from anybody, in size, number and time. Constants; every thread.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace datadrop::processor::http {

inline constexpr std::size_t header_bytes_max = 16 * 1024; // beyond: 431
inline constexpr std::size_t body_bytes_max = 1024 * 1024; // beyond: 413
inline constexpr std::size_t array_items_max = 1'000;      // commands in a request
inline constexpr std::size_t json_depth_max = 16;          // objects and arrays in each other
inline constexpr std::size_t page_items_max = 1'000;       // rows of a page
inline constexpr std::size_t page_items_default = 100;
inline constexpr std::int64_t since_events_max = 100;  // shown of a member since a letter
inline constexpr std::size_t code_characters_max = 64; // of a dead letter, in a filter

// Unless an operator says otherwise. Each connection is an open file, each feed one of them.
inline constexpr std::size_t connections_max = 2'000;
inline constexpr std::size_t feeds_max = 1'000;
inline constexpr std::size_t connections_spare = 24;      // beyond those, for what needs no token
inline constexpr std::size_t connections_min = 16;        // less is no server
inline constexpr std::size_t feed_page_events = 200;      // read at once, of each partition in turn
inline constexpr std::size_t feed_text_bytes = 64 * 1024; // made at once for a reader, and an event
inline constexpr int feed_socket_bytes = 128 * 1024;      // which the system keeps for a reader
inline constexpr std::size_t feed_window_bytes = 4 * 1024 * 1024; // of a partition's last events

// Proxies keep a connection for 60 s, and clients for what they were told: a connection that ends
// a while later was given up by them, and no request is on its way.
inline constexpr std::chrono::seconds idle_max{75};     // between two requests
inline constexpr std::chrono::seconds idle_told{60};    // … as clients hear it
inline constexpr std::chrono::seconds silent_max{10};   // from connecting to the first byte
inline constexpr std::chrono::seconds request_max{10};  // from a request's first byte to its last
inline constexpr std::chrono::seconds write_max{30};    // for the client to take an answer
inline constexpr std::chrono::seconds linger_max{2};    // for the client to read a refusal
inline constexpr std::chrono::seconds stop_max{5};      // for requests under way when stopping
inline constexpr std::chrono::seconds heartbeat{15};    // of a feed without events
inline constexpr std::chrono::seconds feed_id_max{5};   // of one whose cursor moved without
inline constexpr std::chrono::seconds feed_wait_max{1}; // until a feed looks whether it should end
inline constexpr std::chrono::microseconds feed_wake_cost{50}; // between two wakes, for each feed
inline constexpr std::chrono::seconds feed_retry{2}; // until a reader that lost its feed is back
inline constexpr std::chrono::seconds feed_full_retry{10};  // … that found no room
inline constexpr std::chrono::seconds position_wait_max{5}; // for min_position
inline constexpr std::chrono::seconds list_wait_max{2};     // for the list of dead letters

// Sign-ins that fail, of one network: so many at once and a second before their answers are held.
inline constexpr double failures_at_once = 30;
inline constexpr double failures_a_second = 10;
inline constexpr std::chrono::seconds failure_hold_max{5};
inline constexpr std::size_t failure_places = 4'096; // for the networks that are told apart

/// Versions travel as JSON numbers, which are whole and exact up to here in JavaScript.
inline constexpr std::int64_t json_number_max = (std::int64_t{1} << 53) - 1;

} // namespace datadrop::processor::http
