#include "processor/trials/bench/loads/load_run.hpp"

#include "processor/cli/failures.hpp"
#include "processor/trials/bench/loads/feed_load.hpp"
#include "processor/trials/bench/loads/guarded_load.hpp"
#include "processor/trials/bench/loads/http_load.hpp"
#include "processor/trials/bench/loads/load_course.hpp"
#include "processor/trials/bench/loads/load_members.hpp"
#include "processor/trials/bench/loads/load_processor.hpp"

#include <fstream>
#include <istream>
#include <ostream>

namespace datadrop::processor::trials::bench {
namespace {

void write_answers(const load_book& book, const load_writing& written) {
    const auto& file = written.spec().answers;
    if (file.empty()) return;
    std::ofstream out(file);
    book.write_answers(out, written);
    if (!out.flush()) throw cli::refused("cannot write " + file.string());
}

load_report report_on(load_book& book, const load_course& course, const load_writing& written) {
    course.rethrow_failure();
    const auto report = book.report(); // before the writing, which takes memory too
    write_answers(book, written);
    return report;
}

} // namespace

load_report run_load(const load_spec& spec, const load_place& at, std::istream& in,
                     std::ostream& out) {
    const load_writing written(spec);
    if (spec.kind == load_kind::feed) {
        load_book book(spec, member_versions(static_cast<std::size_t>(spec.in_flight)));
        load_course course(spec, book, in, out);
        run_feed_load(spec, book, course, at.server.at, at.token);
        return report_on(book, course, written);
    }
    if (spec.kind == load_kind::guarded) {
        auto heads = prepare_guarded(spec, at.service.database);
        load_book book(spec, versions_of(heads));
        load_course course(spec, book, in, out);
        run_guarded_load(written, book, course, at.service.database, std::move(heads));
        return report_on(book, course, written);
    }
    load_book book(spec, versions_in_log(spec, at.service.database));
    load_course course(spec, book, in, out);
    if (spec.kind == load_kind::processor)
        run_processor_load(written, book, course, at.service);
    else
        run_http_load(written, book, course, at);
    return report_on(book, course, written);
}

} // namespace datadrop::processor::trials::bench
