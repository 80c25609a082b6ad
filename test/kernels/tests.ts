// What runs in every kernel: files below test/, as `make kernels TESTS=…` names them too.

/** One line a file. */
export const TESTS: readonly string[] = [
  'contract/real',
  'netns/capabilities',
  'netns/kernels',
  'netns/kernel-manager',
  'netns/listeners',
  'netns/raw-verbs',
  'netns/start',
  'netns/failover',
  'netns/devices',
];

/** What is left to see in a kernel without MPTCP. */
export const WITHOUT_MPTCP: readonly string[] = ['netns/no-mptcp'];
