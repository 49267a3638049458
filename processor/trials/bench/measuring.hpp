#pragma once
// What `datadrop bench` was asked for, and its carrying out: the rows and the chart, one after the
// other. One thread; calls block for as long as it all takes.

#include "processor/cli/settings.hpp"
#include "processor/trials/bench/runs/runs.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace datadrop::processor::trials::bench {

struct bench_options {
    std::vector<std::string> rows;
    std::optional<int> repeats; // of these three each row has its own, unless told
    std::optional<double> seconds;
    std::optional<double> warm_up;
    int partitions = 1;
    double scale = 1;
    std::filesystem::path chart;  // empty: none
    std::filesystem::path output; // likewise
};

row_options options_of_rows(const bench_options& asked);

/// What fails is told, and the rest goes on. The figures so far are in the output's file after each
/// row.
class measuring {
  public:
    /// `all` is what stands beside the figures in JSON.
    measuring(const arena& at, const cli::settings& told, const bench_options& asked,
              boost::json::object all);

    /// Throws `interrupted`; `refused` when the figures cannot be written.
    void run(const std::vector<row>& rows);

    const boost::json::object& all() const { return all_; }
    const std::vector<std::string>& failed() const { return failed_; }

  private:
    void attempt(const std::string& name, const std::function<void()>& work);
    void run_one(const row& r);
    void tell(const std::string& text, boost::json::object figures);
    void draw();

    const arena& at_;
    const cli::settings& told_;
    const bench_options& asked_;
    boost::json::object all_;
    std::vector<std::string> failed_{};
};

} // namespace datadrop::processor::trials::bench
