/** The parts of a connection's page, in the order of their links; `path` is below `/connections/:connectionId`. */
export const TABS: readonly { path: string; name: string }[] = [
  { path: '', name: 'Overview' },
  { path: 'market', name: 'Market' },
  { path: 'orders', name: 'Orders' },
  { path: 'keys', name: 'Keys' },
  { path: 'apps', name: 'Connected apps' },
  { path: 'activity', name: 'Activity' },
  { path: 'limits', name: 'Limits & approvals' },
  { path: 'settings', name: 'Settings' },
  { path: 'try', name: 'Try a tool' },
];
