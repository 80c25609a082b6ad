#include "latency.h"

std::optional<JoinLatency::Join> JoinLatency::see(const Segment& segment, int64_t time_ns) {
  if (segment.outgoing && segment.syn && segment.join && !segment.ack) {
    const auto found = connections_.find(segment.receiver_token);
    if (found == connections_.end() || found->second.joined) return std::nullopt;
    Connection& connection = found->second;
    if (connection.established_ns == 0) return std::nullopt;
    connection.joined = true;
    latencies_.push_back(time_ns - connection.established_ns);
    return Join{segment.receiver_token, connection.established_ns, latencies_.back()};
  }
  if (segment.outgoing) return std::nullopt;
  if (segment.syn && segment.ack && segment.capable) {
    tokens_[segment.flow] = segment.sender_token;
    connections_[segment.sender_token] = {};
  } else if (segment.data_ack) {
    const auto token = tokens_.find(segment.flow);
    if (token == tokens_.end()) return std::nullopt;
    connections_[token->second].established_ns = time_ns;
    // Only the first counts, and the port may serve another connection later.
    tokens_.erase(token);
  }
  return std::nullopt;
}
