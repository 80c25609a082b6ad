// What the rest of subflowd uses of policies.

export { claimOf } from './claim.ts';
export { type DescribedRule, describe } from './describe.ts';
export { intentOf } from './intent-of.ts';
export { loadPolicies } from './load-policies.ts';
export { parsePolicy } from './parse-policy.ts';
export { builtInDefault, type ManagerChoice, type Policy, type Rule } from './policy.ts';
export type { PolicyFile } from './policy-text.ts';
export { PolicyError, type Problem } from './problem.ts';
export { interfaceDocument } from './schema.ts';
