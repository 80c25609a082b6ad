// What a process takes, by the kernel's own figures.

import { readdirSync, readFileSync } from 'node:fs';

export interface Taken {
  readonly descriptors: number;
  readonly residentMb: number;
}

export const takenBy = (pid: number): Taken => {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    residentMb: Number(kb) / 1024,
  };
};
