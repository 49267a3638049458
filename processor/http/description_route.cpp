// GET /openapi.json: what openapi.json beside this file says, which the program carries with it.

#include "processor/http/description.hpp"
#include "processor/http/kept_text.hpp"
#include "processor/http/routes.hpp"

namespace datadrop::processor::http {

reply_later get_description(const call& asked) {
    static const kept_text openapi{description::openapi, json_type};
    co_return openapi.answer(asked.message);
}

} // namespace datadrop::processor::http
