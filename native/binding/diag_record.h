// diag::MptcpSocket → MptcpSocket, diag::Subflow → Subflow.
#pragma once

#include "binding/words.h"
#include "diag/records.h"

namespace subflowd::binding {

napi_value ToRecord(Words& words, const diag::MptcpSocket& socket);
napi_value ToRecord(Words& words, const diag::Subflow& subflow);

}  // namespace subflowd::binding
