// The log on PostgreSQL under the behaviour suite of support/.

#include "tests/eventstore/support/log_world.hpp"
#include "tests/support/database.hpp"

#include <map>

namespace datadrop::test {
namespace {

class postgres_world final : public log_world {
  public:
    explicit postgres_world(int partitions)
        : database_({.partitions = partitions}), session_(database_.connect()) {}
    std::unique_ptr<eventstore::log> open() override { return database_.open_log(); }
    std::optional<std::string> address_of(domain::member_id who) override {
        const auto found = session_.run(
            "SELECT address FROM datadrop.addresses"
            " WHERE guild_id = $1 AND user_id = $2 AND dead_letter_id = 0",
            eventstore::postgres::params{}.add(number_of(who.guild)).add(number_of(who.user)));
        return found.size() == 0 ? std::nullopt : found.maybe_text(0, 0);
    }

  private:
    scratch_database database_;
    eventstore::postgres::session session_;
};

} // namespace

log_world& world_of(int partitions) {
    static std::map<int, postgres_world> worlds;
    return worlds.try_emplace(partitions, partitions).first->second;
}

} // namespace datadrop::test
