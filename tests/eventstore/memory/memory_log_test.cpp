// The log in memory under the behaviour suite of support/.

#include "eventstore/memory/memory_log.hpp"

#include "tests/eventstore/support/log_world.hpp"

#include <map>

namespace datadrop::test {
namespace {

namespace memory = eventstore::memory;

domain::timestamp now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

class memory_world final : public log_world {
  public:
    explicit memory_world(int partitions) : store_(memory::make_store(partitions, now)) {}
    std::unique_ptr<eventstore::log> open() override { return memory::open_log(store_); }
    std::optional<std::string> address_of(domain::member_id who) override {
        return memory::address_of(*store_, who);
    }

  private:
    std::shared_ptr<memory::store> store_;
};

} // namespace

log_world& world_of(int partitions) {
    static std::map<int, memory_world> worlds;
    return worlds.try_emplace(partitions, partitions).first->second;
}

} // namespace datadrop::test
