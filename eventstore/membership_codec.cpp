#include "eventstore/membership_codec.hpp"

#include "eventstore/aligned_bytes.hpp"

#include <algorithm>

namespace datadrop::eventstore {

std::vector<std::uint8_t> encode(const domain::payload& data) {
    flatbuffers::FlatBufferBuilder out(128); // more than a usual payload takes
    stored::FinishMembershipPayloadBuffer(out, put(out, data));
    return {out.GetBufferPointer(), out.GetBufferPointer() + out.GetSize()};
}

domain::payload decode_payload(std::span<const std::uint8_t> given) {
    const aligned_bytes aligned(given);
    const auto bytes = aligned.get();
    // Whatever stands there, nothing is read outside of it.
    flatbuffers::Verifier verifier(bytes.data(), bytes.size());
    if (!stored::VerifyMembershipPayloadBuffer(verifier))
        throw corrupt_event("the payload of a member's event cannot be read");
    return take(*stored::GetMembershipPayload(bytes.data()));
}

flatbuffers::Offset<stored::MembershipPayload> put(flatbuffers::FlatBufferBuilder& out,
                                                   const domain::payload& data) {
    // Texts go before the table that names them: FlatBuffers are built from the end.
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> email;
    if (data.email) email = out.CreateVector(data.email->data(), data.email->size());
    flatbuffers::Offset<flatbuffers::String> campaign;
    if (data.campaign_id) campaign = out.CreateString(*data.campaign_id);
    stored::MembershipPayloadBuilder payload(out);
    payload.add_email_fingerprint(email);
    payload.add_campaign_id(campaign);
    if (data.outcome) payload.add_outcome(static_cast<std::uint8_t>(*data.outcome));
    return payload.Finish();
}

domain::payload take(const stored::MembershipPayload& from) {
    domain::payload data;
    if (const auto* email = from.email_fingerprint()) {
        // The verifier knows vectors, but not how long a fingerprint is.
        if (email->size() != data.email.emplace().size())
            throw corrupt_event("a stored fingerprint has another length");
        std::copy(email->begin(), email->end(), data.email->begin());
    }
    if (const auto* campaign = from.campaign_id()) data.campaign_id = campaign->str();
    if (const auto outcome = from.outcome()) data.outcome = enumerator<domain::state>(*outcome);
    return data;
}

} // namespace datadrop::eventstore
