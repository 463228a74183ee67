import { Button, Stack, Text } from '@mantine/core';
import { useRef } from 'react';
import { Link } from 'react-router';
import { useSession } from '../api/sign-in/session.tsx';
import { leaveBy } from '../ui/forms/leaving.ts';
import classes from './account-menu.module.css';
import { ColorSchemeChoice } from './color-scheme-choice.tsx';

/** Who is signed in, the theme, and the way out. */
export function AccountMenu() {
  const session = useSession();
  const menu = useRef<HTMLElement>(null);
  const close = () => menu.current?.hidePopover();
  const user = session.status === 'signed-in' ? session.user : null;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        popoverTarget="account"
        className={classes.button}
        title={user?.email ?? undefined}
      >
        <span className={classes.who}>{user === null ? 'Theme' : (user.email ?? 'Account')}</span>
      </Button>
      <section ref={menu} id="account" popover="auto" aria-label="Account" className={classes.popover}>
        <Stack gap="sm">
          {user !== null && (
            <Text size="sm">
              Signed in as <b className={classes.email}>{user.email}</b>
            </Text>
          )}
          <ColorSchemeChoice />
          {session.status === 'signed-in' && (
            <Button component={Link} to="/news" variant="default" onClick={close}>
              News
            </Button>
          )}
          {session.status === 'signed-in' && (
            <Button component={Link} to="/account" variant="default" onClick={close}>
              Account and data
            </Button>
          )}
          {session.status === 'signed-in' && (
            <Button variant="default" onClick={() => leaveBy(() => session.signOut())}>
              Sign out
            </Button>
          )}
        </Stack>
      </section>
    </>
  );
}
