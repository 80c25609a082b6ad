// How a client asks the peer to be the one who ends the connection: the first byte of a request.
#pragma once

/** Answered, then closed in order. */
constexpr char kCloseFirst = 'F';
/** Not answered: closed at once, with a reset. */
constexpr char kReset = 'R';
