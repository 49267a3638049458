#include "processor/trials/bench/loads/load_members.hpp"

#include "eventstore/postgres/database.hpp"

namespace datadrop::processor::trials::bench {
namespace {

namespace postgres = eventstore::postgres;

constexpr std::size_t members_at_once = 1'000;

int partitions_of(const postgres::session::options& o) {
    postgres::session db(o);
    postgres::require_current_schema(db);
    return postgres::partition_count(db);
}

/// Members of one partition whose heads are still to be read.
struct page {
    std::vector<std::uint32_t> numbers{};
    std::vector<domain::member_id> members{};
};

void read(eventstore::log& log, eventstore::partition_number partition, page& wanted,
          member_versions& versions) {
    const auto heads = log.load(partition, wanted.members).heads;
    for (std::size_t i = 0; i < heads.size(); ++i)
        versions[wanted.numbers[i]] =
            static_cast<std::uint32_t>(domain::number_of(heads[i].version));
    wanted = {};
}

} // namespace

member_versions versions_in_log(const load_spec& spec, const std::string& database) {
    const postgres::session::options options{.database = database};
    const auto partitions = partitions_of(options);
    const auto log = postgres::open_log(options, partitions);
    member_versions versions(static_cast<std::size_t>(spec.members));
    std::vector<page> pages(static_cast<std::size_t>(partitions));
    for (std::uint32_t member = 0; member < versions.size(); ++member) {
        const auto who = member_at(spec, member);
        const auto partition = eventstore::partition_of(who.guild, partitions);
        auto& wanted = pages[index_of(partition)];
        wanted.numbers.push_back(member);
        wanted.members.push_back(who);
        if (wanted.members.size() == members_at_once) read(*log, partition, wanted, versions);
    }
    for (const auto p : eventstore::all_partitions(partitions))
        if (auto& last = pages[static_cast<std::size_t>(p)]; !last.members.empty())
            read(*log, p, last, versions);
    return versions;
}

} // namespace datadrop::processor::trials::bench
