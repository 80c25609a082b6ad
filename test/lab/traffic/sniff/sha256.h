// SHA-256 of one key of eight bytes, and the token that MPTCP makes of it (RFC 8684 §3.2).
#pragma once

#include <cstdint>
#include <span>

/** The most significant 32 bits of the hash. */
uint32_t token_of_key(std::span<const uint8_t, 8> key);
