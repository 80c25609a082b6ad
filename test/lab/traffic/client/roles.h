// The roles that the client can play; each returns the exit status.
#pragma once

#include "../common/arguments.h"

int request(Arguments& arguments);
int download(Arguments& arguments);
int upload(Arguments& arguments);
int storm(Arguments& arguments);
int churn(Arguments& arguments);
int sequence(Arguments& arguments);
int rotate(Arguments& arguments);
