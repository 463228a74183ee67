import { Select } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { useConnections } from '../../api/connections.ts';
import { isFound } from '../../format/search-words.ts';
import { leaveBy } from '../../ui/forms/leaving.ts';
import classes from './places.module.css';

const PAGES = [
  { value: '/connections', label: 'Connections' },
  { value: '/connections/new', label: 'Add a connection' },
  { value: '/connect', label: 'Connect a host' },
  { value: '/news', label: 'News' },
  { value: '/notifications', label: 'Notifications' },
  { value: '/account', label: 'Account and data' },
  { value: '/help', label: 'Help' },
];

/** Of each connection, by what comes behind its address. */
const TABS: readonly (readonly [path: string, name: string])[] = [
  ['', 'Overview'],
  ['/market', 'Market'],
  ['/orders', 'Orders'],
  ['/keys', 'Keys'],
  ['/apps', 'Connected apps'],
  ['/activity', 'Activity'],
  ['/activity?view=usage', 'Usage'],
  ['/activity?outcome=error&last=24h', 'Errors of 24 hours'],
  ['/limits', 'Limits & approvals'],
  ['/settings', 'Settings'],
  ['/try', 'Try a tool'],
];

/** As many as need no scrolling; typing finds the others. */
const MOST_SHOWN = 10;

/** Every page by its name: what is typed finds it, Enter goes there. */
export function Places({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const navigate = useNavigate();
  const connections = useConnections().data ?? [];
  useEffect(() => dialog.current?.showModal(), []);
  // The browser gives the focus back to what had it, which it does not when the dialog is only taken away.
  const close = () => dialog.current?.close();
  const tabs = connections.flatMap(({ id, label, mode }) =>
    TABS.map(([path, name]) => ({
      value: `/connections/${id}${path}`,
      label: `${label} (${mode}): ${name}`,
    })),
  );
  return (
    // The browser keeps the focus inside and gives it back; a click beside it is one on the dialog itself.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same.
    <dialog
      ref={dialog}
      className={classes.dialog}
      aria-label="Go to a page"
      onClose={onClose}
      onClick={({ target, currentTarget }) => target === currentTarget && close()}
    >
      <Select
        label="Go to"
        placeholder="Orders, keys, a connection …"
        searchable
        selectFirstOptionOnChange
        defaultDropdownOpened
        withScrollArea={false}
        nothingFoundMessage="There is no such page."
        // Above the page is nothing but the dialog.
        comboboxProps={{ withinPortal: false }}
        data={[...PAGES, ...tabs]}
        filter={({ options, search }) =>
          options
            .filter((option) => 'label' in option && isFound(search, [option.label]))
            .slice(0, MOST_SHOWN)
        }
        onChange={(place) => {
          if (place === null) return;
          close();
          const isHere = new URL(place, window.location.href).pathname === window.location.pathname;
          if (isHere) navigate(place);
          else leaveBy(() => navigate(place));
        }}
        onKeyDown={({ key }) => key === 'Escape' && close()}
        data-autofocus
      />
    </dialog>
  );
}
