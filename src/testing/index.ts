// For authors of policies and of kernels: a kernel without privileges, faults, and scenarios.

export {
  type CommandFault,
  type EventFault,
  eitherOf,
  type Fault,
  type FaultSource,
  formatFault,
  parseFault,
} from './fault.ts';
export { FaultScript } from './fault-script.ts';
export { FaultyKernel } from './faulty-kernel.ts';
export { type Random, seeded } from './random.ts';
export { type FaultRates, RandomFaults, STORMY } from './random-faults.ts';
export { formatScenario, parseScenario, perform, type Scenario, type Step } from './scenario.ts';
export type { Lack, OpenOptions } from './scripted-connections.ts';
export { ScriptedKernel } from './scripted-kernel.ts';
