// Texts with faults that have a certain end: what is replaced, and that nothing else is.

#include "processor/http/json_mend.hpp"

#include "processor/http/http_limits.hpp"

#include <doctest/doctest.h>

using datadrop::processor::http::json_depth_max;
using datadrop::processor::http::mend_json;

TEST_SUITE("json_mend") {
    TEST_CASE("what has no fault stays as it is") {
        for (const std::string text :
             {R"([{"a":"b\"\\\/\b\f\n\r\t\u0041\ud83d\ude00","c":[1,-2.5e-3,true,false,null]}])",
              "\"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\xA6\x8A\"", "", "  ", "1e999999999", "{]", "\"",
              "\\", R"("\)", R"("\u12)", "\xFF"})
            CHECK_EQ(mend_json(text), text);
    }

    TEST_CASE("half a surrogate pair is replaced, a whole one is not") {
        CHECK_EQ(mend_json(R"("\ud83d")"), R"("\u007f")");
        CHECK_EQ(mend_json(R"("\uDE00x")"), R"("\u007fx")");
        CHECK_EQ(mend_json(R"("\ud83d\ud83d\ude00")"), R"("\u007f\ud83d\ude00")");
        CHECK_EQ(mend_json(R"("\ud83d\n\ude00")"), R"("\u007f\n\u007f")");
        CHECK_EQ(mend_json(R"("\\ud83d")"), R"("\\ud83d")");
        CHECK_EQ(mend_json(R"({"\ud83d":1})"), R"({"\u007f":1})");
        CHECK_EQ(mend_json(R"(\ud83d)"), R"(\ud83d)"); // in no string
    }

    TEST_CASE("bytes that are no UTF-8 are replaced one by one, in strings only") {
        CHECK_EQ(mend_json("\"a\xFF\xC3\""), "\"a\x7F\x7F\"");
        CHECK_EQ(mend_json("\"\xED\xA0\x80\""), "\"\x7F\x7F\x7F\"");
        CHECK_EQ(mend_json("\"\xE2\x82\",\"b\""), "\"\x7F\x7F\",\"b\"");
        CHECK_EQ(mend_json("[\xFF]"), "[\xFF]");
    }

    TEST_CASE("an exponent that no number has becomes zeros") {
        CHECK_EQ(mend_json("[1e9999999999]"), "[1e0000000000]");
        CHECK_EQ(mend_json("[1E-9999999999,2]"), "[1E-0000000000,2]");
        CHECK_EQ(mend_json("[\"1e9999999999\"]"), "[\"1e9999999999\"]");
    }

    TEST_CASE("what is too deep becomes a text, and what stands beside it stays") {
        const std::string around(json_depth_max, '[');
        const std::string behind(json_depth_max, ']');
        CHECK_EQ(mend_json(around + "[],[1,[2]],3" + behind),
                 around + "\"\",\"\x7F\x7F\x7F\x7F\x7F\",3" + behind);
        CHECK_EQ(mend_json(around + "{\"]\":\"}\"}" + behind),
                 around + "\"\x7F\x7F\x7F\x7F\x7F\x7F\x7F\"" + behind);
        CHECK_EQ(mend_json(around + "[}" + behind), around + "[}" + behind);
        CHECK_EQ(mend_json(around + "[["), around + "[[");
    }
}
