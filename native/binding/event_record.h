// mptcp::Event → PathManagerEvent.
#pragma once

#include "binding/words.h"
#include "mptcp/event.h"

namespace subflowd::binding {

napi_value ToRecord(Words& words, const mptcp::Event& event);

}  // namespace subflowd::binding
