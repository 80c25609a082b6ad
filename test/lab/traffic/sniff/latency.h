// From a connection's being established to its MP_JOIN: how quick the path manager is.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "segment.h"

/**
 * On the client's side. A connection may be joined from the moment that the server's first DATA_ACK
 * comes in (RFC 8684 §3.1: only then do both sides know that the third ACK arrived; in Linux,
 * check_fully_established()). Measured is the time from that packet, the first of the initial
 * subflow that carries a DSS with a DATA_ACK, to the first SYN with MP_JOIN that goes out with the
 * server's token. The token is computed from the key in the SYN-ACK with MP_CAPABLE, so connections
 * may overlap at will.
 */
class JoinLatency {
 public:
  struct Join {
    uint32_t token;
    int64_t established_ns;
    int64_t latency_ns;
  };

  /** Returns the join that this segment began, if it is a connection's first. */
  std::optional<Join> see(const Segment& segment, int64_t time_ns);

  size_t connections() const { return connections_.size(); }
  /** Nanoseconds, in the order in which the joins began. */
  const std::vector<int64_t>& latencies() const { return latencies_; }

 private:
  struct Connection {
    int64_t established_ns = 0;
    bool joined = false;
  };

  std::unordered_map<Flow, uint32_t> tokens_;
  std::unordered_map<uint32_t, Connection> connections_;
  std::vector<int64_t> latencies_;
};
