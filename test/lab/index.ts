// The lab, as tests import it.

export { Host, type Log } from './host.ts';
export { type Family, Interface } from './interface.ts';
export { Lab, type LabOptions } from './lab.ts';
export type { Mib } from './mib.ts';
export { Path, type PathOptions } from './path.ts';
export { type PathManager, pathManagerSysctl } from './path-manager.ts';
export { type Exit, Program, type ProgramOptions } from './program.ts';
export type { Socket } from './sockets.ts';
export { tool } from './tools.ts';
export { until } from './until.ts';
