#pragma once
// FlatBuffers are read where they lie, and their numbers lie where they should only if the buffer
// begins at an address for 8 bytes, as it did when it was written. A payload in a row of the
// database begins anywhere. A value of one thread.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace datadrop::eventstore {

/// Stored bytes at such an address: where they are when that is one, else copied. Without memory of
/// its own for nearly all payloads, since every event that is read passes here.
class aligned_bytes {
  public:
    /// What is given outlives the object.
    explicit aligned_bytes(std::span<const std::uint8_t> given) : bytes_(given) {
        if (reinterpret_cast<std::uintptr_t>(given.data()) % alignment == 0) return;
        bytes_ = {std::copy(given.begin(), given.end(), room_for(given.size())) - given.size(),
                  given.size()};
    }
    aligned_bytes(const aligned_bytes&) = delete;
    aligned_bytes& operator=(const aligned_bytes&) = delete;

    std::span<const std::uint8_t> get() const { return bytes_; }

  private:
    static constexpr std::size_t alignment = 8;

    std::uint8_t* room_for(std::size_t size) {
        if (size <= small_.size()) return small_.data();
        large_.resize((size + alignment - 1) / alignment);
        return reinterpret_cast<std::uint8_t*>(large_.data());
    }

    alignas(alignment) std::array<std::uint8_t, 512> small_; // what is not used is not written
    std::vector<std::uint64_t> large_{};
    std::span<const std::uint8_t> bytes_;
};

} // namespace datadrop::eventstore
