// For authors of policies and of kernels: a kernel without privileges, faults, and scenarios.

export { type Faults, FaultyKernel } from './faulty-kernel.ts';
export { type Random, seeded } from './random.ts';
export { parseScenario, perform, type Scenario, type Step } from './scenario.ts';
export { type OpenOptions, ScriptedKernel } from './scripted-kernel.ts';
