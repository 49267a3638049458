#include "eventstore/position.hpp"

#include "tests/support/print_eventstore.hpp"

namespace datadrop::eventstore {
namespace {

TEST_SUITE_BEGIN("positions");

TEST_CASE("position: partition * 2^48 + sequence is a stored format") {
    CHECK_EQ(number_of(position_at(partition_number{0}, 1)), 1);
    CHECK_EQ(number_of(position_at(partition_number{1}, 0)), 281'474'976'710'656);
    CHECK_EQ(number_of(position_at(partition_number{63}, 7)), 17'732'923'532'771'335);
    CHECK_EQ(partition_of(global_position{17'732'923'532'771'335}), partition_number{63});
    CHECK_EQ(sequence_of(global_position{17'732'923'532'771'335}), 7);
}

TEST_CASE("partition_of: the hash of a guild is a stored format") {
    const auto of = [](std::int64_t guild, int count) {
        return number_of(partition_of(domain::guild_id{guild}, count));
    };
    CHECK_EQ(of(1, 1), 0);
    CHECK_EQ(of(1, 3), 2);
    CHECK_EQ(of(1, 64), 1);
    CHECK_EQ(of(288'659'194'737'983'489, 3), 1);
    CHECK_EQ(of(288'659'194'737'983'489, 64), 26);
    CHECK_EQ(of(9'223'372'036'854'775'807, 64), 39);
}

TEST_CASE("parse_position: one spelling") {
    CHECK_EQ(parse_position("0"), global_position{0});
    CHECK_EQ(parse_position("10423"), global_position{10423});
    CHECK_EQ(parse_position("18014398509481983"), global_position{(std::int64_t{1} << 54) - 1});
    for (const std::string text : {"", "01", "-1", "+1", " 1", "1 ", "1.0", "x",
                                   "18014398509481984", "18446744073709551616"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_position(text));
    }
}

TEST_CASE("cursor: one position a partition, a missing one at its beginning") {
    const auto read = cursor::parse("281474976710660,7", 3);
    REQUIRE(read);
    CHECK_EQ(read->at(partition_number{0}), position_at(partition_number{0}, 7));
    CHECK_EQ(read->at(partition_number{1}), position_at(partition_number{1}, 4));
    CHECK_EQ(read->at(partition_number{2}), position_at(partition_number{2}, 0));
    CHECK_EQ(read->text(), "7,281474976710660");
    CHECK_EQ(cursor::parse("", 3), cursor(3));
    CHECK_EQ(cursor::parse("0", 1), cursor(1));
    CHECK_EQ(cursor(3).text(), "0");
}

TEST_CASE("cursor: no partition twice, and none that the log does not have") {
    for (const std::string text :
         {"1,2", "1,", ",1", "1,,281474976710657", "281474976710657", "1;2"}) {
        CAPTURE(text);
        CHECK_FALSE(cursor::parse(text, 1));
    }
    CHECK_FALSE(cursor::parse("844424930131968", 3)); // the beginning of partition 3
}

TEST_CASE("cursor: a position may have a check, which is eight digits behind it") {
    const auto read = cursor::parse("281474976710660~00c0ffee,7", 3);
    REQUIRE(read);
    CHECK_EQ(read->at(partition_number{1}), position_at(partition_number{1}, 4));
    CHECK(read->check_at(partition_number{1}) == position_check{0xc0ffee});
    CHECK_FALSE(read->check_at(partition_number{0}));
    CHECK_EQ(read->text(), "7,281474976710660~00c0ffee");
    CHECK(*read != *cursor::parse("281474976710660,7", 3));
    for (const std::string text :
         {"7~", "7~c0ffee", "7~00C0FFEE", "7~00c0ffee0", "7~00c0ffe ", "~00c0ffee",
          "7~00c0ffee~00c0ffee", "0~00c0ffee", "7 ~00c0ffee"}) {
        CAPTURE(text);
        CHECK_FALSE(cursor::parse(text, 3));
    }
}

TEST_CASE("cursor: a check goes with its position, and has to be known of all") {
    cursor read(2);
    CHECK(read.has_all_checks());
    read.advance(position_at(partition_number{0}, 5), position_check{1});
    CHECK(read.has_all_checks());
    read.advance(position_at(partition_number{0}, 4), position_check{2});
    CHECK(read.check_at(partition_number{0}) == position_check{1});
    read.advance(position_at(partition_number{0}, 5));
    CHECK(read.check_at(partition_number{0}) == position_check{1});
    read.advance(position_at(partition_number{0}, 6));
    CHECK_FALSE(read.check_at(partition_number{0}));
    CHECK_FALSE(read.has_all_checks());
    read.advance(position_at(partition_number{0}, 6), position_check{3});
    CHECK(read.check_at(partition_number{0}) == position_check{3});
}

TEST_CASE("cursor: advances its partition and never goes back") {
    cursor read(2);
    read.advance(position_at(partition_number{1}, 5));
    read.advance(position_at(partition_number{1}, 3));
    CHECK_EQ(read.at(partition_number{1}), position_at(partition_number{1}, 5));
    CHECK_EQ(read.at(partition_number{0}), position_at(partition_number{0}, 0));
}

TEST_SUITE_END();

} // namespace
} // namespace datadrop::eventstore
