/**
 * What a page is left with, such as the order of a table, kept with its entry in the history of the browser: it is the same
 * on the way back and after a reload, and begins anew wherever the page is opened by a link.
 */
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';

/** Of this entry, by name. */
export function kept(name: string): unknown {
  return window.history.state?.kept?.[name];
}

export function keep(name: string, value: unknown): void {
  const { state } = window.history;
  try {
    window.history.replaceState({ ...state, kept: { ...state?.kept, [name]: value } }, '');
  } catch {
    // Safari takes a hundred of these in half a minute: a page that changes more often goes on all the same.
  }
}

/**
 * State that a page is left with.
 * @param name What it is on its page; the same for parts of a page that are alike.
 * @param first What it is until somebody changes it.
 */
export function useKept<Value>(name: string, first: Value): [Value, (value: Value) => void] {
  const { key } = useLocation();
  const [value, setValue] = useState<Value>(() => (kept(name) as Value | undefined) ?? first);
  // A part that stays where another address is opened takes its state there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key is another entry.
  useEffect(() => {
    if (JSON.stringify(kept(name) ?? first) !== JSON.stringify(value)) keep(name, value);
  }, [key, value]);
  return [value, setValue];
}
