import { useLocalStorage } from '@mantine/hooks';

/** How the positions are shown; kept by the browser. */
export interface PositionsView {
  grouping: 'none' | 'class' | 'currency';
  /** Names of columns that are left out. */
  hidden: readonly string[];
}

const KEY = 'positions-view';

export function usePositionsView(first: PositionsView) {
  return useLocalStorage<PositionsView>({ key: KEY, defaultValue: first, getInitialValueInEffect: false });
}
