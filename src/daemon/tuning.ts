// To be imported first. Between two connections this program does nothing, so V8 would take thousands of them to find
// its functions worth compiling: it is told to do so early. Where a V8 does not know the flag, nothing happens.

import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--interrupt-budget=10000');
