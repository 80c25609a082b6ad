// What runs in every kernel: files below test/, as `make kernels TESTS=…` names them; any other lab test may be named.

/** One line a file. Those with hundreds of processes to start are left out: each takes seconds in an emulated machine. */
export const TESTS: readonly string[] = [
  'contract/real',
  'netns/capabilities',
  'netns/kernels',
  'netns/kernel-manager',
  'netns/listeners',
  'netns/devices',
  'netns/clock',
];

/** What is left to see in a kernel without MPTCP. */
export const WITHOUT_MPTCP: readonly string[] = ['netns/no-mptcp'];
